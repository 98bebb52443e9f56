import type { Rule } from "../rule.ts";

// 千葉県運用規程 3-1-1, 3-1-3: the subject is an X.500 DN; here of the country, the prefecture, the municipality and an opaque name.
export const subjectName: Rule = {
  id: "cps/3-1-1-subject-name",
  clause: "千葉県運用規程 3-1-1, 3-1-3",
  kinds: ["subscriber"],
  check({ tbs, definition }) {
    const [country, prefecture, municipality] = tbs.subject;
    if (tbs.subject.map(({ type }) => type).join() !== "C,L,L,CN") return "its attributes are not C, L, L, CN";
    if (country?.value !== "JP" || prefecture?.value !== definition.prefecture.romaji)
      return "another country or prefecture";
    const known = definition.municipalities.some(({ romaji }) => romaji === municipality?.value);
    return known ? undefined : "a municipality of another prefecture";
  },
};
