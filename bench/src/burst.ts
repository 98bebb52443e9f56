// node bench/src/burst.ts [--minutes N]

import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chibaMunicipalities } from "@mitome/characters";
import { letRevocationsGo } from "@mitome/testkit/let-revocations-go";
import { sqlAs } from "@mitome/testkit/sql";
import { type CrlReason, parseSerialNumber } from "@mitome/x509";
import { BurstLists } from "./burst-lists.ts";
import { identityOf, startBurstRun } from "./burst-run.ts";
import { atMost, type Figure, percentile, printFigures } from "./figures.ts";
import type { CertificateHistory } from "./judge-answer.ts";
import { stockUp, type TerminalPlan, Terminals } from "./terminals.ts";
import { VerifierThread } from "./verifier-load.ts";

const TERMINALS = 20;
const CONNECTIONS = 200;
const RESPONDERS = 2;
/** Milliseconds between two cases of a terminal, at most: a minute on average, where people take a quarter of an hour. */
const IDLE = 120_000;
/** Milliseconds after an issuance in which something may be revoked. */
const HOLD = 4_000;
const MUNICIPALITIES = chibaMunicipalities.length;

const { minutes: wanted } = parseArgs({ options: { minutes: { type: "string", default: "1" } } }).values;
const minutes = Number(wanted);
if (!(minutes > 0 && minutes <= 600)) throw new Error("--minutes takes a number above 0");

say(`starting an authority, its directory and ${RESPONDERS} responders; enrolling ${MUNICIPALITIES} municipalities`);
const run = await startBurstRun(MUNICIPALITIES, RESPONDERS);
const ledger = sqlAs(run.authority.postgres.ownerUrl);
await letRevocationsGo(ledger);
const lists = await BurstLists.connect(run);
try {
  report(await burst());
} finally {
  await lists.close();
  await ledger.end();
  await run.authority.stop();
}

async function burst() {
  const cases = Math.ceil((TERMINALS * minutes * 60_000 * 2.2) / IDLE + 2 * TERMINALS);
  say(`${cases * MUNICIPALITIES} cards, residents and keys`);
  const stock = await stockUp(run.authority, cases);
  const begun = Date.now();
  const until = begun + minutes * 60_000;
  const verifiers = new VerifierThread({
    ...{ port: run.port, issuer: run.issuer, responder: run.responder, connections: CONNECTIONS, until: until + 2_000 },
    identities: await Promise.all(run.verifiers.map(({ files }) => identityOf(files))),
  });
  const heard = verifiers.hear.bind(verifiers);
  const terminals = new Terminals(run.authority, stock, { terminals: TERMINALS, until, idle: IDLE, hold: HOLD, heard });
  say(`${MUNICIPALITIES * TERMINALS} terminals, ${CONNECTIONS} connections of verifiers, ${minutes} minutes`);
  const ordering = lists.orderUntil(until, Math.min(10_000, minutes * 15_000), terminals);
  const watching = watchUnsigned(until, heard);
  await Promise.all([terminals.work(), verifiers.end(), ordering, watching]);
  const seconds = (Date.now() - begun) / 1_000;
  say("every list by HTTP and LDAP beside the ledger, every answer beside its history");
  const compared = await lists.compareAll();
  const histories = await historiesOf(terminals);
  terminals.errors.push(...lostIn(histories, terminals));
  return { seconds, terminals, compared, told: await verifiers.judge(histories) };
}

/** Tells the verifiers of serial numbers that are recorded and not yet signed, as nobody outside ever knows them. */
async function watchUnsigned(until: number, heard: TerminalPlan["heard"]): Promise<void> {
  const told = new Set<string>();
  for (; Date.now() < until; await pause(100)) {
    const rows = await ledger<{ serial: string }>`
      select serial from ca.signing_intent where state = 'recorded' limit 50`;
    for (const { serial } of rows) {
      const number = parseSerialNumber(serial);
      if (number !== undefined && !told.has(serial)) heard(number);
      told.add(serial);
    }
  }
}

