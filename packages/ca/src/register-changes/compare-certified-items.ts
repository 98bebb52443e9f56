import { compareFourItems, isInRepertoire } from "@mitome/characters";
import type { CertifiedItems } from "../issuance-request.ts";
import type { RegisteredItems } from "./register-change.ts";

/**
 * How a certificate's items stand to the register's: `same`; `different`; or `unclear`, when they differ in the way of
 * writing alone, or in a character that the certificate shows by a substitute and we cannot tell which it stands for.
 */
export type ItemsOutcome = "same" | "different" | "unclear";

/**
 * Compares what a certificate says with what the register says after a change, character by character. Where a
 * substitute character (代替文字, 千葉県運用規程 3-1-8) stands for one that no certificate can hold, the two are no
 * difference if they are known to be forms of one character.
 */
export function compareCertifiedItems(certified: CertifiedItems, registered: RegisteredItems): ItemsOutcome {
  const name = withoutSubstitutes(certified.name, certified.nameSubstitutions, registered.name);
  const address = withoutSubstitutes(certified.address, certified.addressSubstitutions, registered.address);
  const { dateOfBirth, gender } = certified;
  const results = compareFourItems({ name: name.text, dateOfBirth, gender, address: address.text }, registered).map(
    ({ result }) => result,
  );
  if (results.includes("hard")) return "different";
  return results.includes("soft") || name.unknown || address.unknown ? "unclear" : "same";
}

/** The certified text with the register's own characters where substitutes stand for them. */
function withoutSubstitutes(certified: string, marks: string, registered: string) {
  const register = [...registered];
  let unknown = false;
  const original = [...certified].map((character, index) => {
    const own = register[index] ?? character;
    if (marks[index] !== "1" || isInRepertoire(own)) return character;
    unknown ||= !areForms(character, own);
    return own;
  });
  return { text: original.join(""), unknown };
}

function areForms(one: string, other: string): boolean {
  const rest = { dateOfBirth: "000000000", gender: "3", address: "" } as const;
  const [name] = compareFourItems({ ...rest, name: one }, { ...rest, name: other });
  return name?.result === "soft" && name.differences.every(({ reason }) => reason === "variant");
}
