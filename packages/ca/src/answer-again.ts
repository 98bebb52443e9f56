/** The same request sent again: it gets the answer it got, or the one it would have got. */
import type { SerialNumber } from "@mitome/x509";
import type { IssuanceAnswer } from "./certification-authority.ts";
import { finishIssuance } from "./finish-issuance.ts";
import { answerFromJson } from "./issuance-answer.ts";
import type { AttemptKey, CaseRecord } from "./issuance-case.ts";
import { type Issuance, refusePassing } from "./issuance-in-hand.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import { type Acting, IssuanceUnderWay } from "./ports.ts";

/** An attempt that is past its request: the same request gets its answer, any other is refused. */
export async function answerAgain(
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
