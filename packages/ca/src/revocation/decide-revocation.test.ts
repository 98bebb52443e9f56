import { testSerial } from "@mitome/testkit/soft-authority";
import { crlReasonCodes } from "@mitome/x509";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CertificateStanding, decideRevocation } from "./decide-revocation.ts";
import {
  type RevocationReason,
  type RevocationRequester,
  reasonFor,
  revocationCauses,
  revocationReasons,
} from "./revocation-reason.ts";
import { parseRevocationRequest } from "./revocation-request.ts";

const requesters = [
  "subscriberAtCounter",
  "subscriberOnline",
  "register",
  "governor",
  "authority",
] as const satisfies readonly RevocationRequester[];

const now = new Date("2026-04-01T00:00:00Z");
const valid: CertificateStanding = {
  serial: testSerial(1),
  municipality: "121002",
  state: "valid",
  notAfter: new Date("2029-03-31T14:59:59Z"),
  revocation: undefined,
};
const revocation = { reason: "superseded", revokedAt: new Date("2026-03-01T00:00:00Z") } as const;
const decide = (changes: Partial<CertificateStanding>) =>
  decideRevocation({ ...valid, ...changes }, "died", "register", now);

describe("千葉県運用規程 4-4-1, 4-4-2-1: what leads to a revocation, and who may name it", () => {
  it.each([
    ["cessationRequested", { subscriberAtCounter: "cessationOfOperation", subscriberOnline: "cessationOfOperation" }],
    ["keyCompromiseReported", { subscriberAtCounter: "keyCompromise" }],
    ["registerChanged", { register: "affiliationChanged" }],
    ["died", { register: "affiliationChanged" }],
    ["movedOut", { register: "affiliationChanged" }],
    ["recordWrong", { governor: "affiliationChanged" }],
    ["doubleIssue", { governor: "cessationOfOperation" }],
    ["authorityKeyCompromised", { governor: "cACompromise" }],
    ["renewed", { authority: "superseded" }],
    ["neverDelivered", { authority: "cessationOfOperation" }],
    ["crossCertificationEnded", { governor: "cessationOfOperation" }],
    ["operationEnded", { governor: "cessationOfOperation" }],
  ] as const)("%s", (cause, allowed: Partial<Record<RevocationRequester, RevocationReason>>) => {
    for (const requester of requesters) {
      expect(reasonFor(cause, requester), requester).toBe(allowed[requester]);
      const decision = decideRevocation(valid, cause, requester, now);
      expect(decision, requester).toEqual(
        allowed[requester] === undefined
          ? { kind: "refused", reason: "causeNotOfThisRequester" }
          : { kind: "plan", cause, revocation: { reason: allowed[requester], revokedAt: now } },
      );
    }
  });

  it("leaves the governor's own findings to the governor", () => {
    const findings = ["recordWrong", "doubleIssue", "authorityKeyCompromised"] as const;
    for (const cause of findings) {
      const allowed = requesters.filter((requester) => reasonFor(cause, requester) !== undefined);
      expect(allowed, cause).toEqual(["governor"]);
    }
  });

  it("knows no other cause", () => {
    expect(revocationCauses).toHaveLength(12);
  });
});

describe("千葉県運用規程 4-4-4-2, 4-4-5: the reasons", () => {
  const reached = new Set(
    revocationCauses.flatMap((cause) => requesters.map((requester) => reasonFor(cause, requester))),
  );

  it("are the five with numbers 1 to 5, and every one of them is reached", () => {
    expect(revocationReasons.map((reason) => crlReasonCodes[reason])).toEqual([1, 2, 3, 4, 5]);
    expect(reached).toEqual(new Set([...revocationReasons, undefined]));
  });

  it("[C-4-4-5.1] never suspend: neither certificateHold nor its end can be asked for or decided", () => {
    for (const suspension of ["certificateHold", "removeFromCRL"] as const) {
      expect(revocationReasons).not.toContain(suspension);
      expect(revocationCauses).not.toContain(suspension);
      const payload = Buffer.from(JSON.stringify({ ...requestFields, cause: suspension }));
      expect(parseRevocationRequest(payload)).toMatchObject({ kind: "malformed", field: "cause" });
    }
  });
});

