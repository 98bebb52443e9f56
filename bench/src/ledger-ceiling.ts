import { randomBytes, randomUUID } from "node:crypto";
import { type AttemptKey, byItself } from "@mitome/ca";
import { enterAuthority, PostgresLedger } from "@mitome/db/ca";
import { openPool } from "@mitome/db/connection";
import { startTestPostgres } from "@mitome/testkit/postgres";
import { randomIntent } from "@mitome/testkit/random-intent";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { brandDer } from "@mitome/x509";
import { closedLoop } from "./closed-loop.ts";

const municipality = "121002";

/**
 * Issuances a second that the ledger alone records, an intent and a certificate each, with nobody asking, deciding or
 * signing: what PostgreSQL, its driver and the audit trail leave at most.
 */
export async function ledgerCeiling(certificates: number, atOnce: number): Promise<number> {
  const server = await startTestPostgres({ fsync: "on" });
  const { definition } = makeQuickAuthority(new Date("2026-04-01T00:00:00Z"));
  const attempts = await openAttempts(server.url("ca_owner"), definition, certificates);
  const run = { program: "bench", id: randomUUID(), clock: { now: () => new Date(), monotonic: () => 0 } };
  const ledger = new PostgresLedger({ url: server.url("ca_app"), lanes: 2, readers: 1 }, run);
  await ledger.open();
  const outcome = await closedLoop([attempts], atOnce, (attempt) => record(ledger, attempt, run.id));
  await ledger.close();
  await server.stop();
  if (outcome.errors[0] !== undefined) throw new Error(outcome.errors[0]);
  return outcome.latencies.length / outcome.seconds;
}

async function openAttempts(
  url: string,
  definition: ReturnType<typeof makeQuickAuthority>["definition"],
  count: number,
): Promise<AttemptKey[]> {
  const owner = openPool(url, 1);
  await enterAuthority(owner, definition, []);
  const cases = Array.from({ length: count }, () => randomUUID());
  const cards = cases.map((_, index) => `C${String(index).padStart(15, "0")}`);
  await owner.query(
    "insert into ca.card (card_number, authority, municipality) select unnest($1::text[]), $2::text, $3::text",
    [cards, definition.id, municipality],
  );
  await owner.query(
    `insert into ca.issuance_case (authority, municipality, case_id, attempt, card_number, challenge, state)
     select $2::text, $3::text, unnest($4::uuid[]), 1, unnest($1::text[]), sha256(''), 'open'`,
    [cards, definition.id, municipality, cases],
  );
  await owner.end();
  return cases.map((caseId) => ({ authority: definition.id, municipality, caseId, attempt: 1 }));
}

async function record(ledger: PostgresLedger, attempt: AttemptKey, run: string): Promise<void> {
  const intent = randomIntent(attempt);
  const { serial } = intent;
  const detail = { intent: run, serial, subscriber: serial, case: attempt.caseId, attempt: 1, tbs: serial };
  const recorded = await ledger.recordIntent(byItself, intent, {
    ...{ kind: "issuance.intentRecorded", result: "done", detail },
  });
  if (recorded.kind !== "recorded") throw new Error(recorded.kind);
  await ledger.recordCertificate(byItself, recorded.intent, brandDer<"Certificate">(randomBytes(1_400)), {
    ...{ kind: "certificate.issued", result: "done", detail: { intent: run, serial, certificate: serial } },
  });
}
