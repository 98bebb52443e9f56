/**
 * Why a certificate is revoked, by the names and codes of `CRLReason ::= ENUMERATED` (RFC 5280 §5.3.1); 7 is not used.
 * The whole list, because lists of other authorities are read: what ours may say is for the authority to decide.
 */
export const crlReasonCodes = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

/** The name of a revocation reason in RFC 5280. */
export type CrlReason = keyof typeof crlReasonCodes;

const reasonsByCode = new Map<number, CrlReason>();
for (const [reason, code] of Object.entries(crlReasonCodes)) reasonsByCode.set(code, reason as CrlReason);

/** The reason with this code; `undefined` for a code outside RFC 5280. */
export function crlReasonOf(code: number): CrlReason | undefined {
  return reasonsByCode.get(code);
}
