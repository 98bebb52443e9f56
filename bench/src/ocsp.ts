// node bench/src/ocsp.ts [--full]
import { cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { sqlAs } from "@mitome/testkit/sql";
import { parseOcspResponse } from "@mitome/x509";
import { opensslCeiling } from "./ceilings.ts";
import { atLeast, atMost, below, type Figure, percentile, printFigures } from "./figures.ts";
import { askOverHttp, type HttpAnswers, type HttpLoad, type HttpPlace, rateOf } from "./http-load.ts";
import { drawNumbers, requestFor, seedCertificates, statusOf } from "./ledger-certificates.ts";
import { softwareSignRate, withBareServer } from "./ocsp-ceilings.ts";
import { cfsslOcspPeer, opensslOcspPeer } from "./ocsp-peers.ts";
import { costOf, withChildren } from "./process-cost.ts";
import { startResponderRun } from "./responder-run.ts";

const CONNECTIONS = 32;
const FEW = 10_000;
const CERTIFICATES = 1_000_000;
const MANY = 10_000_000;
const full = process.argv.includes("--full");
const plan = { seconds: full ? 20 : 5, prepared: 10_000, fresh: 20_000, alone: full ? 10_000 : 3_000 };
const cores = cpus().length;

say(`starting an authority and ${cores} responders of its own`);
const run = await startResponderRun(cores);
const places = run.responders.map(({ place }) => place);
const reader = sqlAs(run.database.url("access_reader", "mitome_ca"));
let answered = 0;
try {
  report(await measureEverything());
} finally {
  await reader.end();
  await run.stop();
}

async function measureEverything() {
  say(`${FEW} certificates in the ledger`);
  const few = await latencyWith(0, FEW);
  say(`${CERTIFICATES} certificates in the ledger`);
  const more = await latencyWith(FEW, CERTIFICATES);
  const numbers = drawNumbers(plan.prepared, CERTIFICATES);
  const bodies = numbers.map((number) => requestFor(run.issuer, number, "noNonce"));
  say(`${bodies.length} answers prepared, each by its first question`);
  const { answers } = await ask({ bodies });
  const wrong = numbers.filter((number, index) => saidIn(answers[index]) !== statusOf(number)).length;
  const load = { bodies, connections: CONNECTIONS, seconds: plan.seconds };
  const pairs = bodies.map((body, index) => [body, answers[index] ?? new Uint8Array()] as const);
  say(`bare node:http, prepared answers, bare node:http again, ${CONNECTIONS} connections`);
  const socket = { path: run.place.socket("bare") };
  const bare = (place: HttpPlace) =>
    withBareServer(place, pairs, () => askOverHttp({ ...load, places: [place], path: "/", headers: run.headers }));
  const before = await bare(socket);
  const prepared = await measure(load);
  const after = await bare(socket);
  const overTcp = await bare({ host: "127.0.0.1", port: 20_000 + Math.floor(Math.random() * 20_000) });
  say("signatures alone, answers signed for each question, signatures alone again");
  const fresh = await measureFresh();
  say("cfssl ocspserve, openssl ocsp");
  const cfssl = await cfsslOcspPeer(run, answers, load);
  const openssl = await opensslOcspPeer(run, { certificates: CERTIFICATES, cores }, { ...load, bodies: freshBodies() });
  const many = full ? await latencyWith(CERTIFICATES, MANY) : undefined;
  const recorded = await recordsOf(answered);
  return { few, more, many, wrong, before, after, overTcp, prepared, ...fresh, cfssl, openssl, recorded };
}

async function measureFresh() {
  const signing = await softwareSignRate(run.responderKey, 3);
  const fresh = await measure({ bodies: freshBodies(), places, seconds: plan.seconds });
  const again = await softwareSignRate(run.responderKey, 3);
  return { fresh, signing: Math.max(signing, again), opensslSpeed: await opensslCeiling(cores) };
}

function freshBodies(certificates = CERTIFICATES): Uint8Array[] {
  return drawNumbers(plan.fresh, certificates).map((number) => requestFor(run.issuer, number, "nonce"));
}

function say(text: string): void {
  console.log(`… ${text}`);
}

/** Asks the first of our responders, or those that are named. */
async function ask(load: Pick<HttpLoad, "bodies" | "seconds"> & Partial<HttpLoad>): Promise<HttpAnswers> {
  const first = { connections: CONNECTIONS, places: places.slice(0, 1) };
  const said = await askOverHttp({ ...first, ...load, path: "/ocsp", headers: run.headers });
  answered += said.latencies.length;
  return said;
}

interface Measured extends HttpAnswers {
  /** Milliseconds of processor time an answer. */
  readonly responder: number;
  readonly postgres: number;
}

/** Asks our responder once the records of what was answered before are stored. */
async function measure(load: Parameters<typeof ask>[0]): Promise<Measured> {
  await recordsOf(answered);
  const cost = () => ({
    responder: costOf(run.responders.map(({ pid }) => pid)).cpu,
    postgres: costOf(withChildren(run.database.pid)).cpu,
  });
  const begun = cost();
  const said = await ask(load);
  await recordsOf(answered);
  const ended = cost();
  const each = (program: "responder" | "postgres") => (ended[program] - begun[program]) / said.latencies.length;
  return { ...said, responder: each("responder"), postgres: each("postgres") };
}

/** Waits until so many access records are stored, a minute at most. Answers how many are. */
async function recordsOf(answers: number): Promise<number> {
  for (let left = 600; ; left -= 1) {
    const [row] = await reader.run<{ uses: number }>(
      "select coalesce(sum(uses), 0)::bigint as uses from access.monthly_use",
    );
    if (left === 0 || (row?.uses ?? 0) >= answers) return row?.uses ?? 0;
    await pause(100);
  }
}

/** Seeds up to so many certificates and asks for any of them, one question at a time, each answer read and signed for it. */
async function latencyWith(from: number, certificates: number): Promise<readonly number[]> {
  await seedCertificates(run.database.url("postgres", "mitome_ca"), from, certificates);
  const bodies = freshBodies(certificates).slice(0, plan.alone);
  await ask({ bodies: bodies.slice(0, 500), connections: 1 });
  return (await ask({ bodies, connections: 1 })).latencies;
}

function saidIn(answer: Uint8Array | undefined): string | undefined {
  const response = parseOcspResponse(answer ?? new Uint8Array());
  return response.kind === "basic" ? response.responses[0]?.certStatus.kind : response.error;
}

function report(found: Awaited<ReturnType<typeof measureEverything>>): void {
  const { few, more, many, wrong, before, after, overTcp, prepared, fresh, signing, cfssl, openssl } = found;
  const ceiling = Math.max(rateOf(before), rateOf(after));
  const p = ({ latencies }: HttpAnswers, share: number) => percentile(latencies, share);
  const figures: Figure[] = [
    { name: "certificates in the ledger", value: CERTIFICATES, unit: "" },
    { name: "bare node:http, POST, SHA-1, map; Unix socket", value: ceiling, unit: "/s" },
    { name: "the same over TCP, as the peers", value: rateOf(overTcp), unit: "/s" },
    { name: "prepared answers, one process", value: rateOf(prepared), unit: "/s" },
    atLeast("share of bare node:http", rateOf(prepared) / ceiling, "", 0.6),
    { name: "prepared answers, p50", value: p(prepared, 0.5), unit: "ms" },
    below("prepared answers, p99", p(prepared, 0.99), "ms", 10),
    ...beside("prepared answers beside cfssl ocspserve", prepared, cfssl),
    { name: "responder's CPU a prepared answer", value: prepared.responder, unit: "ms" },
    { name: "PostgreSQL's CPU a prepared answer (its record)", value: prepared.postgres, unit: "ms" },
    { name: `signatures of the same key, node:crypto, ${cores} threads`, value: signing, unit: "/s" },
    { name: `openssl speed rsa2048, ${cores} processes`, value: found.opensslSpeed, unit: "/s" },
    { name: `answers signed for each question, ${cores} processes`, value: rateOf(fresh), unit: "/s" },
    atLeast("share of the signatures alone", rateOf(fresh) / signing, "", 0.8),
    { name: "signed answers, p50", value: p(fresh, 0.5), unit: "ms" },
    below("signed answers, p99", p(fresh, 0.99), "ms", 10),
    ...beside("signed answers beside openssl ocsp", fresh, openssl),
    { name: "responder's CPU a signed answer", value: fresh.responder, unit: "ms" },
    { name: "PostgreSQL's CPU a signed answer", value: fresh.postgres, unit: "ms" },
    ...latencyFigures(few, more, many),
    atMost("answers that were wrong", wrong, "", 0),
    atMost("answers without a record", answered - found.recorded, "", 0),
  ];
  printFigures("ocsp", figures, cfssl === undefined ? ["cfssl ocspserve (Debian package golang-cfssl)"] : []);
}

function beside(name: string, ours: HttpAnswers, peer: HttpAnswers | undefined): Figure[] {
  if (peer === undefined) return [];
  const [, who = ""] = name.split(" beside ");
  return [
    { name: who, value: rateOf(peer), unit: "/s" },
    { name: `${who}, p99`, value: percentile(peer.latencies, 0.99), unit: "ms" },
    atLeast(name, rateOf(ours) / rateOf(peer), "times", 1),
  ];
}

function latencyFigures(
  few: readonly number[],
  more: readonly number[],
  many: readonly number[] | undefined,
): Figure[] {
  const [most, rows] = many === undefined ? [more, CERTIFICATES] : [many, MANY];
  const ratio = (share: number) => percentile(most, share) / percentile(few, share);
  return [
    { name: `one question at a time, ${FEW} rows, p50`, value: percentile(few, 0.5), unit: "ms" },
    { name: `one question at a time, ${rows} rows, p50`, value: percentile(most, 0.5), unit: "ms" },
    atMost(`p50 with ${rows} rows beside ${FEW}`, ratio(0.5), "times", 1.5),
    atMost(`p99 with ${rows} rows beside ${FEW}`, ratio(0.99), "times", 1.5),
  ];
}
