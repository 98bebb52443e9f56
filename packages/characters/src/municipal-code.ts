/**
 * The check digit of a municipal code (全国地方公共団体コード): the last digit of 11 − r, r being the sum of the first
 * five digits weighted 6, 5, 4, 3, 2 modulo 11. Throws `RangeError` unless given exactly five digits.
 */
export function municipalCodeCheckDigit(firstFive: string): string {
  if (!/^\d{5}$/.test(firstFive)) throw new RangeError("a municipal code has five digits before its check digit");
  const sum = [...firstFive].reduce((total, digit, index) => total + Number(digit) * (6 - index), 0);
  return String((11 - (sum % 11)) % 10);
}

/** True for six digits whose last is the check digit of the others. */
export function isMunicipalCode(text: string): boolean {
  return /^\d{6}$/.test(text) && municipalCodeCheckDigit(text.slice(0, 5)) === text.slice(5);
}
