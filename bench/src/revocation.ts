// node bench/src/revocation.ts [--full]
import { Agent, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { letRevocationsGo } from "@mitome/testkit/let-revocations-go";
import { sqlAs } from "@mitome/testkit/sql";
import { parseOcspResponse } from "@mitome/x509";
import { MUNICIPALITY } from "../../launcher/src/counter-side.ts";
import { closedLoop, type LoadOutcome } from "./closed-loop.ts";
import { atMost, below, type Figure, percentile, printFigures } from "./figures.ts";
import type { HttpPlace } from "./http-load.ts";
import { requestFor, seedCertificates, serialOf, statusOf } from "./ledger-certificates.ts";
import { startResponderRun } from "./responder-run.ts";
import { startRevokingServer } from "./revoking-server.ts";

const RESPONDERS = 3;
const CERTIFICATES = 10_000;
const BURST = 32;
/** Milliseconds from an answer to the next question about the same certificate to the same responder. */
const pauses = { single: 1, burst: 20 };
/** Milliseconds after which a revocation that is not seen is given up. */
const givenUp = 10_000;
const full = process.argv.includes("--full");
const plan = { warmUp: 20, single: full ? 1_000 : 200, burst: full ? 1_600 : 320 };

/** Milliseconds from the acceptance of one revocation on. */
interface Seen {
  /** Until the municipality had its answer. */
  readonly answered: number;
  /** Until each responder had said revoked. */
  readonly everywhere: number;
}

say(`starting an authority and ${RESPONDERS} responders of its own`);
const run = await startResponderRun(RESPONDERS);
const server = await startRevokingServer(run.authority, MUNICIPALITY);
const agent = new Agent({ keepAlive: true });
try {
  await measureEverything();
} finally {
  agent.destroy();
  await server.close();
  await run.stop();
}

async function measureEverything(): Promise<void> {
  const owner = sqlAs(run.database.url("postgres", "mitome_ca"));
  await letRevocationsGo(owner);
  await owner.end();
  await seedCertificates(run.database.url("postgres", "mitome_ca"), 0, CERTIFICATES);
  const good = [...Array(CERTIFICATES).keys()].filter((number) => statusOf(number) === "good");
  await revokeAll(good.splice(0, plan.warmUp), 1, pauses.single);
  say(`${plan.single} revocations, one after another`);
  const single = await revokeAll(good.splice(0, plan.single), 1, pauses.single);
  say(`${plan.burst} revocations, ${BURST} at once`);
  const burst = await revokeAll(good.splice(0, plan.burst), BURST, pauses.burst);
  const errors = [...single.errors, ...burst.errors];
  for (const error of new Set(errors.slice(0, 5))) console.log(`error: ${error}`);
  printFigures("revocation", [
    { name: "responders", value: RESPONDERS, unit: "" },
    ...figuresOf("one after another", single.seen),
    ...figuresOf(`${BURST} at once`, burst.seen),
    atMost("errors", errors.length, "", 0),
  ]);
}

function say(text: string): void {
  console.log(`… ${text}`);
}

function figuresOf(how: string, seen: readonly Seen[]): Figure[] {
  const everywhere = seen.map((one) => one.everywhere);
  const answered = seen.map((one) => one.answered);
  return [
    { name: `revocations, ${how}`, value: seen.length, unit: "" },
    { name: "from acceptance to revoked at every responder, p50", value: percentile(everywhere, 0.5), unit: "ms" },
    below("from acceptance to revoked at every responder, p99", percentile(everywhere, 0.99), "ms", 1_000),
    { name: "from acceptance to the municipality's answer, p50", value: percentile(answered, 0.5), unit: "ms" },
  ];
}

async function revokeAll(
  numbers: number[],
  atOnce: number,
  again: number,
): Promise<LoadOutcome & { readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const outcome = await closedLoop([numbers], atOnce, async (number) => void seen.push(await revokeOne(number, again)));
  return { ...outcome, seen };
}

/** Has every responder say good, revokes, and asks each again and again until it says revoked. */
async function revokeOne(number: number, again: number): Promise<Seen> {
  const question = requestFor(run.issuer, number, "noNonce");
  const before = await Promise.all(run.responders.map(({ place }) => ask(place, question)));
  if (before.some((said) => said !== "good")) throw new Error(`before its revocation: ${before.join()}`);
  const revoking = server.revoke(serialOf(number)).then((accepted) => ({ accepted, answered: Date.now() }));
  const [{ accepted, answered }, ...seen] = await Promise.all([
    revoking,
    ...run.responders.map(({ place }) => untilRevoked(place, question, again)),
  ]);
  return { answered: answered - accepted.getTime(), everywhere: Math.max(...seen) - accepted.getTime() };
}

/** When the responder first said revoked. */
async function untilRevoked(place: HttpPlace, question: Uint8Array, again: number): Promise<number> {
  for (const end = Date.now() + givenUp; Date.now() < end; await pause(again)) {
    const said = await ask(place, question);
    if (said === "revoked") return Date.now();
    if (said !== "good") throw new Error(`a responder said ${said}`);
  }
  throw new Error(`not revoked after ${givenUp} ms`);
}

async function ask(place: HttpPlace, question: Uint8Array): Promise<string | undefined> {
  const where = "path" in place ? { socketPath: place.path } : place;
  const body = await new Promise<Uint8Array>((resolve, reject) => {
    const headers = { ...run.headers, "content-length": question.length };
    const asked = request({ ...where, agent, method: "POST", path: "/ocsp", headers }, (response) => {
      buffer(response).then(resolve, reject);
    });
    asked.once("error", reject).end(question);
  });
  const response = parseOcspResponse(body);
  return response.kind === "basic" ? response.responses[0]?.certStatus.kind : response.error;
}
