// node bench/src/crl.ts
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chibaMunicipalities } from "@mitome/characters";
import { sqlAs } from "@mitome/testkit/sql";
import { z } from "zod";
import { nodeFlags } from "../../launcher/src/programs.ts";
import { atLeast, below, type Figure, printFigures } from "./figures.ts";
import { seedMoreRevoked, seedRevoked, startListAuthority } from "./list-authority.ts";
import { opensslListPeer } from "./openssl-crl-peer.ts";
import { costOf, cpuOfFamily, peakOf } from "./process-cost.ts";

const CERTIFICATES = 1_000_000;
const CHANGED = { municipalities: 3, revocations: 100 };
const codes = chibaMunicipalities.map(({ code }) => code);
const [first = ""] = codes;

const absent = [
  "cfssl gencrl (takes serial numbers of one reason from a text file, no ledger: not the same work)",
  "EJBCA, Dogtag (application servers of their own, not Debian packages)",
];

const answer = z.strictObject({
  seconds: z.number(),
  outcomes: z.array(z.string()),
  peak: z.number(),
  cpu: z.number(),
});

say("starting a ledger and a signer of its own");
const authority = await startListAuthority();
const owner = sqlAs(authority.url("ca_owner"));
try {
  report(await measureEverything());
} finally {
  await owner.end();
  await authority.stop();
}

async function measureEverything() {
  say(`${CERTIFICATES} revoked certificates of ${codes.length} municipalities`);
  await seedRevoked(authority, CERTIFICATES, codes);
  const reading = await readAlone();
  say("every list for the first time");
  const all = await makeLists();
  const entries = await entriesSigned();
  say("every list a day later, nothing revoked meanwhile");
  await dayPasses();
  const unchanged = await makeLists();
  say(`every list another day later, ${CHANGED.municipalities} of them changed`);
  await dayPasses();
  const changed = codes.slice(0, CHANGED.municipalities);
  await seedMoreRevoked(authority, CHANGED.revocations, changed, Math.ceil(CERTIFICATES / codes.length));
  const daily = await makeLists();
  say(`${CERTIFICATES} revoked certificates of one municipality`);
  await seedRevoked(authority, CERTIFICATES, [first]);
  // Before and after the peer, which runs twice as well: of each the less disturbed one counts.
  const before = await makeLists(first);
  say("openssl ca -gencrl on the same");
  const openssl = await opensslListPeer(authority.url("ca_owner"));
  await authority.forgetStretches();
  const after = await makeLists(first);
  const one = before.seconds < after.seconds ? before : after;
  const again = await makeLists(first);
  return { reading, all, entries, unchanged, daily, one, again, openssl };
}

function say(text: string): void {
  console.log(`… ${text}`);
}

interface ListRun extends Pick<z.output<typeof answer>, "seconds" | "outcomes"> {
  /** Seconds of processor time of both and of PostgreSQL. */
  readonly cpu: number;
  /** MB of the authority's process and of the signer's. */
  readonly memory: { readonly authority: number; readonly signer: number };
}

/** Has all lists made that are due, or the one of a municipality, by a process of the authority and the signer. */
async function makeLists(only?: string): Promise<ListRun> {
  const { authority: id, signerSocket: signer, url } = authority;
  const order = { authority: id, database: url("ca_app"), signer, only };
  const program = fileURLToPath(new URL("./list-run.ts", import.meta.url));
  const before = cpuOfOthers();
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeFlags, program, JSON.stringify(order)]);
  const made = answer.parse(JSON.parse(stdout));
  const failed = made.outcomes.filter((outcome) => outcome !== "issued");
  if (failed[0] !== undefined) throw new Error(`${failed.length} lists were not made: ${failed[0]}`);
  const { seconds, outcomes, cpu, peak } = made;
  return {
    ...{ seconds, outcomes, cpu: cpu + cpuOfOthers() - before },
    memory: { authority: peak, signer: peakOf(authority.signerPid()) },
  };
}

/** Seconds of processor time of the signer and of PostgreSQL so far. */
function cpuOfOthers(): number {
  return (costOf([authority.signerPid()]).cpu + cpuOfFamily(authority.postgres)) / 1000;
}

/** Seconds that PostgreSQL alone takes to read all that is on the lists, in their order, and to send it to nobody. */
async function readAlone(): Promise<number> {
  const started = performance.now();
  await owner.run(`explain (analyze, timing off) select serial, revoked_at, reason from ca.revoked_certificate
    where not_after >= now() order by partition, generation, sequence`);
  return (performance.now() - started) / 1000;
}

async function dayPasses(): Promise<void> {
  await owner.run("update ca.crl set next_publish = this_update + interval '1 millisecond' where state = 'signed'");
}

async function entriesSigned(): Promise<number> {
  const [row] = await owner.run<{ entries: string }>(
    "select sum(entries) as entries from ca.crl where state = 'signed'",
  );
  return Number(row?.entries);
}

function report(found: Awaited<ReturnType<typeof measureEverything>>): void {
  const { reading, all, entries, unchanged, daily, one, again, openssl } = found;
  const figures: Figure[] = [
    { name: "entries on the lists", value: entries, unit: "" },
    { name: "lists", value: all.outcomes.length, unit: "" },
    below("every list, from PostgreSQL to recorded and signed", all.seconds, "s", 4),
    { name: "processor time of authority, signer and PostgreSQL for it", value: all.cpu, unit: "s" },
    below("peak memory of the authority's process", all.memory.authority, "MB", 200),
    below("peak memory of the signer", all.memory.signer, "MB", 200),
    { name: "PostgreSQL alone reads the entries once", value: reading, unit: "s" },
    { name: "every list again, nothing changed", value: unchanged.seconds, unit: "s" },
    { name: `every list again, ${CHANGED.municipalities} changed`, value: daily.seconds, unit: "s" },
    // One that cost by the change alone would take a fraction.
    below("processor time for it beside the first time", daily.cpu / all.cpu, "", 0.25),
    { name: "one list of all entries, from PostgreSQL to signed", value: one.seconds, unit: "s" },
    { name: "processor time of authority, signer and PostgreSQL for it", value: one.cpu, unit: "s" },
    below("peak memory of the authority's process for it", one.memory.authority, "MB", 200),
    below("peak memory of the signer by then", one.memory.signer, "MB", 200),
    { name: "the next list of them, nothing changed", value: again.seconds, unit: "s" },
    { name: "openssl ca -gencrl, its index read included", value: openssl, unit: "s" },
    atLeast("speed of the next list beside openssl ca -gencrl", openssl / again.seconds, "times", 3),
    atLeast("speed of the first list beside it", openssl / one.seconds, "times", 3),
  ];
  printFigures("crl", figures, absent);
}
