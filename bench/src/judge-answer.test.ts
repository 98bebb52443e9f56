import { describe, expect, it } from "vitest";
import { type CertificateHistory, judgeAnswer, type Observation } from "./judge-answer.ts";

const second = 1_000;
/** Recorded at 10.200 s, answered at 10.300 s; revoked at 20.500 s, answered at 20.700 s. */
const history: CertificateHistory = {
  recordedAt: 10.2 * second,
  issuedBy: 10.3 * second,
  revocation: { acceptedAt: 20.5 * second, reason: "keyCompromise", answeredBy: 20.7 * second },
};
const good = { kind: "good" } as const;
const unknown = { kind: "unknown" } as const;
const revoked = {
  kind: "revoked",
  revocationTime: new Date(20 * second),
  revocationReason: "keyCompromise",
} as const;

const answer = (status: Observation["status"], sent: number, received: number, more: Partial<Observation> = {}) => ({
  ...{ status, sent: sent * second, received: received * second, ownNonce: false },
  ...{ thisUpdate: Math.floor(sent) * second, nextUpdate: (Math.floor(sent) + 300) * second },
  ...more,
});

describe("an answer held against the ledger's history", () => {
  it.each([
    ["good while it was valid", answer(good, 11, 11.01)],
    ["good as soon as it may have been recorded", answer(good, 10.1, 10.2)],
    ["good while its revocation was under way", answer(good, 20.69, 20.8)],
    ["unknown while it was being issued", answer(unknown, 10.29, 10.4)],
    ["revoked as soon as it may have been", answer(revoked, 20.4, 20.5)],
    ["revoked for ever", answer(revoked, 900, 900.01)],
    ["good and made for the question", answer(good, 11.9, 12.1, { ownNonce: true })],
    ["good and made a while ago", answer(good, 15, 15.01, { thisUpdate: 11 * second })],
  ])("takes %s", (_, said) => expect(judgeAnswer(said, history)).toBeUndefined());

  it.each([
    ["good before it was issued", answer(good, 10.1, 10.199)],
    ["good after it was revoked", answer(good, 20.701, 20.8)],
    ["good after it was revoked", answer(good, 20.701, 20.8, { thisUpdate: 15 * second })],
    ["good after it was revoked", answer(good, 20.6, 21.2, { thisUpdate: 21 * second })],
    ["unknown after it was issued", answer(unknown, 10.301, 10.4)],
    ["unknown after it was issued", answer(unknown, 21, 21.1)],
    ["revoked before it was", answer(revoked, 20.3, 20.499)],
    ["revoked with another time or reason", answer({ ...revoked, revocationReason: "superseded" }, 21, 21.1)],
    ["revoked with another time or reason", answer({ ...revoked, revocationTime: new Date(21_000) }, 22, 22.1)],
    ["made before the question", answer(good, 12, 12.1, { ownNonce: true, thisUpdate: 11 * second })],
    ["ahead of its time", answer(good, 12, 12.1, { thisUpdate: 13 * second })],
    ["no longer current", answer(good, 12, 12.1, { nextUpdate: 12 * second })],
    ["no longer current", answer(good, 12, 12.1, { nextUpdate: undefined })],
  ])("finds it %s", (wrong, said) => expect(judgeAnswer(said, history)).toBe(wrong));

  it("takes of a number that no certificate has nothing but unknown", () => {
    const none = { recordedAt: undefined, issuedBy: undefined, revocation: undefined };
    expect(judgeAnswer(answer(unknown, 11, 11.1), none)).toBeUndefined();
    expect(judgeAnswer(answer(good, 11, 11.1), none)).toBe("good before it was issued");
    expect(judgeAnswer(answer(revoked, 21, 21.1), none)).toBe("revoked before it was");
  });
});
