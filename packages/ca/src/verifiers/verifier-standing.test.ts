import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accessRecord } from "./access-record.ts";
import { agreementTerms } from "./agreement-terms.ts";
import { mayUse } from "./may-use.ts";
import type { VerifierKind } from "./verifier.ts";
import { addFact, standingAt, type VerifierFact, type VerifierRight, verifierRights } from "./verifier-standing.ts";

const day = (number: number) => new Date(Date.UTC(2026, 9, number));
const termsVersion = agreementTerms.at(-1)?.version ?? "";
const notified = { kind: "notified", effectiveAt: day(1) } as const;
const agreed = { kind: "agreed", termsVersion, effectiveAt: day(2) } as const;
const granted = (right: VerifierRight) => ({ kind: "rightGranted", right, effectiveAt: day(3) }) as const;
const started = { kind: "started", effectiveAt: day(4) } as const;
const everything = [notified, agreed, ...verifierRights.map(granted), started];

function ask(
  facts: readonly VerifierFact[],
  {
    kind = "verifier" as VerifierKind,
    right = "ocsp" as VerifierRight,
    confirmer = undefined as string | undefined,
    usedThisMonth = 0,
    now = day(10),
  } = {},
) {
  const decision = mayUse({ id: "court-1", kind, facts }, { right, confirmer, usedThisMonth }, now);
  return decision.kind === "permitted" ? decision.kind : decision.reason;
}

describe("千葉県運用規程 1-3-1(9), 2-1-6(4), 4-4-4-3, 4-4-4-5: when a verifier may use what", () => {
  it.each(verifierRights)("permits %s to who is notified, agreed, granted and started", (right) => {
    expect(ask([notified, agreed, granted(right), started], { right })).toBe("permitted");
  });

  it.each(verifierRights)("does not let another right stand for %s", (right) => {
    const others = verifierRights.filter((one) => one !== right);
    expect(ask([notified, agreed, ...others.map(granted), started], { right })).toBe("rightNotGranted");
  });

  it("[C-4-4-4-3.1] OCSP needs the notification and the right", () => {
    expect(ask(everything.filter(({ kind }) => kind !== "notified"))).toBe("notNotified");
    expect(ask(everything.filter((fact) => !("right" in fact && fact.right === "ocsp")))).toBe("rightNotGranted");
  });

  it("[C-4-4-4-5.1] the lists need the notification and the right", () => {
    const crl = { right: "crl" } as const;
    expect(
      ask(
        everything.filter(({ kind }) => kind !== "notified"),
        crl,
      ),
    ).toBe("notNotified");
    expect(
      ask(
        everything.filter((fact) => !("right" in fact && fact.right === "crl")),
        crl,
      ),
    ).toBe("rightNotGranted");
  });

  it.each(["revocationInformation", "revocationInformationFile"] as const)(
    "[C-2-1-6.4] gives no %s before the agreement is concluded",
    (right) => {
      expect(
        ask(
          everything.filter(({ kind }) => kind !== "agreed"),
          { right },
        ),
      ).toBe("noAgreement");
      expect(ask(everything, { right, now: new Date(day(2).getTime() - 1) })).toBe("noAgreement");
    },
  );

  it.each([
    ["nothing recorded", [], "notNotified"],
    ["not started", everything.slice(0, -1), "notStarted"],
    ["stopped", [...everything, { kind: "stopped", effectiveAt: day(5) }], "stopped"],
    [
      "stopped and started again",
      [...everything, { kind: "stopped", effectiveAt: day(5) }, { ...started, effectiveAt: day(6) }],
      "permitted",
    ],
    ["stopped from tomorrow", [...everything, { kind: "stopped", effectiveAt: day(11) }], "permitted"],
    ["withdrawn", [...everything, { kind: "rightWithdrawn", right: "ocsp", effectiveAt: day(5) }], "rightNotGranted"],
    ["the agreement ended", [...everything, { kind: "agreementEnded", effectiveAt: day(5) }], "noAgreement"],
    [
      "a new agreement without new rights",
      [
        ...everything,
        { kind: "agreementEnded", effectiveAt: day(5) },
        { ...agreed, effectiveAt: day(6) },
        { ...started, effectiveAt: day(7) },
      ],
      "rightNotGranted",
    ],
    ["unknown terms", [notified, { ...agreed, termsVersion: "1999-1" }, granted("ocsp"), started], "noAgreement"],
  ] satisfies [string, VerifierFact[], string][])("%s", (_what, facts, answer) => {
    expect(ask(facts)).toBe(answer);
  });

  it("counts the quota of the month", () => {
    const limited: VerifierFact[] = [...everything, { kind: "quotaSet", usesPerMonth: 100, effectiveAt: day(5) }];
    expect(ask(limited, { usedThisMonth: 99 })).toBe("permitted");
    expect(ask(limited, { usedThisMonth: 100 })).toBe("quotaReached");
    const lifted: VerifierFact[] = [...limited, { kind: "quotaSet", usesPerMonth: null, effectiveAt: day(6) }];
    expect(ask(lifted, { usedThisMonth: 100 })).toBe("permitted");
  });

  it("takes facts by their instants, whatever the order of their recording", () => {
    expect(ask([...everything].reverse())).toBe("permitted");
    expect(ask([granted("ocsp"), started, { ...agreed, effectiveAt: day(8) }, notified])).toBe("notStarted");
  });

  it("says why a fact is refused", () => {
    const none = { stage: "unnotified" } as const;
    const entered = { stage: "notified", notifiedAt: day(1) } as const;
    const bound = standingAt("verifier", [notified, agreed], day(10));
    const listed = { kind: "confirmerListed", confirmer: "notary-1", effectiveAt: day(3) } as const;
    expect(addFact("verifier", none, agreed)).toBe("notNotified");
    expect(addFact("verifier", entered, granted("crl"))).toBe("noAgreement");
    expect(addFact("verifier", entered, { ...agreed, termsVersion: "1999-1" })).toBe("unknownTerms");
    expect(addFact("verifier", bound, listed)).toBe("confirmersAreForGroups");
    expect(addFact("verifier", bound, { kind: "quotaSet", usesPerMonth: 1.5, effectiveAt: day(3) })).toBe(
      "quotaNotWhole",
    );
  });

  it("goes on under new terms with what was granted", () => {
    const standing = standingAt("verifier", everything, day(10));
    const renewed = addFact("verifier", standing, { ...agreed, effectiveAt: day(9) });
    expect(renewed).toEqual({ ...standing, agreedAt: day(9) });
    expect(ask([...everything, { ...agreed, effectiveAt: day(9) }])).toBe("permitted");
  });
});

