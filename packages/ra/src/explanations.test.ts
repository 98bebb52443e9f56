import { describe, expect, it } from "vitest";
import { cardProblems, keyFailures, refusalReasons, troubles } from "./case-context.ts";
import {
  accessProblems,
  entryProblems,
  explainAccess,
  explainCard,
  explainDoubt,
  explainEntry,
  explainIdentity,
  explainKeyFailure,
  explainRefusal,
  explainTrouble,
} from "./explanations.ts";
import type { Explanation } from "./views.ts";

const identityProblems = [
  "unknownDocument",
  "expiryMissing",
  "expiryUnreadable",
  "documentExpired",
  "photoDoesNotMatch",
  "copyNotTaken",
] as const;

const all: readonly Explanation[] = [
  ...refusalReasons.map((reason) =>
    explainRefusal({
      reason,
      detail: { rule: "r", clause: "7-1-1", check: "size", item: "name", position: 1, character: "髙" },
    }),
  ),
  ...cardProblems.map(explainCard),
  ...keyFailures.map(explainKeyFailure),
  ...troubles.map(explainTrouble),
  ...identityProblems.map(explainIdentity),
  ...entryProblems.map(explainEntry),
  ...accessProblems.map(explainAccess),
  explainDoubt,
];

describe("every refusal", () => {
  it.each(all.map((explanation) => [explanation.reason, explanation] as const))(
    "%s says what happened and what to do next, in Japanese and English",
    (_, { what, next }) => {
      expect(next.length).toBeGreaterThan(0);
      for (const { ja, en } of [what, ...next]) {
        expect(ja).toMatch(/[ぁ-ん].*[。）]$/u);
        expect(en).toMatch(/^[\x20-\x7e“”髙]+$/u);
      }
    },
  );

  it("names its clause in the form of the regulation, where there is one", () => {
    for (const { clause } of all.filter(({ clause }) => clause !== null && clause !== "7-1-1"))
      expect(clause).toMatch(/^千葉県運用規程 \d+(-\d+)+/);
    expect(explainRefusal({ reason: "subscriberAlreadyHasCertificate", detail: {} }).clause).toBe(
      "千葉県運用規程 4-2-3",
    );
  });

  it("of a character names the item, the place and the character (3-1-8)", () => {
    const { what, clause } = explainRefusal({
      reason: "characterOutsideRepertoire",
      detail: { item: "name", position: 1, character: "髙" },
    });
    expect(what.ja).toContain("氏名の1文字目「髙」");
    expect(clause).toBe("千葉県運用規程 3-1-8");
    const fromAuthority = explainRefusal({
      reason: "characterOutsideRepertoire",
      detail: { field: "address", position: 3, character: "𠮷" },
    });
    expect(fromAuthority.what.ja).toContain("住所の3文字目「𠮷」");
  });
});
