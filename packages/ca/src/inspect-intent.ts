import {
  type Der,
  type EquipmentIdentity,
  MalformedDer,
  parseEquipmentIdentity,
  parseTbsCertificate,
  type SignatureAlgorithm,
  type TbsCertificate,
} from "@mitome/x509";
import type { AuthorityDefinition } from "./authority-definition.ts";
import { decideEquipment, decideEquipmentRoot } from "./decide-equipment.ts";
import { decideIssuance } from "./decide-issuance.ts";
import { decideResponder } from "./decide-responder.ts";
import { decideSelfSigned } from "./decide-self-signed.ts";
import {
  type EnrolmentTicket,
  enrolmentMac,
  parseEquipmentRequest,
  possessedKey,
  verifyRenewal,
} from "./equipment-request.ts";
import type { EquipmentTrust, KnownEquipment } from "./equipment-trust.ts";
import type { SigningIntent } from "./intent.ts";
import { parseIssuanceRequest } from "./issuance-request.ts";
import type { CertificateKind } from "./profiles/profile.ts";
import { type RuleFinding, runRuleBook } from "./rules/rule-book.ts";
import { verifyRequest } from "./signed-request.ts";
import { maximumClockSkew, maximumKeyAge } from "./validity.ts";

/** What the signer knows for itself; nothing here comes from the row. */
export interface InspectionContext {
  readonly definition: AuthorityDefinition;
  /** Public key in the token that this row asks to sign with: the generation's, or the equipment root's. */
  readonly signingKey: Der<"SubjectPublicKeyInfo">;
  /** Recognises machines by the equipment root key in the token. */
  readonly equipment: EquipmentTrust;
  /** Whether the ledger says that this equipment certificate is revoked, or does not know it. */
  readonly isRevoked: (fingerprint: string) => boolean;
  readonly now: Date;
}

/** What stands against signing a row; closed. */
export type IntentFault =
  | "authority"
  | "serial"
  | "malformedTbs"
  | "clock"
  | "tooOld"
  | "request"
  | "requester"
  | "requestSignature"
  | "enrolment"
  | "refusedByDecision"
  | "differsFromRequest"
  | "rule";

/** The result of an inspection. `ticket` must still be checked against the MAC key in the token before anything is signed. */
export type IntentInspection =
  | {
      readonly kind: "right";
      readonly tbs: Der<"TBSCertificate">;
      readonly signatureAlgorithm: SignatureAlgorithm;
      readonly ticket: { readonly ticket: EnrolmentTicket; readonly mac: Uint8Array } | undefined;
    }
  | { readonly kind: "wrong"; readonly fault: IntentFault; readonly findings?: readonly RuleFinding[] };

type Authorisation =
  | { readonly expected: Uint8Array; readonly ticket?: { readonly ticket: EnrolmentTicket; readonly mac: Uint8Array } }
  | { readonly fault: IntentFault };

type Inspect = (intent: SigningIntent, tbs: TbsCertificate, context: InspectionContext) => Authorisation;

const inspections: { readonly [Kind in CertificateKind]: Inspect } = {
  subscriber: inspectSubscriber,
  "self-signed": inspectSelfSigned,
  "ocsp-responder": inspectResponder,
  equipment: inspectEquipment,
  "equipment-root": inspectEquipmentRoot,
};

/**
 * Whether a recorded intent may be signed: whoever asked may ask, has signed what he asked for, and the TBS is octet for octet
 * what the decision makes of that request; then the rule book, which knows nothing of requests. Neither who writes the
 * database nor the authority's server alone can have a subscriber certificate signed.
 */
export function inspectIntent(intent: SigningIntent, context: InspectionContext): IntentInspection {
  if (intent.authority !== context.definition.id) return wrong("authority");
  let tbs: TbsCertificate;
  try {
    tbs = parseTbsCertificate(intent.tbs);
  } catch (cause) {
    if (cause instanceof MalformedDer) return wrong("malformedTbs");
    throw cause;
  }
  if (tbs.serialNumber !== intent.serial) return wrong("serial");
  const age = context.now.getTime() - tbs.validity.notBefore.getTime();
  if (age < -maximumClockSkew) return wrong("clock");
  if (age > maximumKeyAge) return wrong("tooOld");
  const authorisation = inspections[intent.kind](intent, tbs, context);
  if ("fault" in authorisation) return wrong(authorisation.fault);
  if (Buffer.compare(authorisation.expected, intent.tbs) !== 0) return wrong("differsFromRequest");
  const { definition, signingKey: issuerKey } = context;
  const findings = runRuleBook(tbs, intent.kind, { definition, generation: intent.generation, issuerKey });
  if (findings.length > 0) return { kind: "wrong", fault: "rule", findings };
  return { kind: "right", tbs: tbs.tbs, signatureAlgorithm: tbs.signatureAlgorithm, ticket: authorisation.ticket };
}

function wrong(fault: IntentFault): IntentInspection {
  return { kind: "wrong", fault };
}