describe("千葉県運用規程 1-3-1(10)(11): a 団体署名検証者 asks for its 署名確認者", () => {
  const listed = { kind: "confirmerListed", confirmer: "notary-1", effectiveAt: day(3) } as const;
  const group = { kind: "groupVerifier" } as const;

  it("names a listed one at each request to the OCSP responder", () => {
    const right = "ocsp";
    const facts = [...everything, listed];
    expect(ask(facts, { ...group, right, confirmer: "notary-1" })).toBe("permitted");
    expect(ask(facts, { ...group, right })).toBe("confirmerNotNamed");
    expect(ask(facts, { ...group, right, confirmer: "notary-2" })).toBe("confirmerNotListed");
    const struck: VerifierFact[] = [...facts, { ...listed, kind: "confirmerStruck", effectiveAt: day(5) }];
    expect(ask(struck, { ...group, right, confirmer: "notary-1" })).toBe("confirmerNotListed");
    expect(ask(struck, { ...group, right, confirmer: "notary-1", now: new Date(day(5).getTime() - 1) })).toBe(
      "permitted",
    );
    expect(ask([...struck].reverse(), { ...group, right, confirmer: "notary-1" })).toBe("confirmerNotListed");
    const early: VerifierFact[] = [...everything, { ...listed, effectiveAt: new Date(day(1).getTime() - 1) }];
    expect(ask(early, { ...group, right, confirmer: "notary-1" })).toBe("confirmerNotListed");
  });

  it.each(["crl", "revocationInformation", "revocationInformationFile"] as const)(
    "fetches what is said of many certificates for all of them: %s",
    (right) => {
      expect(ask(everything, { ...group, right })).toBe("permitted");
    },
  );

  it("has each record say for whom, and a 署名検証者's for nobody", () => {
    const answers = [{ serial: "0a", answer: "good" }] as const;
    const recordOf = (kind: VerifierKind) => {
      const use = { right: "ocsp", confirmer: "notary-1", usedThisMonth: 0 } as const;
      const permission = mayUse({ id: "body-1", kind, facts: [...everything, listed] }, use, day(10));
      if (permission.kind === "refused") throw new Error(permission.reason);
      return accessRecord(permission, { method: "ocsp", answers }, day(10));
    };
    const record = { verifierId: "body-1", confirmer: "notary-1", at: day(10), method: "ocsp", answers };
    expect(recordOf("groupVerifier")).toEqual(record);
    expect(recordOf("verifier")).toEqual({ ...record, confirmer: null });
  });
});

