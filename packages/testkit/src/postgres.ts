/** A private PostgreSQL for one test file: real server, own directory, gone afterwards. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, type ClusterPlace, provision, startCluster } from "@mitome/db/cluster";
import { migrate } from "@mitome/db/migrate";

/** A running test server with the authority's ledger and roles in it. */
export interface TestPostgres {
  readonly cluster: Cluster;
  /** URL of a role, e.g. `ca_app`. */
  url(role: string): string;
  /** Ends the server at once and starts it again on the same data, as after a power cut. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Roles of the authority's schema, as the deployment has them. */
export const ledgerRoles = {
  owners: ["ca_owner", "access_owner"],
  users: ["ca_app", "ca_operator", "ca_signer", "ca_auditor", "ca_responder", "access_reader"],
};

/** Starts a server with an empty, migrated authority's ledger. `fsync` only where a test kills the server. */
export async function startTestPostgres(
  options: Pick<ClusterPlace, "fsync"> = { fsync: "off" },
): Promise<TestPostgres> {
  const home = mkdtempSync(join(tmpdir(), "mtm-"));
  // Root's server runs as another user, who must pass through.
  chmodSync(home, 0o711);
  const place: ClusterPlace = { directory: join(home, "pg"), socketDirectory: join(home, "s"), ...options };
  let cluster = await startCluster(place);
  await provision(cluster, "mitome", ledgerRoles);
  await migrate(cluster.url("ca_owner"), "ca");
  await migrate(cluster.url("access_owner"), "access");
  return {
    get cluster() {
      return cluster;
    },
    url: (role) => cluster.url(role),
    async crash() {
      await cluster.stop("immediate");
      cluster = await startCluster(place);
    },
    async stop() {
      await cluster.stop("immediate");
      rmSync(home, { recursive: true, force: true });
    },
  };
}
