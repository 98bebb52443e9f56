import { testSerial } from "@mitome/testkit/soft-authority";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCertifiedItems } from "./compare-certified-items.ts";
import { decideDoubleIssue } from "./decide-double-issue.ts";
import {
  decideRegisterChange,
  type KnownOfSubscriber,
  type LivingCertificate,
  type RegisterChangeOutcome,
  setAside,
} from "./decide-register-change.ts";
import {
  certifiedItems,
  changeLine,
  changeOf,
  endLine,
  livingCertificate,
  registeredItems,
} from "./register-change.fixture.ts";
import { type ChangeOfSubscriber, changeDigest, changeOfSubscriber, parseRegisterChange } from "./register-change.ts";

const now = new Date("2026-11-22T03:00:00Z");
const serial = testSerial(1);
const known: KnownOfSubscriber = {
  sameChange: undefined,
  registerVersion: 1,
  certificates: [livingCertificate(serial)],
};
const decide = (line: Record<string, unknown>, knowing: Partial<KnownOfSubscriber> = {}, at = now) =>
  decideRegisterChange(changeOfSubscriber(changeOf(line), "5e"), { ...known, ...knowing }, at);
const revoked = (cause: string, requester = "register") => ({
  ...{ kind: "revoke", registerVersion: 2 },
  revocations: [{ serial, cause, requester, reason: "affiliationChanged" }],
});
const items = registeredItems;

describe("千葉県運用規程 2-1-2(8)(9), 4-4-1-1: certificates revoked after the register", () => {
  it.each([
    ["a change of address", changeLine(), "registerChanged"],
    [
      "a change of name",
      changeLine({ kind: "nameChanged", items: { ...items, name: "鈴木　花子" } }),
      "registerChanged",
    ],
    ["a death", endLine("died"), "died"],
  ])("[C-2-1-2.8] after %s", (_what, line, cause) => {
    expect(decide(line)).toEqual(revoked(cause));
  });

  it.each([
    [changeLine({ kind: "dateOfBirthCorrected", items: { ...items, dateOfBirth: "319801230" } }), "registerChanged"],
    [changeLine({ kind: "genderCorrected", items: { ...items, gender: "1" } }), "registerChanged"],
    [endLine("movedOut"), "movedOut"],
    [endLine("erased"), "movedOut"],
  ])("after $kind", (line, cause) => {
    expect(decide(line)).toEqual(revoked(cause));
  });

  it("[C-2-1-2.9] when what it says is found to differ from the record", () => {
    const line = changeLine({ kind: "recordFoundWrong", items: { ...items, gender: "1" } });
    expect(decide(line)).toEqual(revoked("recordWrong", "governor"));
  });

  it("leaves a certificate alone that says what the register says", () => {
    expect(decide(changeLine({ items }))).toEqual({ kind: "nothingToRevoke", registerVersion: 2 });
  });

  it("revokes a certificate whatever it says when the person has died or moved out", () => {
    const certificates = [livingCertificate(serial), livingCertificate(testSerial(2))];
    const outcome = decide(endLine("movedOut"), { certificates });
    expect(outcome.kind === "revoke" && outcome.revocations.map((one) => one.serial)).toEqual([serial, testSerial(2)]);
  });
});