/** The machine that asked, if its certificate is of our root, not revoked now, and was in its period when it was decided. */
function requesterOf(
  intent: SigningIntent,
  tbs: TbsCertificate,
  context: InspectionContext,
): KnownEquipment | undefined {
  if (intent.requesterCertificate === null) return undefined;
  const requester = context.equipment.recognise(intent.requesterCertificate);
  if (requester === undefined || context.isRevoked(requester.fingerprint)) return undefined;
  const decidedAt = tbs.validity.notBefore;
  const inPeriod = decidedAt >= requester.notBefore && decidedAt <= requester.notAfter;
  return inPeriod ? requester : undefined;
}

function inspectSubscriber(intent: SigningIntent, tbs: TbsCertificate, context: InspectionContext): Authorisation {
  const requester = requesterOf(intent, tbs, context);
  if (requester?.kind !== "server") return { fault: "requester" };
  const { request: payload, requestSignature } = intent;
  if (payload === null || requestSignature === null) return { fault: "request" };
  if (!verifyRequest(requester.key, "issuance", { payload, signature: requestSignature }))
    return { fault: "requestSignature" };
  const parsed = parseIssuanceRequest(payload);
  if (parsed.kind === "malformed") return { fault: "request" };
  const decision = decideIssuance(parsed.request, {
    definition: context.definition,
    generation: { number: intent.generation, subjectPublicKeyInfo: context.signingKey },
    callerMunicipality: requester.municipality,
    now: tbs.validity.notBefore,
    serial: tbs.serialNumber,
    uniqueName: tbs.subject.at(-1)?.value ?? "",
  });
  return decision.kind === "plan" ? { expected: decision.tbs } : { fault: "refusedByDecision" };
}

function inspectSelfSigned(_intent: SigningIntent, tbs: TbsCertificate, context: InspectionContext): Authorisation {
  // The authority certifies itself: the key to be certified is the one that will sign, and nobody asks for it.
  const decision = decideSelfSigned({
    definition: context.definition,
    subjectPublicKeyInfo: context.signingKey,
    now: tbs.validity.notBefore,
    serial: tbs.serialNumber,
  });
  return decision.kind === "plan" ? { expected: decision.tbs } : { fault: "refusedByDecision" };
}

function inspectResponder(intent: SigningIntent, tbs: TbsCertificate, context: InspectionContext): Authorisation {
  // The responder shows that it has the key; that it may have a certificate is the operators' word.
  const subjectPublicKeyInfo = intent.request === null ? undefined : possessedKey(intent.request);
  if (subjectPublicKeyInfo === undefined) return { fault: "request" };
  const decision = decideResponder({
    definition: context.definition,
    generation: { number: intent.generation, subjectPublicKeyInfo: context.signingKey },
    subjectPublicKeyInfo,
    now: tbs.validity.notBefore,
    serial: tbs.serialNumber,
  });
  return decision.kind === "plan" ? { expected: decision.tbs } : { fault: "refusedByDecision" };
}

function inspectEquipmentRoot(_intent: SigningIntent, tbs: TbsCertificate, context: InspectionContext): Authorisation {
  const decision = decideEquipmentRoot({
    authority: context.definition.id,
    subjectPublicKeyInfo: context.signingKey,
    now: tbs.validity.notBefore,
    serial: tbs.serialNumber,
  });
  return decision.kind === "plan" ? { expected: decision.tbs } : { fault: "refusedByDecision" };
}

function inspectEquipment(intent: SigningIntent, tbs: TbsCertificate, context: InspectionContext): Authorisation {
  const { request: bytes, requestSignature } = intent;
  const request = bytes === null ? undefined : parseEquipmentRequest(bytes);
  if (request === undefined || requestSignature === null) return { fault: "request" };
  let identity: EquipmentIdentity | undefined;
  let ticket: { readonly ticket: EnrolmentTicket; readonly mac: Uint8Array } | undefined;
  if (request.way === "renewal") {
    const requester = requesterOf(intent, tbs, context);
    if (requester === undefined) return { fault: "requester" };
    if (!verifyRenewal(requester.key, request.csr, requestSignature)) return { fault: "requestSignature" };
    identity = requester;
  } else {
    const expired = new Date(request.ticket.expiresAt) < tbs.validity.notBefore;
    const mac = enrolmentMac(request.ticket.codeKey, request.csr);
    identity = parseEquipmentIdentity(request.ticket);
    if (expired || Buffer.compare(mac, request.csrMac) !== 0 || identity?.authority !== context.definition.id) {
      return { fault: "enrolment" };
    }
    ticket = { ticket: request.ticket, mac: requestSignature };
  }
  if (identity === undefined) return { fault: "request" };
  const subjectPublicKeyInfo = possessedKey(request.csr);
  if (subjectPublicKeyInfo === undefined) return { fault: "request" };
  const decision = decideEquipment({
    identity,
    subjectPublicKeyInfo,
    rootPublicKeyInfo: context.signingKey,
    now: tbs.validity.notBefore,
    serial: tbs.serialNumber,
  });
  if (decision.kind === "refused") return { fault: "refusedByDecision" };
  return ticket === undefined ? { expected: decision.tbs } : { expected: decision.tbs, ticket };
}
