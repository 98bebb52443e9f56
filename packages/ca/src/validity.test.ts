import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastSecondOfYears, oneYearValidity, selfSignedValidity, subscriberValidity, wholeSecond } from "./validity.ts";

const jst = (text: string) => new Date(`${text}+09:00`);

describe("千葉県運用規程 1-3-2, 7-1-1: three years counted from the issue day in Japan", () => {
  it.each([
    ["an ordinary day", "2026-11-22T12:00:00", "2029-11-21T23:59:59"],
    ["the first second of a day", "2026-11-22T00:00:00", "2029-11-21T23:59:59"],
    ["the last second of a day", "2026-11-22T23:59:59", "2029-11-21T23:59:59"],
    ["00:00 in Japan, the day before in UTC", "2027-01-01T00:00:00", "2029-12-31T23:59:59"],
    ["29 February: no such day three years on (民法 143)", "2028-02-29T10:00:00", "2031-02-28T23:59:59"],
    ["28 February of a leap year", "2028-02-28T10:00:00", "2031-02-27T23:59:59"],
    ["1 March, ending in a leap year", "2025-03-01T10:00:00", "2028-02-29T23:59:59"],
    ["28 February, ending in a leap year", "2025-02-28T10:00:00", "2028-02-27T23:59:59"],
    ["1 January", "2026-01-01T10:00:00", "2028-12-31T23:59:59"],
  ])("[C-1-3-2.2] %s", (_what, issued, last) => {
    const { notBefore, notAfter } = subscriberValidity(jst(issued), jst(issued));
    expect(notBefore).toEqual(jst(issued));
    expect(notAfter).toEqual(jst(last));
  });

  it("begins at the whole second of the issue", () => {
    expect(wholeSecond(new Date("2026-11-22T03:00:00.999Z"))).toEqual(new Date("2026-11-22T03:00:00Z"));
  });

  it("ends before the same clock time three years on, and lasts at least three years less a day", () => {
    const instant = fc.integer({ min: Date.UTC(2004, 0, 1) / 1000, max: Date.UTC(2046, 0, 1) / 1000 });
    fc.assert(
      fc.property(instant, (seconds) => {
        const issued = new Date(seconds * 1000);
        const days = (lastSecondOfYears(issued, 3).getTime() - issued.getTime()) / 86_400_000;
        expect(days).toBeLessThan(1096);
        expect(days).toBeGreaterThan(1093.99);
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});

describe("千葉県運用規程 6-3-2: three years from the day the key was made", () => {
  it("[C-6-3-2.1] ends the certificate by the key's day when that is earlier than the issue day", () => {
    const { notBefore, notAfter } = subscriberValidity(jst("2026-11-25T09:00:00"), jst("2026-11-22T16:00:00"));
    expect(notBefore).toEqual(jst("2026-11-25T09:00:00"));
    expect(notAfter).toEqual(jst("2029-11-21T23:59:59"));
  });
  it("[C-6-3-2.1] counts the key's day in Japan, not in UTC", () => {
    const { notAfter } = subscriberValidity(jst("2026-11-22T00:10:00"), jst("2026-11-21T23:50:00"));
    expect(notAfter).toEqual(jst("2029-11-20T23:59:59"));
  });
  it("gives a key whose clock runs ahead no more than the issue day does", () => {
    const { notAfter } = subscriberValidity(jst("2026-11-22T23:59:00"), jst("2026-11-23T00:01:00"));
    expect(notAfter).toEqual(jst("2029-11-21T23:59:59"));
  });
});

describe("the authority's own certificates", () => {
  it("[C-7-1-3.1] a self-signed certificate lasts ten years from its issue day", () => {
    expect(selfSignedValidity(jst("2026-11-22T12:00:00"))).toEqual({
      notBefore: jst("2026-11-22T12:00:00"),
      notAfter: jst("2036-11-21T23:59:59"),
    });
  });
  it("[C-1-3-2.5] a machine's or responder's certificate lasts one year", () => {
    expect(oneYearValidity(jst("2028-02-29T12:00:00")).notAfter).toEqual(jst("2029-02-28T23:59:59"));
  });
});