describe("any sequence of facts", () => {
  const effectiveAt = fc.integer({ min: 1, max: 20 }).map(day);
  const right = fc.constantFrom(...verifierRights);
  const confirmer = fc.constantFrom("notary-1", "notary-2");
  const fact: fc.Arbitrary<VerifierFact> = fc.oneof(
    fc.record({ effectiveAt, kind: fc.constantFrom("notified", "agreementEnded", "started", "stopped") }),
    fc.record({
      effectiveAt,
      kind: fc.constant("agreed" as const),
      termsVersion: fc.constantFrom(termsVersion, "1999-1"),
    }),
    fc.record({ effectiveAt, kind: fc.constantFrom("rightGranted", "rightWithdrawn"), right }),
    fc.record({ effectiveAt, kind: fc.constant("quotaSet" as const), usesPerMonth: fc.option(fc.nat(5)) }),
    fc.record({ effectiveAt, kind: fc.constantFrom("confirmerListed", "confirmerStruck"), confirmer }),
  );
  // Half of them from the facts of a verifier in good standing, so that some are.
  const facts = fc.array(fc.oneof(fact, fc.constantFrom<VerifierFact>(...everything)), { maxLength: 16 });

  it("[C-1-3-1.13] [C-1-3-1.16] [C-2-1-6.4] gives no right before notification, then agreement, then grant, then start", () => {
    const kind = fc.constantFrom<VerifierKind>("verifier", "groupVerifier");
    let permitted = 0;
    fc.assert(
      fc.property(kind, facts, right, confirmer, effectiveAt, (who, recorded, wanted, asksFor, now) => {
        if (ask(recorded, { kind: who, right: wanted, confirmer: asksFor, now }) !== "permitted") return;
        permitted++;
        const effective = recorded.filter((one) => one.effectiveAt <= now);
        // The four must stand in this order of instants; each search goes on from where the last one ended.
        let since = day(0);
        for (const wants of [
          (one: VerifierFact) => one.kind === "notified",
          (one: VerifierFact) => one.kind === "agreed" && one.termsVersion === termsVersion,
          (one: VerifierFact) => one.kind === "rightGranted" && one.right === wanted,
        ]) {
          const from = since;
          const found = effective
            .filter((one) => wants(one) && one.effectiveAt >= from)
            .sort((one, other) => one.effectiveAt.getTime() - other.effectiveAt.getTime())[0];
          expect(found).toBeDefined();
          since = found?.effectiveAt ?? since;
        }
        expect(effective.some((one) => one.kind === "started")).toBe(true);
      }),
      { seed: 5, numRuns: 20_000 },
    );
    expect(permitted).toBeGreaterThan(50);
  });

  it("changes nothing by facts still to come", () => {
    fc.assert(
      fc.property(facts, effectiveAt, (recorded, now) => {
        const past = recorded.filter((one) => one.effectiveAt <= now);
        expect(standingAt("groupVerifier", recorded, now)).toEqual(standingAt("groupVerifier", past, now));
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });
});
