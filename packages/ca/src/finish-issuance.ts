/**
 * From a recorded intent to a recorded certificate: the second half of the grammar of signing, the same for a first
 * try, a retry and recovery.
 */
import { createHash } from "node:crypto";
import {
  assembleCertificate,
  type Der,
  parseCertificate,
  type SignatureAlgorithm,
  verifySignature,
} from "@mitome/x509";
import { suiteOf } from "./authority-definition.ts";
import type { IssuanceAnswer } from "./certification-authority.ts";
import { answerToJson } from "./issuance-answer.ts";
import type { CertifiedGeneration, IssuingAuthority } from "./issuing-authority.ts";
import { type Acting, IssuanceUnderWay, SignerRefused, type UnfinishedIssuance } from "./ports.ts";
import type { RecordedIntent } from "./recorded-intent.ts";

/** Raised when the key's signature does not verify, or bytes changed on their way: our own fault, never retried blindly. */
export class SignatureWrong extends Error {
  override readonly name = "SignatureWrong";
}

/**
 * Has a recorded intent signed, and records the certificate.
 * Throws SigningUnavailable and LedgerUnavailable (the intent stays and is taken up again), IssuanceUnderWay when
 * another holder of the intent was faster, SignatureWrong.
 */
export async function finishIssuance(
  authority: IssuingAuthority,
  acting: Acting,
  unfinished: UnfinishedIssuance,
): Promise<IssuanceAnswer> {
  const { intent } = unfinished;
  const generation = authority.generations.get(unfinished.generation);
  if (generation === undefined) throw new Error("an intent of a generation that this authority does not have");

  // 4. Sign: what the ledger holds under this id, and nothing else.
  let signature: Uint8Array;
  try {
    signature = await authority.signingKey.sign(intent);
  } catch (error) {
    if (error instanceof SignerRefused) return await giveUp(authority, acting, intent, error);
    await authority.ledger.releaseIntent(intent).catch(() => undefined);
    throw error;
  }

  // 5. Check what came back before anybody can rely on it.
  const { signatureAlgorithm } = suiteOf(authority.definition);
  const certificate = verifiedCertificate(unfinished.tbs, signatureAlgorithm, signature, generation);

  // 6. Record the certificate, its audit event and its publication.
  const event = {
    kind: "certificate.issued",
    result: "done",
    detail: { intent: intent.id, serial: intent.serial, certificate: sha256(certificate) },
  } as const;
  if ((await authority.ledger.recordCertificate(acting, intent, certificate, event)) === "late") {
    return await putAside(authority, acting, intent, signature);
  }
  return { kind: "issued", serial: intent.serial, certificate, issuerCertificate: generation.certificate };
}

/** The certificate out of its two parts, once the issuer's key verifies it and its TBS is octet for octet the recorded one. */
export function verifiedCertificate(
  tbs: Der<"TBSCertificate">,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
  generation: Pick<CertifiedGeneration, "key">,
): Der<"Certificate"> {
  if (!verifySignature(generation.key, algorithm, tbs, signature)) {
    throw new SignatureWrong("the signature does not verify with the issuer's public key");
  }
  const certificate = assembleCertificate(tbs, algorithm, signature);
  if (Buffer.compare(parseCertificate(certificate).tbs, tbs) !== 0) {
    throw new SignatureWrong("the certificate does not hold the recorded TBS");
  }
  return certificate;
}

/** The signer will never sign this row: the intent is discarded and the attempt ends with what was wrong. */
async function giveUp(
  authority: IssuingAuthority,
  acting: Acting,
  intent: RecordedIntent,
  { reason }: SignerRefused,
): Promise<IssuanceAnswer> {
  const refusal = { kind: "refused", reason: "ruleBroken", rule: reason, clause: "signer" } as const;
  const event = {
    kind: "certificate.discarded",
    result: "refused",
    detail: { intent: intent.id, serial: intent.serial, reason },
  } as const;
  const discarded = await authority.ledger.discardIntent(acting, intent, answerToJson(refusal), event);
  if (!discarded) throw new IssuanceUnderWay("the intent was taken by another holder");
  return refusal;
}

/** Another fence was raised meanwhile: whoever holds it decides, and this signature is put aside. */
async function putAside(
  authority: IssuingAuthority,
  acting: Acting,
  intent: RecordedIntent,
  signature: Uint8Array,
): Promise<never> {
  const event = {
    kind: "certificate.signatureDiscarded",
    result: "failed",
    detail: { intent: intent.id, serial: intent.serial, signature: sha256(signature) },
  } as const;
  await authority.ledger.recordLateSignature(acting, intent, signature, event);
  throw new IssuanceUnderWay("the intent was taken by another holder");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
