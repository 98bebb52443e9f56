/** A ledger in PostgreSQL with an authority's certificates and lists, a registered verifier, and the responder as it runs. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chibaPracticeAuthority, type VerifierKind } from "@mitome/ca";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { enterOperationalCertificate, enterSoftAuthority, enterSoftList } from "@mitome/testkit/published-ledger";
import { makeSoftAuthority, type SoftAuthority, testSerial } from "@mitome/testkit/soft-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import type { Holder } from "./hierarchy.fixture.ts";
import { fingerprintOf } from "./identify-asker.ts";
import { admittedFacts } from "./memory-world.fixture.ts";

const hour = 3_600_000;
/** When the newest lists were made: an hour before the test. */
export const listedAt = new Date(Math.floor((Date.now() - hour) / 1_000) * 1_000);
/** The one entry of the list of 千葉市. */
export const revokedSerial = testSerial(7);

/** Where it all is. */
export interface RepositoryWorld {
  readonly directory: string;
  readonly postgres: TestPostgres;
  readonly owner: RoleSql;
  readonly soft: SoftAuthority;
  readonly operational: Uint8Array;
  /** Newest lists by partition, DER. */
  readonly lists: Readonly<Record<"authority" | "operational" | "121002", Uint8Array>>;
  /** Registers a verifier by its certificate, with these rights. */
  admit(holder: Holder, id: string, rights: readonly string[], kind?: VerifierKind): Promise<void>;
  /** Writes a holder's certificate and key as PEM: `<name>.pem` and `<name>.key`. */
  write(holder: Holder, name: string): void;
  stop(): Promise<void>;
}

/** Texts of the demonstration. */
export const textFiles = {
  statement: fileURLToPath(new URL("../pages/data/chiba-statement.json", import.meta.url)),
  publication: fileURLToPath(new URL("../pages/data/chiba-publication.json", import.meta.url)),
};

/** Makes one. */
export async function makeRepositoryWorld(): Promise<RepositoryWorld> {
  const directory = mkdtempSync(join(tmpdir(), "repository-"));
  const soft = makeSoftAuthority(new Date(listedAt.getTime() - 24 * hour), chibaPracticeAuthority);
  const postgres = await startTestPostgres();
  const owner = sqlAs(postgres.url("ca_owner"));
  await enterSoftAuthority(postgres.url("ca_owner"), soft);
  const operational = soft.equip("responder", "-", "ocsp-1").certificate;
  await enterOperationalCertificate(owner, soft, operational);
  const list = (partition: string, entries: Parameters<typeof enterSoftList>[2]["entries"] = []) =>
    enterSoftList(owner, soft, { partition, number: 5, thisUpdate: listedAt, entries });
  const revoked = { serial: revokedSerial, revokedAt: listedAt, reason: "keyCompromise" } as const;
  return {
    ...{ directory, postgres, owner, soft, operational },
    lists: {
      authority: await list("authority"),
      operational: await list("operational", [{ ...revoked, serial: testSerial(8), reason: "superseded" }]),
      "121002": await list("121002", [revoked]),
    },
    admit: (holder, id, rights, kind = "verifier") => admit(owner, holder, { id, kind }, rights),
    write({ pem }, name) {
      writeFileSync(join(directory, `${name}.pem`), pem.certificate);
      writeFileSync(join(directory, `${name}.key`), pem.key);
    },
    async stop() {
      await owner.end();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function admit(
  owner: RoleSql,
  { certificate }: Holder,
  { id, kind }: { readonly id: string; readonly kind: VerifierKind },
  rights: readonly string[],
): Promise<void> {
  const { der, serialNumber, validity } = certificate;
  await owner`insert into ca.verifier (id, kind, registration) values (${id}, ${kind}, '{}')`;
  await owner`insert into ca.verifier_credential (id, verifier, kind, fingerprint, serial, certificate, not_before,
    not_after) values (${randomUUID()}, ${id}, 'clientCertificate', ${fingerprintOf(der)}, ${serialNumber}, ${der},
    ${validity.notBefore}, ${validity.notAfter})`;
  const others = admittedFacts.filter(({ kind }) => kind !== "rightGranted");
  const granted = rights.map((right) => ({ kind: "rightGranted", effectiveAt: others[0]?.effectiveAt, right }));
  const facts = [...others.slice(0, 2), ...granted, ...others.slice(2)];
  for (const [index, fact] of facts.entries()) {
    const about = "termsVersion" in fact ? fact.termsVersion : "right" in fact ? fact.right : null;
    await owner`insert into ca.verifier_fact (verifier, sequence, kind, effective_at, about)
      values (${id}, ${index + 1}, ${fact.kind}, ${fact.effectiveAt}, ${about})`;
  }
}
