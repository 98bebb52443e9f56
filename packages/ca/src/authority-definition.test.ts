import { formatDn } from "@mitome/x509";
import { describe, expect, it } from "vitest";
import { chibaAuthority, chibaPracticeAuthority } from "./authorities/chiba.ts";
import {
  authorityKeyShape,
  distributionPointName,
  municipalityOf,
  parseAuthorityDefinition,
  responderPolicyOf,
  subscriberPolicyOf,
  suiteOf,
} from "./authority-definition.ts";

const problemsOf = (value: unknown) => {
  const parsed = parseAuthorityDefinition(value);
  return parsed.kind === "refused" ? parsed.problems.join("; ") : "";
};

describe("authority definition", () => {
  it("reads the authority of Chiba and its practice twin from JSON as they are", () => {
    for (const definition of [chibaAuthority, chibaPracticeAuthority]) {
      const parsed = parseAuthorityDefinition(JSON.parse(JSON.stringify(definition)));
      expect(parsed).toEqual({ kind: "definition", definition });
    }
    expect(chibaAuthority.municipalities).toHaveLength(54);
  });

  it("[C-3-1-2.1] names the governor by job title, and the practice authority differently", () => {
    expect(formatDn(chibaAuthority.issuer)).toBe(
      "CN=The Governor of Chiba Prefecture,O=Chiba Prefectural Government,C=JP",
    );
    expect(formatDn(chibaPracticeAuthority.issuer)).not.toBe(formatDn(chibaAuthority.issuer));
  });

  it("[C-6-1-1-2.1] has the governor's key at RSA 2,048 bits", () => {
    expect(authorityKeyShape(chibaAuthority)).toEqual({ kind: "rsa", bits: 2048 });
  });

  it.each([3072, 4096] as const)("may ask for an authority key of %i bits", (authorityKeyBits) => {
    const definition = { ...chibaAuthority, authorityKeyBits };
    expect(problemsOf(definition)).toBe("");
    expect(authorityKeyShape(definition)).toEqual({ kind: "rsa", bits: authorityKeyBits });
  });

  it("[C-6-1-2-3.1] has RSA 1,024 for subscribers only in the suite of 2014, refused unless history is acknowledged", () => {
    const historical = { ...chibaAuthority, suite: "cps-2014" } as const;
    expect(problemsOf(historical)).toContain("acknowledgesHistoricalReproduction");
    expect(() => suiteOf(historical)).toThrow("cps-2014");
    const acknowledged = { ...historical, acknowledgesHistoricalReproduction: true };
    expect(problemsOf(acknowledged)).toBe("");
    expect(suiteOf(acknowledged).subscriberKey).toEqual({ kind: "rsa", bits: 1024 });
    expect(suiteOf(chibaAuthority).subscriberKey).toEqual({ kind: "rsa", bits: 2048 });
  });

  it("[C-1-2.1] [C-1-2.2] [C-1-2.5] [C-1-2.6] gives the policies by whether it is for practice, and has no field to say it otherwise", () => {
    expect(subscriberPolicyOf(chibaAuthority)).toBe("1.2.392.200149.8.5.1.1.10");
    expect(subscriberPolicyOf(chibaPracticeAuthority)).toBe("1.2.392.200149.8.5.1.0.10");
    expect(responderPolicyOf(chibaAuthority)).toBe("1.2.392.200149.8.5.1.300");
    expect(responderPolicyOf(chibaPracticeAuthority)).toBe("1.2.392.200149.8.5.1.0.300");
    expect(problemsOf({ ...chibaAuthority, policy: "1.2.392.200149.8.5.1.0.10" })).toContain("policy");
  });

  it.each([
    ["an unknown suite", { suite: "jpki-1999" }],
    ["the next suite with RSA bits", { suite: "jpki-next", authorityKeyBits: 3072 }],
    ["an issuer without a title", { issuer: chibaAuthority.issuer.toReversed() }],
    ["a municipality of Tokyo", { municipalities: [{ code: "132217", name: "清瀬市", romaji: "Kiyose-shi" }] }],
    ["a municipality twice", { municipalities: [...chibaAuthority.municipalities, ...chibaAuthority.municipalities] }],
    ["no municipality", { municipalities: [] }],
    ["a text for practice", { practice: "no" }],
  ])("refuses %s", (_what, change) => {
    expect(problemsOf({ ...chibaAuthority, ...change })).not.toBe("");
  });

  it("names one distribution point for each municipality and key generation", () => {
    const points = chibaAuthority.municipalities.flatMap((municipality) =>
      [1, 2].map((generation) => formatDn(distributionPointName(chibaAuthority, municipality, generation))),
    );
    expect(new Set(points).size).toBe(108);
    expect(points[0]).toBe(
      "CN=Chiba-shi CRLDP,OU=Key Generation 1,OU=CRL Distribution Points,O=Chiba Prefectural Government,C=JP",
    );
  });

  it("knows its municipalities by code and no others", () => {
    expect(municipalityOf(chibaAuthority, "121002")?.name).toBe("千葉市");
    expect(municipalityOf(chibaAuthority, "132217")).toBeUndefined();
  });
});
