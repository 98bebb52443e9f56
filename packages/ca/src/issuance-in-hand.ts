/** One issuance request on its way, and how it is refused. */

import type { Call } from "./caller.ts";
import type { IssuanceAnswer } from "./certification-authority.ts";
import { answerToJson } from "./issuance-answer.ts";
import { type IssuanceRefusal, isFinal } from "./issuance-refusal.ts";
import type { IssuanceRequest } from "./issuance-request.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import { type Acting, type IssuanceQuestion, IssuanceUnderWay } from "./ports.ts";
import type { SignedRequest } from "./signed-request.ts";

/** One request on its way. */
export interface Issuance {
  readonly request: IssuanceRequest;
  readonly signed: SignedRequest;
  readonly requestHash: Uint8Array;
  readonly acting: Acting;
  readonly question: IssuanceQuestion;
  readonly call: Call;
}

/** Refuses for what the request says: stored, so that the same request gets the same answer. */
export async function refuse(
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
export async function refusePassing(
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
