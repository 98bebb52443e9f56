// A thread of its own that asks as verifiers do, keeps what it was told, and holds it against what happened in the end.
import { parentPort, workerData } from "node:worker_threads";
import { parseCertificate, type SerialNumber, verificationKey } from "@mitome/x509";
import { Client } from "undici";
import { type CertificateHistory, judgeAnswer, type Observation } from "./judge-answer.ts";
import { type OcspQuestion, OcspQuestions, readAnswer } from "./ocsp-questions.ts";
import type { VerifierLoad, VerifierMessage, VerifierOutcome } from "./verifier-load.ts";

const { port, identities, connections, issuer, responder, until }: VerifierLoad = workerData;
const responderKey = verificationKey(parseCertificate(responder).subjectPublicKeyInfo);
const questions = new OcspQuestions(parseCertificate(issuer));
const observations: (Observation & { readonly serial: SerialNumber })[] = [];
const latencies: number[] = [];
const [wrong, errors] = [new Map<string, number>(), new Map<string, number>()];
const nothing: CertificateHistory = { recordedAt: undefined, issuedBy: undefined, revocation: undefined };

parentPort?.on("message", (message: VerifierMessage) => {
  if (message.kind === "heard") return questions.hear(message.serial);
  parentPort?.postMessage(judge(message.histories));
  parentPort?.close();
});
await Promise.all(Array.from({ length: connections }, (_, number) => askOnOne(number)));
parentPort?.postMessage("ended");

async function askOnOne(number: number): Promise<void> {
  const connect = { ...identities[number % identities.length], servername: "localhost" };
  const connection = new Client(`https://localhost:${port}`, { connect, pipelining: 1 });
  while (Date.now() < until) {
    try {
      await ask(connection, questions.choose());
    } catch (error) {
      count(errors, error instanceof Error ? error.message : String(error));
    }
  }
  await connection.close();
}

async function ask(connection: Client, question: OcspQuestion): Promise<void> {
  const { method, encoded, serials, nonce } = question;
  const [sent, begun] = [Date.now(), performance.now()];
  const response = await connection.request(
    method === "POST"
      ? { method, path: "/ocsp", headers: { "content-type": "application/ocsp-request" }, body: encoded }
      : { method, path: `/ocsp/${encodeURIComponent(Buffer.from(encoded).toString("base64"))}` },
  );
  const body = new Uint8Array(await response.body.arrayBuffer());
  const received = Date.now();
  if (response.statusCode !== 200) return count(errors, `HTTP ${response.statusCode}`);
  latencies.push(performance.now() - begun);
  const said = readOrCount(question, body);
  if (said === undefined) return;
  if (typeof said === "string") return count(errors, said);
  for (const [at, { certStatus: status, thisUpdate, nextUpdate }] of said.entries()) {
    const serial = serials[at];
    if (serial === undefined) continue;
    const instants = { thisUpdate: thisUpdate.getTime(), nextUpdate: nextUpdate?.getTime(), sent, received };
    observations.push({ serial, status, ...instants, ownNonce: nonce !== undefined });
  }
}

function readOrCount(question: OcspQuestion, body: Uint8Array) {
  try {
    return readAnswer(question, responderKey, body);
  } catch (problem) {
    return count(wrong, problem instanceof Error ? problem.message : String(problem));
  }
}

function count(of: Map<string, number>, what: string): undefined {
  of.set(what, (of.get(what) ?? 0) + 1);
}

function judge(histories: ReadonlyMap<string, CertificateHistory>): VerifierOutcome {
  const said = { good: 0, revoked: 0, unknown: 0 };
  const latest = new Map<string, number>();
  let close = 0;
  for (const observation of observations) {
    const history = histories.get(observation.serial) ?? nothing;
    said[observation.status.kind] += 1;
    if (isClose(observation, history)) close += 1;
    const problem = judgeAnswer(observation, history);
    if (problem === undefined) continue;
    count(wrong, problem);
    const since = observation.status.kind === "good" ? history.revocation?.answeredBy : history.issuedBy;
    latest.set(problem, Math.max(latest.get(problem) ?? 0, observation.sent - (since ?? observation.sent)));
  }
  return { answers: latencies.length, said, close, latencies, wrong, errors, latest };
}

/** Asked while its state changed, or in the second after. */
function isClose({ sent, received }: Observation, { recordedAt, issuedBy, revocation }: CertificateHistory): boolean {
  const within = (from: number | undefined, by: number | undefined) =>
    from !== undefined && received >= from && sent <= (by ?? from) + 1_000;
  return within(recordedAt, issuedBy) || within(revocation?.acceptedAt, revocation?.answeredBy);
}
