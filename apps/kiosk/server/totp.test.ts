import { describe, expect, it } from "vitest";
import { base32, matchingStep, otpauthUri, stepAt, totpCode } from "./totp.ts";

const secret = Buffer.from("12345678901234567890", "ascii");
const at = (seconds: number) => new Date(seconds * 1_000);

describe("RFC 4226 Appendix D", () => {
  it("computes the six digits of the first ten counters", () => {
    const codes = Array.from({ length: 10 }, (_, counter) => totpCode(secret, counter));
    expect(codes).toEqual("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split(" "));
  });
});

describe("RFC 6238 Appendix B", () => {
  // The appendix prints eight digits; six are the last six of them.
  it.each([
    [59, "94287082"],
    [1_111_111_109, "07081804"],
    [1_111_111_111, "14050471"],
    [1_234_567_890, "89005924"],
    [2_000_000_000, "69279037"],
    [20_000_000_000, "65353130"],
  ])("at %d seconds computes the last six digits of %s", (seconds, eight) => {
    expect(totpCode(secret, stepAt(at(seconds)))).toBe(eight.slice(-6));
  });
});

describe("RFC 6238 §5.2: a code is taken", () => {
  const now = at(1_111_111_109);
  const step = stepAt(now);

  it("one step early or late, and no further", () => {
    const taken = [-2, -1, 0, 1, 2].map((away) => matchingStep(secret, totpCode(secret, step + away), now, 0));
    expect(taken).toEqual([null, step - 1, step, step + 1, null]);
  });

  it("once: neither its step nor an earlier one is good again", () => {
    expect(matchingStep(secret, totpCode(secret, step), now, step - 1)).toBe(step);
    expect(matchingStep(secret, totpCode(secret, step), now, step)).toBeNull();
    expect(matchingStep(secret, totpCode(secret, step - 1), now, step)).toBeNull();
  });

  it("only as six digits", () => {
    for (const code of ["", "08180", "0818044", " 81804", "０８１８０４"])
      expect(matchingStep(secret, code, now, 0), code).toBeNull();
  });
});

describe("what an authenticator app is told", () => {
  it("is base32 as RFC 4648 §10 computes it, without padding", () => {
    const words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
    expect(words.map((word) => base32(Buffer.from(word)))).toEqual([
      "",
      "MY",
      "MZXQ",
      "MZXW6",
      "MZXW6YQ",
      "MZXW6YTB",
      "MZXW6YTBOI",
    ]);
  });

  it("is an otpauth URI that names issuer, account and every parameter", () => {
    const uri = new URL(otpauthUri(secret, "千葉市", "hanako"));
    expect(uri.protocol + uri.host).toBe("otpauth:totp");
    expect(decodeURIComponent(uri.pathname)).toBe("/Mitome 千葉市:hanako");
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      issuer: "Mitome 千葉市",
      algorithm: "SHA1",
      digits: "6",
      period: "30",
    });
  });
});
