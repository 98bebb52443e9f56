// node bench/src/issuance.ts [--full]
import { cpus } from "node:os";
import { isInRepertoire } from "@mitome/characters";
import { openPool } from "@mitome/db/connection";
import { type SyntheticResident, syntheticResidents } from "@mitome/testkit/residents";
import { z } from "zod";
import { startAuthorityRun } from "./authority-run.ts";
import { opensslCeiling, tokenCeiling } from "./ceilings.ts";
import { cfsslPeer } from "./cfssl-peer.ts";
import { closedLoop, type LoadOutcome } from "./closed-loop.ts";
import { atLeast, atMost, below, type Figure, percentile, printFigures } from "./figures.ts";
import { ledgerCeiling } from "./ledger-ceiling.ts";
import { type LoadKey, loadKeys } from "./load-keys.ts";
import { Municipality } from "./municipality.ts";
import { prepareRequest, type Subscriber } from "./prepared-request.ts";
import { costOf, withChildren } from "./process-cost.ts";

const CONCURRENCY = 32;
const DOUBLE = 64;
const issued = z.object({ kind: z.literal("issued"), serial: z.string() });

const full = process.argv.includes("--full");
const plan = {
  warmUp: 2_000,
  parts: 2_000,
  measured: full ? 20_000 : 2_400,
  double: 960,
  memoryFrom: full ? 2_000 : 600,
};

say("starting an authority of its own");
const run = await startAuthorityRun(CONCURRENCY);
const municipalities = run.servers.map((server) => new Municipality(run, server, DOUBLE / CONCURRENCY));
const serials = new Set<string>();
const total = plan.warmUp + plan.measured + plan.double;
try {
  report(await measureEverything());
} finally {
  await Promise.all(municipalities.map((municipality) => municipality.close()));
  await run.stop();
}

async function measureEverything() {
  say(`the token alone, then cfssl (${CONCURRENCY} at once)`);
  const before = await tokenCeiling(run.token, 5);
  const openssl = await opensslCeiling(cpus().length);
  const cfssl = await cfsslPeer(CONCURRENCY, 5_000);
  say(`preparing ${total} cases, cards, keys and requests`);
  const requests = await prepare(total);
  const take = (count: number): string[][] => {
    const each = Math.ceil(count / requests.length);
    return requests.map((queue) => queue.splice(0, each));
  };
  await load(take(plan.warmUp), 1);
  say("calls without work, then the ledger alone");
  const calls = await callCeiling(requests, plan.parts);
  const ledger = await ledgerCeiling(plan.parts, CONCURRENCY);
  say(`${plan.measured} certificates, ${municipalities.length} municipalities at once`);
  const measured = await measure(take(plan.measured));
  say(`${plan.double} certificates, ${DOUBLE} at once`);
  const double = await load(take(plan.double), DOUBLE / municipalities.length);
  const after = await tokenCeiling(run.token, 5);
  return { before, after, openssl, cfssl, calls, ledger, measured, double };
}

function say(text: string): void {
  console.log(`… ${text}`);
}

/** Residents whose names need no substitute, wherever they live: they move to the municipality that issues for them. */
function* subscribers(count: number): Generator<SyntheticResident, void> {
  let found = 0;
  for (const resident of syntheticResidents({ count: count * 2 })) {
    if (found === count) return;
    if (!isInRepertoire(resident.name + resident.address)) continue;
    found += 1;
    yield resident;
  }
}

/** Puts cards into the stocks and prepares the requests; one queue a municipality. */
async function prepare(count: number): Promise<string[][]> {
  const keys: Iterator<LoadKey, void> = loadKeys(count);
  const queues: Subscriber[][] = municipalities.map(() => []);
  let index = 0;
  for (const resident of subscribers(count)) {
    const key = keys.next().value;
    if (key === undefined) break;
    const cardNumber = `LOAD${String(index + 1).padStart(12, "0")}`;
    queues[index % queues.length]?.push({ resident, key, cardNumber });
    index += 1;
  }
  await stock(queues);
  const bodies: string[][] = municipalities.map(() => []);
  const outcome = await closedLoop(queues, 1, async (subscriber, queue) => {
    const municipality = municipalities[queue];
    if (municipality === undefined) throw new Error("no municipality");
    bodies[queue]?.push(await prepareRequest(run.authority, municipality, subscriber, run.cardMasterKey));
  });
  if (outcome.errors[0] !== undefined)
    throw new Error(`${outcome.errors.length} cases could not be prepared: ${outcome.errors[0]}`);
  return bodies;
}

async function stock(queues: readonly Subscriber[][]): Promise<void> {
  const ledger = openPool(run.postgres.ownerUrl, 1);
  for (const [index, queue] of queues.entries()) {
    const numbers = queue.map(({ cardNumber }) => cardNumber);
    await ledger.query(
      "insert into ca.card (card_number, authority, municipality) select unnest($1::text[]), $2::text, $3::text",
      [numbers, run.authority, municipalities[index]?.code ?? ""],
    );
  }
  await ledger.end();
}

function load(queues: string[][], workersPerQueue: number, reached?: (done: number) => void): Promise<LoadOutcome> {
  return closedLoop(
    queues,
    workersPerQueue,
    async (body, queue) => {
      serials.add(issued.parse(await municipalities[queue]?.call("issuance.request", body)).serial);
    },
    reached,
  );
}

/**
 * Calls a second of the same size over the same mutual TLS, tRPC and load generator that are answered without any work:
 * their payload is no request.
 */
