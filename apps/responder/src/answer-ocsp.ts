/** The use case: one OCSP request, one answer (千葉県運用規程 4-4-4-2, 4-4-4-3; RFC 6960). */
import { accessRecord } from "@mitome/ca";
import { MalformedDer, type OcspError, type OcspRequest, parseOcspRequest } from "@mitome/x509";
import { type AskerRefusal, identifyAsker } from "./identify-asker.ts";
import type { AnsweredIssuer, Issuers } from "./issuers.ts";
import type { IssuerAccessRecord, VerifierRegistry } from "./ports.ts";
import type { PreparedAnswers } from "./prepared-answers.ts";
import { type Question, type SignedAnswer, Unavailable } from "./signed-answer.ts";

/** What answering needs. */
export interface Responder {
  readonly issuers: Issuers;
  readonly registry: VerifierRegistry;
  readonly answers: PreparedAnswers;
  /** Keeps a record so that the end of this process does not lose it. */
  readonly keepRecord: (record: IssuerAccessRecord) => Promise<void>;
  readonly now: () => Date;
}

/** A request as it came. */
export interface Asked {
  readonly der: Uint8Array;
  /** SHA-256 of the client certificate of the connection, lower-case hexadecimal. */
  readonly client: string | undefined;
}

/** Why an error is answered: what the log says of it, and nobody else. */
type ErrorReason =
  | AskerRefusal
  | "malformed"
  | "criticalExtension"
  | "issuerUnknown"
  | "issuersDiffer"
  | Unavailable["what"];

/** What is answered. */
export type OcspAnswer =
  | { readonly kind: "answered"; readonly signed: SignedAnswer; readonly repeatable: boolean }
  | {
      readonly kind: "error";
      readonly error: OcspError;
      readonly reason: ErrorReason;
      readonly verifier: string | undefined;
      /** Name of the error behind `tryLater`; its message may say anything. */
      readonly fault: string | undefined;
    };

/** Answers one request. Throws only through our own fault. */
export async function answerOcsp(responder: Responder, { der, client }: Asked): Promise<OcspAnswer> {
  // 1. What is asked.
  const request = readRequest(der);
  if (typeof request === "string") return refusal("malformedRequest", request);
  // 2. Who asks: only verifiers that notified, agreed and were granted access (4-4-4-3).
  const at = responder.now();
  const asker = identifyAsker(request, client, responder.registry, at);
  if (asker.kind === "refused") return refusal("unauthorized", asker.reason, asker.verifier);
  // 3. Whose certificates: the answer is signed by the delegate of the key that issued them.
  const question = questionOf(request, responder.issuers);
  if (typeof question === "string") return refusal("unauthorized", question, asker.verifierId);
  const { authority, generation } = question.issuer;
  try {
    // 4. Their status now, signed.
    const signed = await responder.answers.answerTo(question);
    // 5. The record of it, before anybody sees the answer.
    const record = accessRecord(asker, { method: "ocsp", answers: signed.answers }, at);
    await responder.keepRecord({ authority, generation, ...record });
    return { kind: "answered", signed, repeatable: request.nonce === undefined && signed.standsUntil !== undefined };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const fault = error.cause instanceof Error ? error.cause.name : undefined;
    return { ...refusal("tryLater", error.what, asker.verifierId), fault };
  }
}

function refusal(error: OcspError, reason: ErrorReason, verifier?: string) {
  return { kind: "error", error, reason, verifier, fault: undefined } as const;
}

function readRequest(der: Uint8Array): OcspRequest | "malformed" | "criticalExtension" {
  try {
    const request = parseOcspRequest(der);
    // RFC 6960 §4.1.2: an extension may be ignored unless it is critical.
    const extensions = [...request.extensions, ...request.questions.flatMap((question) => question.extensions)];
    return extensions.some(({ critical }) => critical) ? "criticalExtension" : request;
  } catch (error) {
    if (error instanceof MalformedDer) return "malformed";
    throw error;
  }
}

/** The question that one of our keys can answer. A certificate of an issuer that is not ours is unknown beside ours. */
function questionOf({ questions, nonce }: OcspRequest, issuers: Issuers): Question | "issuerUnknown" | "issuersDiffer" {
  let issuer: AnsweredIssuer | undefined;
  const asked = questions.map(({ certId }) => {
    const its = issuers.issuerOf(certId);
    issuer ??= its;
    return { certId, its };
  });
  if (issuer === undefined) return "issuerUnknown";
  if (asked.some(({ its }) => its !== undefined && its !== issuer)) return "issuersDiffer";
  const [first, ...others] = asked.map(({ certId, its }) => ({ certId, serialNumber: its && certId.serialNumber }));
  return first === undefined ? "issuerUnknown" : { issuer, certificates: [first, ...others], nonce };
}