describe("lines that come again, late or without a certificate", () => {
  const digest = changeDigest(changeOfSubscriber(changeOf(changeLine()), "5e"));

  it("knows a line that it has", () => {
    expect(decide(changeLine(), { sameChange: digest })).toEqual({ kind: "alreadyKnown" });
  });

  it("keeps the version of a resident whose certificate has ended", () => {
    expect(decide(changeLine(), { certificates: [] })).toEqual({ kind: "nothingToRevoke", registerVersion: 2 });
    const late = decide(changeLine(), { certificates: [], registerVersion: 7 });
    expect(late).toEqual({ kind: "nothingToRevoke", registerVersion: 7 });
  });

  it("does not hold a change against a certificate that was issued knowing it", () => {
    const certificates = [livingCertificate(serial, { registerVersion: 3 })];
    expect(decide(changeLine(), { certificates, registerVersion: 3 })).toEqual({ kind: "older", registerVersion: 3 });
    expect(decide(endLine("died"), { certificates, registerVersion: 3 })).toEqual({
      kind: "older",
      registerVersion: 3,
    });
  });

  it("holds a change against a certificate that was issued from that very version", () => {
    const certificates = [livingCertificate(serial, { registerVersion: 2 })];
    expect(decide(changeLine(), { certificates, registerVersion: 2 })).toEqual(revoked("registerChanged"));
  });

  it.each([
    ["of nobody we know", "noSubscriber", changeLine(), { registerVersion: undefined, certificates: [] }, 2],
    [
      "sent before with other content",
      "differentContentUnderSameName",
      changeLine({ occurredOn: "2026-11-19" }),
      { sameChange: digest },
      1,
    ],
    [
      "of another municipality",
      "municipalityDiffers",
      changeLine({ municipality: "122041", registerVersion: 9 }),
      {},
      1,
    ],
    ["of a day to come", "occursLater", endLine("movedOut", { occurredOn: "2026-11-23" }), {}, 1],
    [
      "of a day to come, of somebody without a certificate",
      "occursLater",
      endLine("movedOut", { occurredOn: "2026-11-23" }),
      { certificates: [] },
      1,
    ],
    [
      "while the certificate is being issued",
      "issuanceUnderWay",
      endLine("died"),
      { certificates: [livingCertificate(serial, { state: "pending" })] },
      2,
    ],
    [
      "of somebody with two certificates",
      "severalCertificates",
      changeLine(),
      { certificates: [livingCertificate(serial), livingCertificate(testSerial(2))] },
      2,
    ],
    [
      "with a version that no record can have reached",
      "versionFarAhead",
      changeLine({ registerVersion: 1_002 }),
      {},
      1,
    ],
    [
      "with such a version, of nobody we know",
      "versionFarAhead",
      changeLine({ registerVersion: 1_001 }),
      { registerVersion: undefined, certificates: [] },
      undefined,
    ],
    ["of ways of writing alone", "unclearDifference", changeLine({ items: { ...items, name: "山田 花子" } }), {}, 2],
  ] satisfies [string, string, Record<string, unknown>, Partial<KnownOfSubscriber>, number | undefined][])(
    "puts a line %s on the work list",
    (_what, why, line, knowing, registerVersion) => {
      expect(decide(line, knowing)).toEqual({ kind: "workList", why, registerVersion });
    },
  );

  it("takes the highest version that a record can have reached", () => {
    expect(decide(changeLine({ registerVersion: 1_001 }))).toEqual({
      ...revoked("registerChanged"),
      registerVersion: 1_001,
    });
    const line = changeLine({ registerVersion: 1_000 });
    const nobody = { registerVersion: undefined, certificates: [] };
    expect(decide(line, nobody)).toEqual({ kind: "workList", why: "noSubscriber", registerVersion: 1_000 });
  });

  it("takes the day in Japan", () => {
    const line = endLine("movedOut", { occurredOn: "2026-11-23" });
    expect(decide(line, {}, new Date("2026-11-22T14:59:59Z")).kind).toBe("workList");
    expect(decide(line, {}, new Date("2026-11-22T15:00:00Z"))).toEqual(revoked("movedOut"));
  });
});

const item = fc.record({
  name: fc.constantFrom("山田　花子", "鈴木　花子", "山田 花子"),
  dateOfBirth: fc.constantFrom("319801231", "319801230"),
  gender: fc.constantFrom("2", "1"),
  address: fc.constantFrom(items.address, "千葉県千葉市美浜区真砂５－２"),
});
const line = fc
  .record({
    kind: fc.constantFrom("nameChanged", "addressChanged", "recordFoundWrong", "died", "movedOut", "erased"),
    sequence: fc.integer({ min: 1, max: 40 }),
    registerVersion: fc.integer({ min: 1, max: 9 }),
    municipality: fc.constantFrom("121002", "121002", "121002", "122041"),
    occurredOn: fc.constantFrom("2026-11-20", "2026-11-20", "2026-11-23"),
    after: item,
  })
  .map(({ after, ...fields }) =>
    fields.kind === "died" || fields.kind === "movedOut" || fields.kind === "erased"
      ? endLine(fields.kind, fields)
      : changeLine({ ...fields, items: after }),
  );
const change = line.map((one) => changeOfSubscriber(changeOf(one), "5e"));
const state = fc.constantFrom<LivingCertificate["state"]>("issued", "issued", "pending");
const certificate = fc
  .record({ number: fc.nat(3), after: item, registerVersion: fc.integer({ min: 1, max: 9 }), state })
  .map(({ number, after, ...rest }) =>
    livingCertificate(testSerial(number), { items: certifiedItems(after), ...rest }),
  );

