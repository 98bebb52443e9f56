/** The use case: one OCSP request, one answer (千葉県運用規程 4-4-4-2, 4-4-4-3; RFC 6960). */
import { accessRecord } from "@mitome/ca";
import type { OcspError } from "@mitome/x509";
import { type AskerRefusal, identifyAsker } from "./identify-asker.ts";
import type { OcspQuestions, ReadRequest, UnreadRequest } from "./ocsp-questions.ts";
import type { IssuerAccessRecord, VerifierRegistry } from "./ports.ts";
import type { PreparedAnswers } from "./prepared-answers.ts";
import { type SignedAnswer, Unavailable } from "./signed-answer.ts";

/** What answering needs. */
export interface Responder {
  readonly questions: OcspQuestions;
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
type ErrorReason = AskerRefusal | UnreadRequest | Extract<ReadRequest["question"], string> | Unavailable["what"];

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
  const read = responder.questions.in(der);
  if (typeof read === "string") return refusal("malformedRequest", read);
  const { request, question } = read;
  // 2. Who asks: only verifiers that notified, agreed and were granted access (4-4-4-3).
  const at = responder.now();
  const asker = identifyAsker(request, client, responder.registry, at);
  if (asker.kind === "refused") return refusal("unauthorized", asker.reason, asker.verifier);
  // 3. Whose certificates: the answer is signed by the delegate of the key that issued them.
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