/** What the ledger and the terminals know of each certificate. */
async function historiesOf({ records }: Terminals): Promise<Map<string, CertificateHistory>> {
  const rows = await ledger<{ serial: string; recorded_at: Date; ended_at: Date | null; reason: CrlReason | null }>`
    select serial, at as recorded_at, ended_at, revocation_reason as reason from ca.certificate
    join ca.audit_event on kind = 'certificate.issued' and detail->>'serial' = serial`;
  const histories = new Map<string, CertificateHistory>();
  for (const { serial, recorded_at, ended_at, reason } of rows) {
    const number = parseSerialNumber(serial);
    const record = number && records.get(number);
    const answeredBy = record?.revocation?.answeredBy;
    const revocation = ended_at && reason ? { acceptedAt: ended_at.getTime(), reason, answeredBy } : undefined;
    histories.set(serial, { recordedAt: recorded_at.getTime(), issuedBy: record?.issuedBy, revocation });
  }
  return histories;
}

/** What was answered to a terminal and is not in the ledger. */
function lostIn(histories: ReadonlyMap<string, CertificateHistory>, { records }: Terminals): string[] {
  return [...records].flatMap(([serial, { revocation }]) => {
    const history = histories.get(serial);
    if (history === undefined) return [`certificate ${serial} is not in the ledger`];
    const lost = revocation?.answeredBy !== undefined && history.revocation === undefined;
    return lost ? [`the revocation of ${serial} is not in the ledger`] : [];
  });
}

function say(text: string): void {
  console.log(`… ${text}`);
}

function report({ seconds, terminals, compared, told }: Awaited<ReturnType<typeof burst>>): void {
  const { issuing, revoking, errors } = terminals;
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, one) => all + one, 0);
  for (const [what, times] of told.wrong)
    console.log(`wrong: ${what}, ${times} times, up to ${told.latest.get(what) ?? 0} ms late`);
  for (const what of lists.wrong.slice(0, 10)) console.log(`wrong: ${what}`);
  for (const [what, times] of told.errors) console.log(`error: ${what}, ${times} times`);
  for (const what of new Set(errors.slice(0, 10))) console.log(`error: ${what}`);
  const p = (name: string, latencies: readonly number[]): Figure[] => [
    { name: `${name}, p50`, value: percentile(latencies, 0.5), unit: "ms" },
    { name: `${name}, p99`, value: percentile(latencies, 0.99), unit: "ms" },
  ];
  printFigures("burst", [
    { name: "minutes", value: minutes, unit: "" },
    { name: `terminals of ${MUNICIPALITIES} municipalities`, value: MUNICIPALITIES * TERMINALS, unit: "" },
    { name: `connections of verifiers, ${RESPONDERS} responders`, value: CONNECTIONS, unit: "" },
    { name: "certificates issued", value: issuing.length, unit: "" },
    { name: "issued a second", value: issuing.length / seconds, unit: "/s" },
    ...p("issuing", issuing),
    { name: "certificates revoked", value: revoking.length, unit: "" },
    { name: "revoked a second", value: revoking.length / seconds, unit: "/s" },
    ...p("revoking", revoking),
    { name: "answers to verifiers", value: told.answers, unit: "" },
    { name: "answers a second", value: told.answers / seconds, unit: "/s" },
    ...p("answers", told.latencies),
    ...Object.entries(told.said).map(([name, value]) => ({ name: `said of certificates: ${name}`, value, unit: "" })),
    { name: "said while that changed, or in the second after", value: told.close, unit: "" },
    { name: "lists on order meanwhile, each looked at", value: lists.ordered, unit: "" },
    { name: `lists beside the ledger, with ${compared.entries} revocations`, value: compared.lists, unit: "" },
    atMost("wrong answers", sum(told.wrong), "", 0),
    atMost("wrong lists", lists.wrong.length, "", 0),
    atMost("errors", sum(told.errors) + errors.length, "", 0),
  ]);
}
