/** Rule of a signature password: how many characters, upper-case letters and digits only. */
export interface PasswordRule {
  readonly minimum: number;
  readonly maximum: number;
}

/** Today's cards: 6 to 16 upper-case letters and digits. The cards of 2004 took 4 to 16. */
export const SIGNATURE_PASSWORD: PasswordRule = { minimum: 6, maximum: 16 };

/** Whether these bytes (ASCII) are a password under the rule. */
export function isSignaturePassword(password: Uint8Array, rule: PasswordRule = SIGNATURE_PASSWORD): boolean {
  const { length } = password;
  if (length < rule.minimum || length > rule.maximum) return false;
  return password.every((byte) => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a));
}
