import type { PasswordRules } from "@mitome/ra";

/** What a person's own data give away to whoever finds the card: not to be a password or the greater part of one. */
export interface KnownFacts {
  /** Card number, 16 capitals and digits. */
  readonly cardNumber: string;
  /** Birth date in the ways people type one, digits and era letters; empty when unknown here. */
  readonly birthDates: readonly string[];
}

/** Why a password is refused; null-free and in the order in which the reasons are told. */
export type PasswordWeakness =
  | "forbiddenCharacter"
  | "tooShort"
  | "tooLong"
  | "birthDate"
  | "cardNumber"
  | "repeated"
  | "sequence"
  | "common";

// The heads of published lists of leaked passwords, in capitals, six characters and more.
const commonPasswords = new Set(
  `PASSWORD PASSWORD1 PASSW0RD P4SSW0RD QWERTY QWERTY123 1Q2W3E 1Q2W3E4R 1Q2W3E4R5T QAZWSX 1QAZ2WSX ZAQ12WSX ABC123
   A1B2C3 A1B2C3D4 ABCD1234 1234ABCD ILOVEYOU LETMEIN WELCOME WELCOME1 DRAGON MONKEY MASTER SUNSHINE PRINCESS FOOTBALL
   BASEBALL ADMIN123 ADMINISTRATOR SAKURA SAKURA123 ARIGATO DORAEMON PIKACHU YAMATO KONNICHIWA NIPPON TOKYO2020
   ASDFGH ASDFGHJK ZXCVBN ZXCVBNM QWERTYUIOP ASDFGHJKL 1Q2W3E4R5T6Y TEST1234 MYNUMBER JPKI2026`.split(/\s+/),
);

/** Shortest piece of a card number or birth date that counts as giving it away. */
const tellingLength = 6;

function isSequence(password: string): boolean {
  const codes = [...password].map((character) => character.charCodeAt(0));
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? code));
  return (
    steps.every((step) => step === 1) ||
    steps.every((step) => step === -1) ||
    /^(0123456789|1234567890)+/.test(password)
  );
}

/** One character, or one block of up to four, again and again. */
function isRepetition(password: string): boolean {
  return /^(.{1,4}?)\1+$/.test(password);
}

function containsPiece(password: string, fact: string): boolean {
  for (let start = 0; start + tellingLength <= fact.length; start++) {
    if (password.includes(fact.slice(start, start + tellingLength))) return true;
  }
  return false;
}

/** Finds the first reason to refuse a password, in the order in which a person can mend them; null when it is good. */
export function passwordWeakness(password: string, rules: PasswordRules, facts: KnownFacts): PasswordWeakness | null {
  if (!/^[0-9A-Z]*$/.test(password)) return "forbiddenCharacter";
  if (password.length < rules.minimum) return "tooShort";
  if (password.length > rules.maximum) return "tooLong";
  if (facts.birthDates.some((date) => password.includes(date))) return "birthDate";
  if (containsPiece(password, facts.cardNumber)) return "cardNumber";
  if (isRepetition(password)) return "repeated";
  if (isSequence(password)) return "sequence";
  return commonPasswords.has(password) ? "common" : null;
}

/** The ways people type a birth date that the screen shows as 「昭和64年1月7日」 or 「1989年1月7日」; empty when none can be read. */
export function birthDatesOf(shown: string): readonly string[] {
  const eras = {
    明治: ["M", 1867],
    大正: ["T", 1911],
    昭和: ["S", 1925],
    平成: ["H", 1988],
    令和: ["R", 2018],
  } as const;
  const parts = /(明治|大正|昭和|平成|令和)?(\d+|元)年(\d+)月(\d+)日/.exec(shown.normalize("NFKC"));
  if (parts === null) return [];
  const [, era, writtenYear = "", month = "", day = ""] = parts;
  const yearOfEra = writtenYear === "元" ? 1 : Number(writtenYear);
  const monthDay = month.padStart(2, "0") + day.padStart(2, "0");
  const name = Object.keys(eras).find((known): known is keyof typeof eras => known === era);
  const year = name === undefined ? yearOfEra : eras[name][1] + yearOfEra;
  const western = [`${year}${monthDay}`, `${year % 100}`.padStart(2, "0") + monthDay, `${monthDay}${year}`];
  const japanese =
    name === undefined ? [] : [`${yearOfEra}`.padStart(2, "0") + monthDay, `${eras[name][0]}${yearOfEra}${monthDay}`];
  return [...new Set([...western, ...japanese])];
}
