/**
 * 千葉県運用規程 4-2-1: a municipality notifies the four items and the public key; the governor issues and notifies.
 * decide → record what will be signed → sign → record what was signed → publish.
 */
import { createHash } from "node:crypto";
import { canonicalKeyHash, MalformedDer, type SerialNumber, serialNumberFromRandom } from "@mitome/x509";
import { actingFor, type Call } from "./caller.ts";
import type { IssuanceAnswer, MalformedRequest } from "./certification-authority.ts";
import { checkKeyOrigin } from "./check-key-origin.ts";
import { decideIssuance, type IssuancePlan } from "./decide-issuance.ts";
import { finishIssuance } from "./finish-issuance.ts";
import type { SigningIntent } from "./intent.ts";
import { answerFromJson, answerToJson } from "./issuance-answer.ts";
import type { AttemptKey, CaseRecord } from "./issuance-case.ts";
import { type IssuanceRefusal, isFinal } from "./issuance-refusal.ts";
import {
  type CertifiedItems,
  type IssuanceRequest,
  parseIssuanceRequest,
  verifyIssuanceRequest,
} from "./issuance-request.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import {
  type Acting,
  type IntentConflict,
  type IssuanceQuestion,
  type IssuanceReading,
  IssuanceUnderWay,
  NotActivated,
  SignerRefused,
} from "./ports.ts";
import { uniqueNameFromRandom } from "./profiles/subscriber.ts";