async function callCeiling(requests: readonly string[][], count: number): Promise<number> {
  const [[like = ""] = []] = requests;
  const body = JSON.stringify({ ...JSON.parse(like), payload: Buffer.alloc(like.length * 0.7).toString("base64") });
  const each = Math.ceil(count / requests.length);
  const queues = requests.map(() => Array.from({ length: each }, () => body));
  const { latencies, seconds, errors } = await closedLoop(queues, 1, async (call, queue) => {
    const answered = municipalities[queue]?.call("issuance.request", call);
    const said = await answered?.then(
      () => "an answer",
      (error: Error) => error.message,
    );
    if (said?.startsWith("issuance.request: 400 ") !== true) throw new Error(said);
  });
  if (errors[0] !== undefined) throw new Error(errors[0]);
  return latencies.length / seconds;
}

interface Measured extends LoadOutcome {
  /** Milliseconds of processor time by program. */
  readonly programs: ReadonlyMap<string, number>;
  readonly postgres: number;
  /** Resident memory in MB by program, early and at the end. */
  readonly memory: ReadonlyMap<string, { readonly early: number; readonly end: number }>;
}

async function measure(queues: string[][]): Promise<Measured> {
  const residentByProgram = () => new Map([...run.programs].map(([name, pid]) => [name, costOf([pid]).resident]));
  const cpuByProgram = () => [...run.programs].map(([name, pid]) => [name, costOf([pid]).cpu] as const);
  const [begun, database] = [new Map(cpuByProgram()), costOf(withChildren(run.postgres.pid)).cpu];
  let early = residentByProgram();
  const outcome = await load(queues, 1, (done) => {
    if (done === plan.memoryFrom) early = residentByProgram();
  });
  const end = residentByProgram();
  return {
    ...outcome,
    programs: new Map(cpuByProgram().map(([name, cpu]) => [name, cpu - (begun.get(name) ?? 0)])),
    postgres: costOf(withChildren(run.postgres.pid)).cpu - database,
    memory: new Map([...end].map(([name, resident]) => [name, { early: early.get(name) ?? 0, end: resident }])),
  };
}

/** By how much all programs together grew, in per cent. */
function growth(memory: Measured["memory"]): number {
  const sum = (of: "early" | "end") => [...memory.values()].reduce((all, one) => all + one[of], 0);
  return (sum("end") / sum("early") - 1) * 100;
}

function report({
  before,
  after,
  openssl,
  cfssl,
  calls,
  ledger,
  measured,
  double,
}: Awaited<ReturnType<typeof measureEverything>>): void {
  const done = measured.latencies.length;
  const rate = done / measured.seconds;
  const ceiling = Math.max(before.rate, after.rate);
  // Each part has the whole machine while it is measured alone: one after the other they can do no more than this.
  const parts = 1 / (1 / calls + 1 / ledger + 1 / ceiling);
  const signature = Math.min(before.cpuPerSignature, after.cpuPerSignature);
  const peer = cfssl === undefined ? undefined : cfssl.latencies.length / cfssl.seconds;
  const nodeCpu = [...measured.programs.values()].reduce((sum, cpu) => sum + cpu, 0);
  const figures: Figure[] = [
    { name: "certificates a second, 32 at once", value: rate, unit: "/s" },
    { name: "raw C_Sign of the same token", value: ceiling, unit: "/s" },
    { name: "openssl speed rsa2048, all cores", value: openssl, unit: "/s" },
    atLeast("share of the raw C_Sign rate", rate / ceiling, "", 0.3),
    { name: "calls without work, 32 at once", value: calls, unit: "/s" },
    { name: "the ledger alone, 32 at once", value: ledger, unit: "/s" },
    { name: "calls, ledger and C_Sign with nothing else", value: parts, unit: "/s" },
    { name: "share of the raw C_Sign rate that these leave", value: parts / ceiling, unit: "" },
    { name: "rate beside calls, ledger and C_Sign alone", value: rate / parts, unit: "" },
    ...(peer === undefined
      ? []
      : [
          { name: "cfssl serve, 32 at once", value: peer, unit: "/s" },
          atLeast("rate beside cfssl", rate / peer, "times", 1),
        ]),
    atMost("CPU of our Node processes outside C_Sign", nodeCpu / done - signature, "ms/certificate", 2),
    ...[...measured.programs].map(([name, cpu]) => ({
      name: `CPU of ${name}`,
      value: cpu / done,
      unit: "ms/certificate",
    })),
    { name: "CPU of one C_Sign", value: signature, unit: "ms" },
    { name: "CPU of PostgreSQL", value: measured.postgres / done, unit: "ms/certificate" },
    { name: "latency p50, 32 at once", value: percentile(measured.latencies, 0.5), unit: "ms" },
    { name: "latency p99, 32 at once", value: percentile(measured.latencies, 0.99), unit: "ms" },
    { name: "latency p99, 64 at once", value: percentile(double.latencies, 0.99), unit: "ms" },
    atMost("errors, 64 at once", double.errors.length, "", 0),
    atMost("errors, 32 at once", measured.errors.length, "", 0),
    below(`memory growth from certificate ${plan.memoryFrom} to ${plan.measured}`, growth(measured.memory), "%", 10),
    ...[...measured.memory].map(([name, { early, end }]) => ({
      name: `memory of ${name} at the end, ${early < end ? "+" : ""}${(((end - early) / early) * 100).toFixed(1)} %`,
      value: end,
      unit: "MB",
    })),
    { name: "certificates with a serial of their own", value: serials.size, unit: `of ${total}` },
  ];
  for (const error of new Set([...measured.errors, ...double.errors].slice(0, 5))) console.log(`error: ${error}`);
  printFigures(
    "issuance",
    figures,
    peer === undefined ? ["cfssl serve (Debian package golang-cfssl could not be installed)"] : [],
  );
}
