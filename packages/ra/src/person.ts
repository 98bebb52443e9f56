import { formatDateOfBirth, parseDateOfBirth } from "@mitome/characters";
import type { Application, ResidentRecord } from "./case-context.ts";
import type { PersonView, Text } from "./views.ts";

const genders: Readonly<Record<"1" | "2" | "3", Text>> = {
  "1": { ja: "男", en: "male" },
  "2": { ja: "女", en: "female" },
  "3": { ja: "不明", en: "unknown" },
};

/** A record or an application as people read it. The resident code never appears. */
export function personView(person: ResidentRecord | Application): PersonView {
  const { name, furigana, alias, address } = person;
  return {
    name,
    furigana,
    alias,
    address,
    dateOfBirth: dateOfBirthText(person.dateOfBirth),
    gender: genders[person.gender],
  };
}

/** EYYYYMMDD as people read it. */
export function dateOfBirthText(encoded: string): string {
  const birth = parseDateOfBirth(encoded);
  return birth === undefined ? encoded : formatDateOfBirth(birth);
}

/** The word for a gender code. */
export function genderText(gender: "1" | "2" | "3"): Text {
  return genders[gender];
}
