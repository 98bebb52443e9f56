import {
  compareFourItems,
  encodeDateOfBirth,
  type FourItems,
  type ItemComparison,
  parseDateOfBirth,
  parseWareki,
} from "@mitome/characters";
import type { Application, ResidentRecord } from "./case-context.ts";
import type { ComparedItemName } from "./views.ts";

/** 実在性の確認 (千葉県運用規程 3-1-9 ①): the application's four items against the register's, character by character. */
export function compareWithRegister(application: Application, resident: ResidentRecord): readonly ItemComparison[] {
  return compareFourItems(fourItems(application), fourItems(resident));
}

/** The application as the applicant's form is expected to read; the clerk enters what the form really says where it differs. */
export function expectedApplication(resident: ResidentRecord, day: string): Application {
  return withSubstitutions({
    date: day,
    name: resident.name,
    furigana: resident.furigana,
    alias: resident.alias,
    address: resident.address,
    dateOfBirth: resident.dateOfBirth,
    gender: resident.gender,
    substitutions: { name: "", alias: null, address: "" },
  });
}

/**
 * Reads what a clerk typed for one item of the form, or null when it is no value of that item: a date is wareki or
 * `YYYY-MM-DD` and must exist; gender is 男, 女, 不明 or the code 1–3.
 */
export function readItem(item: ComparedItemName, typed: string): string | null {
  const value = typed.trim();
  if (item === "dateOfBirth") return readDateOfBirth(value);
  if (item === "gender") return { 男: "1", 女: "2", 不明: "3", "1": "1", "2": "2", "3": "3" }[value] ?? null;
  return value === "" && item !== "alias" ? null : value;
}

/** Puts one item, already read by {@link readItem}, into the application. */
export function enterItem(application: Application, item: ComparedItemName, value: string): Application {
  if (item === "gender")
    return value === "1" || value === "2" || value === "3" ? { ...application, gender: value } : application;
  if (item === "alias") return withSubstitutions({ ...application, alias: value === "" ? null : value });
  return withSubstitutions({ ...application, [item]: value });
}

/** Reads a birth date as typed, `S640107` or `1989-01-07`, into EYYYYMMDD; null for a day that does not exist. */
export function readDateOfBirth(typed: string): string | null {
  if (/^\d{9}$/.test(typed)) return parseDateOfBirth(typed) === undefined ? null : typed;
  const wareki = parseWareki(typed);
  if (wareki.kind === "wareki") return encodeDateOfBirth({ era: wareki.era, ...wareki.date });
  const western = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(typed);
  if (western === null) return null;
  const encoded = `0${western[1]}${western[2]}${western[3]}`;
  return parseDateOfBirth(encoded) === undefined ? null : encoded;
}

function fourItems(person: Application | ResidentRecord): FourItems {
  const { name, alias, dateOfBirth, gender, address } = person;
  return { name, alias: alias ?? undefined, dateOfBirth, gender, address };
}

// 4-1-2: the form states the substitute characters of name, alias and address. One digit a character, as in the
// certificate (domain: one flag a character); no character is replaced here, so every flag is 0.
function withSubstitutions(application: Application): Application {
  const none = (text: string): string => "0".repeat([...text].length);
  const { name, alias, address } = application;
  const substitutions = { name: none(name), alias: alias === null ? null : none(alias), address: none(address) };
  return { ...application, substitutions };
}
