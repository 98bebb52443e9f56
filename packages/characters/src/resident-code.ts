/**
 * The check digit of a 住民票コード (10 digits and this one): weights 2, 3, 4, 5, 6, 7, 2, 3, 4, 5 from the right; 11 − r,
 * and 0 when r ≤ 1. We choose the rule of the 個人番号 for ten digits because the notice that sets the rule is not
 * public; the one published sample, 24727059608, satisfies it. Throws `RangeError` unless given exactly ten digits.
 */
export function residentCodeCheckDigit(firstTen: string): string {
  if (!/^\d{10}$/.test(firstTen)) throw new RangeError("a 住民票コード has ten digits before its check digit");
  const sum = [...firstTen].reverse().reduce((total, digit, index) => total + Number(digit) * ((index % 6) + 2), 0);
  const remainder = sum % 11;
  return remainder <= 1 ? "0" : String(11 - remainder);
}

/** True for eleven digits whose last is the check digit of the others. */
export function isResidentCode(text: string): boolean {
  return /^\d{11}$/.test(text) && residentCodeCheckDigit(text.slice(0, 10)) === text.slice(10);
}
