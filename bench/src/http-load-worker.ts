// A thread of its own that asks over HTTP, so that nothing else of the benchmark stands in its way.
import { connect, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { HttpAnswers, HttpLoad, HttpPlace } from "./http-load.ts";

const load: HttpLoad = workerData;
const ended = Buffer.from("\r\n\r\n");
const requests = load.bodies.map((body) => {
  const fields = Object.entries({ ...load.headers, "content-length": body.length });
  const head = [`POST ${load.path} HTTP/1.1`, "host: localhost", ...fields.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
});
const latencies: number[] = [];
const answers: Uint8Array[] = [];
const wrong = new Map<string, number>();
const begin = performance.now();
const end = begin + (load.seconds ?? Number.POSITIVE_INFINITY) * 1_000;
let next = 0;

await Promise.all(Array.from({ length: load.connections }, (_, at) => askOnOne(placeOf(at))));
const seconds = (performance.now() - begin) / 1_000;
const said: HttpAnswers = { latencies, seconds, answers, wrong };
parentPort?.postMessage(said);

/** The next request's number; `undefined` when the time is over, or each was asked once. */
function take(): number | undefined {
  if (performance.now() >= end || (load.seconds === undefined && next >= requests.length)) return undefined;
  next += 1;
  return (next - 1) % requests.length;
}

function placeOf(connection: number): HttpPlace {
  const place = load.places[connection % load.places.length];
  if (place === undefined) throw new Error("nobody to ask");
  return place;
}

async function askOnOne(place: HttpPlace): Promise<void> {
  let connection: Socket | undefined;
  for (let number = take(); number !== undefined; number = take()) {
    const started = performance.now();
    try {
      connection ??= await open(place);
      const body = await ask(connection, requests[number] ?? Buffer.alloc(0));
      latencies.push(performance.now() - started);
      if (!isAnswer(body)) note(`an answer of ${body.length} octets that is no status`);
      if (load.seconds === undefined) answers[number] = new Uint8Array(body);
      if (!load.closing) continue;
    } catch (error) {
      note(error instanceof Error ? error.message : String(error));
    }
    connection?.destroy();
    connection = undefined;
  }
  connection?.destroy();
}

function note(problem: string): void {
  wrong.set(problem, (wrong.get(problem) ?? 0) + 1);
}

/** OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED { successful (0) … } …, longer than 255 octets. */
function isAnswer(body: Buffer): boolean {
  return body[0] === 0x30 && body[1] === 0x82 && body.readUIntBE(4, 3) === 0x0a0100;
}

function open(place: HttpPlace): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const connection = connect(place, () => resolve(connection.off("error", reject)));
    connection.setNoDelay(true).once("error", reject);
  });
}

/** Sends one request and resolves with the body of its answer. */
function ask(connection: Socket, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let got: Buffer = Buffer.alloc(0);
    const done = (body: Buffer | Error) => {
      connection.off("data", more).off("end", over).off("error", done);
      return body instanceof Error ? reject(body) : resolve(body);
    };
    const more = (chunk: Buffer) => {
      got = got.length === 0 ? chunk : Buffer.concat([got, chunk]);
      const body = load.closing ? undefined : wholeBody(got);
      if (body !== undefined) done(body);
    };
    const over = () => done(got.subarray(got.indexOf(ended) + ended.length));
    connection.on("data", more).on("end", over).on("error", done);
    connection.write(request);
  });
}

/** The body, once as much is there as the head says. */
function wholeBody(got: Buffer): Buffer | undefined {
  const head = got.indexOf(ended);
  if (head < 0) return undefined;
  const length = /content-length: (\d+)/i.exec(got.toString("latin1", 0, head))?.[1];
  const body = got.subarray(head + ended.length);
  return body.length >= Number(length) ? body : undefined;
}
