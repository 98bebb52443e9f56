/**
 * 千葉県運用規程 4-2-1: a municipality notifies the four items and the public key; the governor issues and notifies.
 * decide → record what will be signed → sign → record what was signed → publish.
 */
import { createHash } from "node:crypto";
import { canonicalKeyHash, MalformedDer, serialNumberFromRandom } from "@mitome/x509";
import { answerAgain } from "./answer-again.ts";
import { actingFor, type Call } from "./caller.ts";
import type { IssuanceAnswer, MalformedRequest } from "./certification-authority.ts";
import { checkKeyOrigin } from "./check-key-origin.ts";
import { decideIssuance, type IssuancePlan } from "./decide-issuance.ts";
import { finishIssuance } from "./finish-issuance.ts";
import type { SigningIntent } from "./intent.ts";
import type { CaseRecord } from "./issuance-case.ts";
import { type Issuance, refuse, refusePassing } from "./issuance-in-hand.ts";
import type { IssuanceRefusal } from "./issuance-refusal.ts";
import { type CertifiedItems, type IssuanceRequest, parseIssuanceRequest } from "./issuance-request.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import {
  type IntentConflict,
  type IssuanceQuestion,
  type IssuanceReading,
  IssuanceUnderWay,
  NotActivated,
  SignerRefused,
} from "./ports.ts";
import { uniqueNameFromRandom } from "./profiles/subscriber.ts";
import { isFarAhead } from "./register-version.ts";
import { type SignedRequest, verifyRequest } from "./signed-request.ts";

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
  if (!verifyRequest(caller.key, "issuance", signed)) {
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
  if (isFarAhead(request.registerVersion, reading.registerVersion)) return { reason: "registerVersionFarAhead" };
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