/** A request as it came: the octets of its payload and the municipality's signature over them. */
export interface SignedRequest {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** One request on its way. */
interface Issuance {
  readonly request: IssuanceRequest;
  readonly signed: SignedRequest;
  readonly requestHash: Uint8Array;
  readonly acting: Acting;
  readonly question: IssuanceQuestion;
  readonly call: Call;
}

/**
 * Issues, or says why not. The same request gets the same answer; another request under its key is refused.
 * Throws SigningUnavailable, LedgerUnavailable and IssuanceUnderWay: send again.
 */
export async function issueCertificate(
  authority: IssuingAuthority,
  call: Call,
  signed: SignedRequest,
): Promise<IssuanceAnswer | MalformedRequest> {
  const parsed = parseIssuanceRequest(signed.payload);
  if (parsed.kind === "malformed") return parsed;
  const { request } = parsed;
  const acting = actingFor(call, request.clerk);

  // 0. The caller asks for his own municipality, has signed what he asks, and the clock can be believed.
  const { caller } = call;
  if (request.municipality !== caller.municipality) {
    return await refusePassing(authority, acting, request, { reason: "municipalityNotTheCallers" });
  }
  if (!verifyIssuanceRequest(caller.key, signed.payload, signed.signature)) {
    return await refusePassing(authority, acting, request, { reason: "requestSignatureWrong" });
  }
  const now = authority.clockGuard.read();
  if (!(now instanceof Date)) return await refusePassing(authority, acting, request, { reason: "clockUntrusted" });

  const requestHash = sha256(signed.payload);
  const question = await ask(authority, request, now);
  const issuance: Issuance = { request, signed, requestHash, acting, question, call };
  const reading = await authority.ledger.readForIssuance(question);
  const { attempt } = reading;
  if (attempt === undefined) return await refusePassing(authority, acting, request, { reason: "caseNotOpen" });
  if (attempt.state !== "open") return await answerAgain(authority, issuance, attempt);
  return await issueFor(authority, issuance, reading, attempt);
}

/** Under which key, for whom and for what public key the ledger is asked. The subscriber id is ours, never the caller's. */
async function ask(authority: IssuingAuthority, request: IssuanceRequest, at: Date): Promise<IssuanceQuestion> {
  const { caseId, attempt, municipality } = request;
  return {
    attempt: { authority: authority.definition.id, municipality, caseId, attempt },
    subscriberId: await authority.signingKey.subscriberId(request.residentCode),
    keyHash: keyHashOf(request.publicKey),
    itemsDigest: itemsDigest(request.items),
    at,
  };
}

async function issueFor(
  authority: IssuingAuthority,
  issuance: Issuance,
  reading: IssuanceReading,
  attempt: CaseRecord,
): Promise<IssuanceAnswer> {
  const { request, question } = issuance;
  // 1. Decide: what the ledger knows, what the request says, what the card proves.
  const known = refusalOf(reading, request);
  if (known !== undefined) return await refuse(authority, issuance, known);
  const decision = decideIssuance(request, {
    definition: authority.definition,
    generation: authority.current,
    callerMunicipality: issuance.call.caller.municipality,
    now: question.at,
    serial: serialNumberFromRandom(authority.randomness.bytes(20)),
    uniqueName: uniqueNameFromRandom(authority.randomness.bytes(16)),
  });
  if (decision.kind === "refused") return await refuse(authority, issuance, decision);
  const origin = await checkKeyOrigin(authority.cardKeys, request, attempt);
  if (origin !== undefined) return await refuse(authority, issuance, { reason: origin });

  // 2. The TBS passes the signer's inspection and rule book before the key is touched; only then has the intent a MAC.
  const fields = intentOf(authority, issuance, decision);
  const mac = await macOf(authority, fields);
  if (!(mac instanceof Uint8Array)) return await refuse(authority, issuance, mac);

  // 3. Record exactly what will be signed. That nobody gets two certificates is the database's word.
  const recorded = await record(authority, issuance, { decision, fields, mac });
  if (recorded.kind !== "recorded") return await refuseConflict(authority, issuance, recorded.kind);
  authority.clockGuard.recorded(question.at);

  // 4 to 6. Sign, verify, record.
  const { intent } = recorded;
  return await finishIssuance(authority, issuance.acting, {
    intent,
    tbs: decision.tbs,
    generation: authority.current.number,
  });
}

/** What the ledger alone says against a request. */
function refusalOf(reading: IssuanceReading, request: IssuanceRequest): IssuanceRefusal | undefined {
  const { held } = reading;
  if (held !== undefined) {
    const { serial, notAfter, municipality } = held;
    return { reason: "subscriberAlreadyHasCertificate", serial, notAfter, municipality };
  }
  if (reading.keySeen) return { reason: "publicKeySeenBefore" };
  if (reading.itemsElsewhere) return { reason: "sameItemsUnderAnotherResident" };
  if (reading.registerVersion > request.registerVersion) return { reason: "registerChangedSince" };
  return undefined;
}

function intentOf(authority: IssuingAuthority, { signed, call }: Issuance, plan: IssuancePlan): SigningIntent {
  return {
    id: authority.randomness.uuid(),
    authority: authority.definition.id,
    generation: authority.current.number,
    kind: "subscriber",
    serial: plan.serial,
    tbs: plan.tbs,
    request: signed.payload,
    requestSignature: signed.signature,
    requesterCertificate: call.caller.certificate,
  };
}

async function macOf(authority: IssuingAuthority, fields: SigningIntent): Promise<Uint8Array | IssuanceRefusal> {
  try {
    return await authority.signingKey.macIntent(fields);
  } catch (error) {
    if (error instanceof NotActivated) return { reason: "authorityNotActivated" };
    if (error instanceof SignerRefused) return { reason: "ruleBroken", rule: error.reason, clause: "signer" };
    throw error;
  }
}

interface Decided {
  readonly decision: IssuancePlan;
  readonly fields: SigningIntent;
  readonly mac: Uint8Array;
}

async function record(authority: IssuingAuthority, issuance: Issuance, { decision, fields, mac }: Decided) {
  const { question, request, requestHash } = issuance;
  const { attempt, subscriberId, itemsDigest, keyHash } = question;
  const { serial, uniqueName, notBefore, notAfter } = decision;
  const detail = {
    intent: fields.id,
    serial,
    subscriber: subscriberId,
    case: attempt.caseId,
    attempt: attempt.attempt,
    tbs: sha256(decision.tbs).toString("hex"),
  };
  return await authority.ledger.recordIntent(
    issuance.acting,
    {
      ...{ fields, serial, mac, attempt, requestHash, subscriberId, itemsDigest, keyHash },
      ...{ registerVersion: request.registerVersion, uniqueName, notBefore, notAfter },
    },
    { kind: "issuance.intentRecorded", result: "done", detail },
  );
}

/** The ledger was not as it was read: another request was faster. */
async function refuseConflict(
  authority: IssuingAuthority,
  issuance: Issuance,
  conflict: IntentConflict,
): Promise<IssuanceAnswer> {
  const { question } = issuance;
  if (conflict === "caseMoved") {
    const attempt = await authority.ledger.readAttempt(question.attempt);
    if (attempt === undefined || attempt.state === "open") throw new IssuanceUnderWay("the attempt moved");
    return await answerAgain(authority, issuance, attempt);
  }
  if (conflict !== "subscriberAlreadyHasCertificate") return await refuse(authority, issuance, { reason: conflict });
  const held = await authority.ledger.holding(question.attempt.authority, question.subscriberId, question.at);
  if (held === undefined) throw new IssuanceUnderWay("the certificate in the way has gone");
  const { serial, notAfter, municipality } = held;
  return await refuse(authority, issuance, { reason: conflict, serial, notAfter, municipality });
}

/** An attempt that is past its request: the same request gets its answer, any other is refused. */
async function answerAgain(
  authority: IssuingAuthority,
  issuance: Issuance,
  attempt: CaseRecord,
): Promise<IssuanceAnswer> {
  const { acting, request, requestHash } = issuance;
  if (attempt.state === "ended") return await refusePassing(authority, acting, request, { reason: "attemptEnded" });
  if (attempt.requestHash === undefined || Buffer.compare(attempt.requestHash, requestHash) !== 0) {
    return await refusePassing(authority, acting, request, { reason: "differentRequestUnderSameKey" });
  }
  if (attempt.refusal !== undefined) return answerFromJson(attempt.refusal);
  const { serial } = attempt;
  if (serial === undefined) throw new Error(`an attempt in state ${attempt.state} without a serial number`);
  if (attempt.state === "requested") {
    const unfinished = await authority.ledger.takeIntent(attempt.key.authority, serial);
    if (unfinished === undefined) throw new IssuanceUnderWay("another call is having this certificate signed");
    return await finishIssuance(authority, acting, unfinished);
  }
  return await handOutAgain(authority, acting, attempt.key, serial);
}

async function handOutAgain(
  authority: IssuingAuthority,
  acting: Acting,
  key: AttemptKey,
  serial: SerialNumber,
): Promise<IssuanceAnswer> {
  const stored = await authority.ledger.readCertificate(key.authority, serial);
  const generation = stored && authority.generations.get(stored.generation);
  if (stored === undefined || generation === undefined) throw new Error("an issued certificate is not in the ledger");
  await authority.ledger.recordEvent(acting, { kind: "certificate.read", result: "done", detail: { serial } });
  return { kind: "issued", serial, certificate: stored.certificate, issuerCertificate: generation.certificate };
}

/** Refuses for what the request says: stored, so that the same request gets the same answer. */
async function refuse(
  authority: IssuingAuthority,
  issuance: Issuance,
  refusal: IssuanceRefusal,
): Promise<IssuanceAnswer> {
  const { acting, request, question, requestHash } = issuance;
  if (!isFinal(refusal.reason)) return await refusePassing(authority, acting, request, refusal);
  const { ledger } = authority;
  if (refusal.reason === "sameItemsUnderAnotherResident")
    await ledger.listSameItems(acting, question, refusedEvent(request, refusal));
  const answer = { kind: "refused", ...refusal } as const;
  const stored = { requestHash, refusal: answerToJson(answer) };
  const moved = !(await ledger.refuseRequest(acting, question.attempt, stored, refusedEvent(request, refusal)));
  if (moved) throw new IssuanceUnderWay("the attempt moved");
  return answer;
}

/** Refuses without touching the attempt. */
async function refusePassing(
  authority: IssuingAuthority,
  acting: Acting,
  request: IssuanceRequest,
  refusal: IssuanceRefusal,
): Promise<IssuanceAnswer> {
  await authority.ledger.recordEvent(acting, refusedEvent(request, refusal));
  return { kind: "refused", ...refusal };
}

function refusedEvent({ caseId, attempt }: IssuanceRequest, { reason }: IssuanceRefusal) {
  return { kind: "issuance.refused", result: "refused", detail: { case: caseId, attempt, reason } } as const;
}

/** The canonical key's hash; of the octets themselves when they are no key, which the decision then refuses. */
function keyHashOf(publicKey: Uint8Array): Uint8Array {
  try {
    return canonicalKeyHash(publicKey);
  } catch (error) {
    if (error instanceof MalformedDer) return sha256(publicKey);
    throw error;
  }
}

/** SHA-256 of 氏名, 生年月日, 男女の別 and 住所 in this order. */
function itemsDigest({ name, dateOfBirth, gender, address }: CertifiedItems): Uint8Array {
  return sha256(JSON.stringify([name, dateOfBirth, gender, address]));
}

function sha256(octets: Uint8Array | string): Buffer {
  return createHash("sha256").update(octets).digest();
}
