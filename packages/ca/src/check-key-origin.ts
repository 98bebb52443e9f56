/** Whether a public key comes from the card of the case, and its owner has the private key. */
import { proofOfPossessionMessage } from "@mitome/card";
import { parseSubjectPublicKeyInfo, type SignatureAlgorithm, verifySignature } from "@mitome/x509";
import type { CaseRecord } from "./issuance-case.ts";
import type { IssuanceRequest } from "./issuance-request.ts";
import type { CardKeys } from "./ports.ts";

/**
 * 千葉県運用規程 3-1-11: the proof of possession is over this case's challenge. 6-2-2-4: the key was made on the card, which
 * says so under a session key that never leaves the HSM. The request's key has passed the decision's checks.
 */
export async function checkKeyOrigin(
  cardKeys: CardKeys,
  request: IssuanceRequest,
  { cardNumber, challenge }: CaseRecord,
): Promise<"keyNotMadeOnCard" | "proofOfPossessionWrong" | undefined> {
  const { cardOrigin, caseId, publicKey, proofOfPossession } = request;
  if (cardOrigin.cardNumber !== cardNumber) return "keyNotMadeOnCard";
  const message = proofOfPossessionMessage({ caseChallenge: challenge, caseId, cardNumber, spki: publicKey });
  const algorithm = proofAlgorithm(publicKey);
  if (!verifySignature(publicKey, algorithm, message, proofOfPossession)) return "proofOfPossessionWrong";
  const right = await cardKeys.verifyOrigin({ ...cardOrigin, caseChallenge: challenge, spki: publicKey });
  return right ? undefined : "keyNotMadeOnCard";
}

/** As the card makes the proof: see `proofOfPossessionHash`. */
function proofAlgorithm(publicKey: Uint8Array): SignatureAlgorithm {
  return parseSubjectPublicKeyInfo(publicKey).kind === "rsa" ? "sha256WithRSAEncryption" : "ecdsa-with-SHA384";
}