describe("千葉県運用規程 4-4-2-4: a revocation is for ever", () => {
  it.each([
    ["one that nobody issued", undefined, { reason: "certificateUnknown" }],
    ["one given up before it was signed", { state: "discarded" }, { reason: "certificateUnknown" }],
    ["one that is being signed", { state: "pending" }, { reason: "notYetIssued" }],
    ["one revoked before", { state: "revoked", revocation }, { reason: "alreadyRevoked", revocation }],
    [
      "one that has ended",
      { notAfter: new Date(now.getTime() - 1_000) },
      { reason: "certificateExpired", notAfter: new Date(now.getTime() - 1_000) },
    ],
  ] as const)("does not revoke %s", (_what, changes, refusal) => {
    const standing = changes && { ...valid, ...changes };
    expect(decideRevocation(standing, "died", "register", now)).toEqual({ kind: "refused", ...refusal });
  });

  it("revokes to the end of a certificate's last second, as long as it is said to be good", () => {
    const standing = { ...valid, notAfter: now };
    const at = (milliseconds: number) =>
      decideRevocation(standing, "died", "register", new Date(now.getTime() + milliseconds)).kind;
    expect([at(999), at(1_000)]).toEqual(["plan", "refused"]);
  });

  it("revokes in the last instant of the validity, which belongs to it (RFC 5280 §4.1.2.5)", () => {
    expect(decide({ notAfter: now }).kind).toBe("plan");
  });

  it("plans a revocation only for a valid certificate, at this instant, for one of the five reasons", () => {
    const standing = fc.record({
      serial: fc.constant(valid.serial),
      municipality: fc.option(fc.constant("121002"), { nil: undefined }),
      state: fc.constantFrom("pending", "valid", "revoked", "discarded"),
      notAfter: fc.date({ noInvalidDate: true }),
      revocation: fc.option(fc.constant(revocation), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.option(standing, { nil: undefined }),
        fc.constantFrom(...revocationCauses),
        fc.constantFrom(...requesters),
        fc.date({ noInvalidDate: true }),
        (one, cause, requester, instant) => {
          const decision = decideRevocation(one, cause, requester, instant);
          if (decision.kind === "refused") return;
          expect(revocationReasons).toContain(decision.revocation.reason);
          expect(decision.revocation.revokedAt).toEqual(instant);
          expect(one).toMatchObject({ revocation: undefined });
          // Every instant of its last second belongs to it.
          expect((one?.notAfter.getTime() ?? 0) + 1_000).toBeGreaterThan(instant.getTime());
        },
      ),
      { seed: 4424 },
    );
  });
});

const requestFields = {
  ...{ version: 1, authority: "chiba", municipality: "121002", clerk: "clerk-7", cause: "cessationRequested" },
  caseId: "3f0c1d9e-5a52-4a7e-9a55-0d6c0a6b7f10",
  ...{ requestedAt: now.toISOString(), serial: testSerial(1) },
};

describe("a municipality's request", () => {
  it("[C-4-4-2-1.1] names one of the two reasons that a subscriber has", () => {
    for (const cause of revocationCauses) {
      const parsed = parseRevocationRequest(Buffer.from(JSON.stringify({ ...requestFields, cause })));
      const subscribers = cause === "cessationRequested" || cause === "keyCompromiseReported";
      expect(parsed.kind, cause).toBe(subscribers ? "request" : "malformed");
    }
  });

  it.each([
    ["serial", "two"],
    ["municipality", "千葉市"],
    ["caseId", "7"],
    ["requestedAt", "yesterday"],
    ["reason", "keyCompromise"],
  ])("is malformed with a wrong %s", (field, value) => {
    const payload = Buffer.from(JSON.stringify({ ...requestFields, [field]: value }));
    expect(parseRevocationRequest(payload).kind).toBe("malformed");
  });
});
