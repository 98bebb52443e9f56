// node bench/src/issuance.ts <description of a running stack> [--full]
import { cpus } from "node:os";
import { isInRepertoire } from "@mitome/characters";
import { type SyntheticResident, syntheticResidents } from "@mitome/testkit/residents";
import postgres from "postgres";
import { z } from "zod";
import { opensslCeiling, tokenCeiling } from "./ceilings.ts";
import { cfsslPeer } from "./cfssl-peer.ts";
import { closedLoop, type LoadOutcome } from "./closed-loop.ts";
import { atLeast, atMost, below, type Figure, percentile, printFigures } from "./figures.ts";
import { type LoadKey, loadKeys } from "./load-keys.ts";
import { Municipality } from "./municipality.ts";
import { prepareRequest, type Subscriber } from "./prepared-request.ts";
import { costOf, withChildren } from "./process-cost.ts";
import { readStack } from "./stack.ts";

const CONCURRENCY = 32;
const DOUBLE = 64;
const issued = z.object({ kind: z.literal("issued"), serial: z.string() });

const [file, ...flags] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: node bench/src/issuance.ts <description of a running stack> [--full]");
const stack = readStack(file);
const full = flags.includes("--full");
const plan = { warmUp: 300, measured: full ? 20_000 : 2_400, double: 960, memoryFrom: full ? 2_000 : 600 };

const servers = stack.servers.slice(0, CONCURRENCY);
const municipalities = servers.map((server) => new Municipality(stack, server, DOUBLE / CONCURRENCY));
const serials = new Set<string>();

say(`the token alone, then cfssl (${CONCURRENCY} at once)`);
const before = await tokenCeiling(stack.token, 5);
const openssl = await opensslCeiling(cpus().length);
const cfssl = await cfsslPeer(CONCURRENCY, 2_000);

const total = plan.warmUp + plan.measured + plan.double;
say(`preparing ${total} cases, cards, keys and requests`);
const requests = await prepare(total);

const take = (count: number): string[][] =>
  requests.map((queue) => queue.splice(0, Math.ceil(count / requests.length)));
await load(take(plan.warmUp), 1);
say(`${plan.measured} certificates, ${municipalities.length} municipalities at once`);
const measured = await measure(take(plan.measured));
say(`${plan.double} certificates, ${DOUBLE} at once`);
const double = await load(take(plan.double), DOUBLE / municipalities.length);
const after = await tokenCeiling(stack.token, 5);
await Promise.all(municipalities.map((municipality) => municipality.close()));
report();

function say(text: string): void {
  console.log(`… ${text}`);
}

/** Residents whose names need no substitute, wherever they live: they move to the municipality that issues for them. */
function* subscribers(count: number): Generator<SyntheticResident, void> {
  let found = 0;
  for (const resident of syntheticResidents({ count: count * 2, seed: Date.now() % 1_000_000 })) {
    if (found === count) return;
    if (!isInRepertoire(resident.name + resident.address)) continue;
    found += 1;
    yield resident;
  }
}

/** Puts cards into the stocks and prepares the requests; one queue a municipality. */
async function prepare(count: number): Promise<string[][]> {
  const keys: Iterator<LoadKey, void> = loadKeys(count);
  const run = Date.now().toString(36).toUpperCase().slice(-7);
  const queues: Subscriber[][] = municipalities.map(() => []);
  let index = 0;
  for (const resident of subscribers(count)) {
    const key = keys.next().value;
    if (key === undefined) break;
    const cardNumber = `LOAD${run}${index.toString(36).toUpperCase().padStart(5, "0")}`;
    queues[index % queues.length]?.push({ resident, key, cardNumber });
    index += 1;
  }
  await stock(queues);
  const [one, two] = stack.cardKeyComponents.map((component) => Buffer.from(component, "base64"));
  const master = Buffer.alloc(32).map((_, octet) => (one?.[octet] ?? 0) ^ (two?.[octet] ?? 0));
  const bodies: string[][] = municipalities.map(() => []);
  const outcome = await closedLoop(queues, 1, async (subscriber, queue) => {
    const municipality = municipalities[queue];
    if (municipality === undefined) throw new Error("no municipality");
    bodies[queue]?.push(await prepareRequest(stack.authority, municipality, subscriber, master));
  });
  if (outcome.errors[0] !== undefined)
    throw new Error(`${outcome.errors.length} cases could not be prepared: ${outcome.errors[0]}`);
  return bodies;
}

