/** A standby is behind: what it says of a certificate may have been true before, and it passes on no notice. */
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ledgerRoles } from "@mitome/testkit/postgres";
import { testSerial } from "@mitome/testkit/soft-authority";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cluster, type ClusterPlace, provision, startCluster } from "../cluster.ts";
import { migrate } from "../migrate.ts";
import { PostgresStatusSource } from "./status-source.ts";

let home: string;
let cluster: Cluster;
let place: ClusterPlace;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "mtm-"));
  // Root's server runs as another user, who must pass through.
  chmodSync(home, 0o711);
  place = { directory: join(home, "pg"), socketDirectory: join(home, "s"), fsync: "off" };
  cluster = await startCluster(place);
  await provision(cluster, "mitome", ledgerRoles);
  await migrate(cluster.url("ca_owner"), "ca");
});
afterAll(async () => {
  await cluster?.stop("immediate");
  rmSync(home, { recursive: true, force: true });
});

/** What a responder hears of a certificate that there is not. */
async function read(): Promise<number> {
  const source = new PostgresStatusSource({ url: cluster.url("ca_responder"), readers: 1, freshFor: 1_000 });
  try {
    await source.open();
    return (await source.read({ authority: "chiba", generation: 1 }, [testSerial(1)])).certificates.size;
  } finally {
    await source.close();
  }
}

/** Starts the server again as one that follows another. */
async function becomeStandby(): Promise<void> {
  await cluster.stop();
  const data = join(place.directory, "data");
  const { uid, gid } = statSync(data);
  writeFileSync(join(data, "standby.signal"), "");
  chownSync(join(data, "standby.signal"), uid, gid);
  cluster = await startCluster(place);
}

it("is not believed: a responder answers from the primary alone", async () => {
  await expect(read()).resolves.toBe(0);
  await becomeStandby();
  await expect(read()).rejects.toThrow("standby");
});