describe("any line and any ledger", () => {
  it("has exactly one outcome, and revokes only what differs or whose record has ended", () => {
    const ledger = fc.record({
      sameChange: fc.option(fc.constant(new Uint8Array(32)), { nil: undefined }),
      registerVersion: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      certificates: fc.uniqueArray(certificate, { maxLength: 3, selector: (one) => one.serial }),
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(change, ledger, (one, knowing) => {
        const outcome = decideRegisterChange(one, knowing, now);
        seen.add(outcome.kind === "workList" ? outcome.why : outcome.kind);
        if (outcome.kind !== "revoke") return;
        for (const revocation of outcome.revocations) {
          const certified = knowing.certificates.find((of) => of.serial === revocation.serial);
          expect(certified).toMatchObject({ state: "issued", municipality: one.municipality });
          if (!("items" in one) || certified === undefined) continue;
          expect(compareCertifiedItems(certified.items, one.items)).toBe("different");
        }
      }),
      { seed: 12, numRuns: 5_000 },
    );
    const workList = ["noSubscriber", "differentContentUnderSameName", "municipalityDiffers", "severalCertificates"];
    workList.push("unclearDifference", "issuanceUnderWay", "occursLater");
    expect([...seen].sort()).toEqual(["nothingToRevoke", "older", "revoke", ...workList].sort());
  });

  it("ends the same whatever the order and however often each line comes; no version goes back", () => {
    const lines = fc.uniqueArray(change, { maxLength: 6, selector: ({ sequence }) => sequence });
    const order = fc.array(fc.nat(5), { maxLength: 12 });
    fc.assert(
      fc.property(lines, order, (changes, picks) => {
        const inOrder = changes.toSorted((one, other) => one.registerVersion - other.registerVersion);
        const anyhow = [...picks.flatMap((pick) => changes[pick] ?? []), ...changes];
        expect(runFeed(anyhow)).toEqual(runFeed(inOrder));
      }),
      { seed: 13, numRuns: 2_000 },
    );
  });
});

/** What a ledger does with the outcomes of one subscriber's lines; answers what is left at the end. */
function runFeed(changes: readonly ChangeOfSubscriber[]) {
  const recorded = new Map<number, Uint8Array>();
  const outcomes = new Map<number, RegisterChangeOutcome["kind"]>();
  let ledger: KnownOfSubscriber = known;
  for (const one of changes) {
    const outcome = decideRegisterChange(one, { ...ledger, sameChange: recorded.get(one.sequence) }, now);
    expect(outcome.kind === "alreadyKnown").toBe(recorded.has(one.sequence));
    if (outcome.kind === "alreadyKnown") continue;
    recorded.set(one.sequence, changeDigest(one));
    outcomes.set(one.sequence, outcome.kind);
    const registerVersion = outcome.registerVersion ?? 0;
    expect(registerVersion).toBeGreaterThanOrEqual(ledger.registerVersion ?? 0);
    ledger = { ...ledger, registerVersion, certificates: outcome.kind === "revoke" ? [] : ledger.certificates };
  }
  expect(outcomes.size).toBe(new Set(changes.map(({ sequence }) => sequence)).size);
  return { valid: ledger.certificates.length, recorded: new Set(recorded.keys()) };
}

describe("every line of a feed", () => {
  it("has an outcome: one that cannot be read goes to the work list", () => {
    const damage = fc.constantFrom("version", "kind", "items", "municipality", "registerVersion", "nothing");
    fc.assert(
      fc.property(fc.array(fc.tuple(line, damage), { maxLength: 10 }), (feed) => {
        const lines = feed.map(([one, field]) => ({ ...one, ...(field === "nothing" ? {} : { [field]: "?" }) }));
        const outcomes = lines.map((one) => {
          const read = parseRegisterChange(one);
          if (read.kind === "malformed") return setAside("malformedLine");
          return decideRegisterChange(changeOfSubscriber(read.change, "5e"), known, now);
        });
        const set = outcomes.filter((outcome) => outcome.kind === "workList" && outcome.why === "malformedLine");
        expect(set).toHaveLength(feed.filter(([, field]) => field !== "nothing").length);
        expect(outcomes).toHaveLength(feed.length);
      }),
      { seed: 14, numRuns: 300 },
    );
  });
});

describe("千葉県運用規程 4-2-3: a double issue", () => {
  const issued = (number: number, day: number) => ({
    serial: testSerial(number),
    notBefore: new Date(Date.UTC(2026, 0, day)),
  });
  const serials = (...certificates: readonly { serial: LivingCertificate["serial"]; notBefore: Date }[]) =>
    decideDoubleIssue(certificates).map((revocation) => revocation.serial);

  it("[C-4-2-3.2] takes the certificate that was issued later", () => {
    expect(serials(issued(1, 2), issued(2, 3))).toEqual([testSerial(2)]);
    expect(serials(issued(2, 3), issued(1, 2))).toEqual([testSerial(2)]);
    expect(decideDoubleIssue([issued(1, 1), issued(2, 2)])).toMatchObject([
      { cause: "doubleIssue", requester: "governor" },
    ]);
  });

  it("takes all but the oldest, and none of one", () => {
    expect(serials(issued(3, 3), issued(1, 1), issued(2, 2))).toEqual([testSerial(2), testSerial(3)]);
    expect(serials(issued(1, 1))).toEqual([]);
    expect(serials(issued(1, 1), issued(2, 1))).toEqual(serials(issued(2, 1), issued(1, 1)));
  });
});