async function stock(queues: readonly Subscriber[][]): Promise<void> {
  const sql = postgres(stack.postgres.ownerUrl, { max: 1 });
  for (const [index, queue] of queues.entries()) {
    const rows = queue.map(({ cardNumber }) => ({
      card_number: cardNumber,
      authority: stack.authority,
      municipality: municipalities[index]?.code ?? "",
    }));
    await sql`insert into ca.card ${sql(rows)}`;
  }
  await sql.end();
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

interface Measured extends LoadOutcome {
  readonly nodeCpu: number;
  readonly postgresCpu: number;
  readonly memoryGrowth: number;
}

async function measure(queues: string[][]): Promise<Measured> {
  const ours = stack.processes.map(({ pid }) => pid);
  const [node, database] = [costOf(ours), costOf(withChildren(stack.postgres.pid))];
  let early = node.resident;
  const outcome = await load(queues, 1, (done) => {
    if (done === plan.memoryFrom) early = costOf(ours).resident;
  });
  const [nodeAfter, databaseAfter] = [costOf(ours), costOf(withChildren(stack.postgres.pid))];
  return {
    ...outcome,
    nodeCpu: nodeAfter.cpu - node.cpu,
    postgresCpu: databaseAfter.cpu - database.cpu,
    memoryGrowth: (nodeAfter.resident / early - 1) * 100,
  };
}

function report(): void {
  const done = measured.latencies.length;
  const rate = done / measured.seconds;
  const ceiling = Math.max(before.rate, after.rate);
  const signature = Math.min(before.cpuPerSignature, after.cpuPerSignature);
  const peer = cfssl === undefined ? undefined : cfssl.latencies.length / cfssl.seconds;
  const figures: Figure[] = [
    { name: "certificates a second, 32 at once", value: rate, unit: "/s" },
    { name: "raw C_Sign of the same token", value: ceiling, unit: "/s" },
    { name: "openssl speed rsa2048, all cores", value: openssl, unit: "/s" },
    atLeast("share of the raw C_Sign rate", rate / ceiling, "", 0.3),
    ...(peer === undefined
      ? []
      : [
          { name: "cfssl serve, 32 at once", value: peer, unit: "/s" },
          atLeast("rate beside cfssl", rate / peer, "times", 1),
        ]),
    atMost("CPU of our Node processes outside C_Sign", measured.nodeCpu / done - signature, "ms/certificate", 2),
    { name: "CPU of one C_Sign", value: signature, unit: "ms" },
    { name: "CPU of PostgreSQL", value: measured.postgresCpu / done, unit: "ms/certificate" },
    { name: "latency p50, 32 at once", value: percentile(measured.latencies, 0.5), unit: "ms" },
    { name: "latency p99, 32 at once", value: percentile(measured.latencies, 0.99), unit: "ms" },
    { name: "latency p99, 64 at once", value: percentile(double.latencies, 0.99), unit: "ms" },
    atMost("errors, 64 at once", double.errors.length, "", 0),
    atMost("errors, 32 at once", measured.errors.length, "", 0),
    below(`memory growth from certificate ${plan.memoryFrom} to ${plan.measured}`, measured.memoryGrowth, "%", 10),
    { name: "certificates with a serial of their own", value: serials.size, unit: `of ${total}` },
  ];
  for (const error of new Set([...measured.errors, ...double.errors].slice(0, 5))) console.log(`error: ${error}`);
  printFigures(
    "issuance",
    figures,
    peer === undefined ? ["cfssl serve (Debian package golang-cfssl could not be installed)"] : [],
  );
}
