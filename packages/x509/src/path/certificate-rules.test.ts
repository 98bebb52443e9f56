import { describe, expect, it } from "vitest";
import { element, objectIdentifier, sequence, unsignedInteger } from "../der-writer.ts";
import { basicConstraints, crlDistributionPoints, extensionOids, keyUsage } from "../extensions.ts";
import {
  answerTo,
  authority,
  authorityExtensions,
  certify,
  cn,
  extension,
  later,
  newSigner,
  now,
  root,
  unknownCritical,
  validate,
} from "./hierarchy.fixture.ts";

const top = root();
const ask = (parts: Parameters<typeof certify>[1]) => answerTo({ anchors: [top], target: certify(top, parts) });
const below = (parts: Parameters<typeof certify>[1]) => {
  const middle = authority(top, "Middle", parts);
  return answerTo({ anchors: [top], through: [middle], target: certify(middle) });
};

describe("RFC 5280 §6.1.3 (a)(2), validity", () => {
  it("belongs to a certificate from notBefore to the last second of notAfter", () => {
    expect(ask({ notBefore: now, notAfter: now })).toBe("valid");
    const target = certify(top, { notAfter: now });
    const at = (milliseconds: number) =>
      answerTo({ anchors: [top], target, time: new Date(now.getTime() + milliseconds) });
    expect([at(999), at(1000)]).toEqual(["valid", "expired"]);
  });

  it("is missing before notBefore and after notAfter, of the target and of every authority", () => {
    expect([ask({ notBefore: later(1) }), ask({ notAfter: later(-1) })]).toEqual(["notYetValid", "expired"]);
    expect([below({ notBefore: later(1) }), below({ notAfter: later(-1) })]).toEqual(["notYetValid", "expired"]);
  });

  it("is not asked of the trust anchor, whose name and key alone are trusted (RFC 5280 §6.1.1 (d))", () => {
    const old = root("Old", { notAfter: later(-1) });
    expect(answerTo({ anchors: [old], target: certify(old) })).toBe("valid");
  });

  it("is read from UTCTime and GeneralizedTime", () => {
    expect(ask({ notBefore: new Date("1950-01-01T00:00:00Z"), notAfter: new Date("2050-01-01T00:00:00Z") })).toBe(
      "valid",
    );
  });
});

describe("RFC 5280 §6.1.3 (a)(4), chaining of names", () => {
  it("needs a certificate of the issuer's name", () => {
    expect(ask({ issuer: cn("Somebody") })).toBe("noIssuer");
  });

  it("needs an issuer with a name (RFC 5280 §4.1.2.4)", () => {
    const nameless = root("", { subject: sequence() });
    expect(answerTo({ anchors: [nameless], target: certify(nameless) })).toBe("emptyIssuer");
  });
});

describe("RFC 5280 §6.1.4 (k), basic constraints", () => {
  it("must say that an issuer is an authority", () => {
    expect(below({ extensions: [] })).toBe("notCertificationAuthority");
    const notAuthority = extension(extensionOids.basicConstraints, sequence(), true);
    expect(below({ extensions: [notAuthority] })).toBe("notCertificationAuthority");
  });

  it("are missing in versions 1 and 2, whose holders issue nothing", () => {
    expect([below({ version: 1, extensions: [] }), below({ version: 2, extensions: [] })]).toEqual([
      "notCertificationAuthority",
      "notCertificationAuthority",
    ]);
    expect([ask({ version: 1 }), ask({ version: 2 })]).toEqual(["valid", "valid"]);
  });
});

describe("RFC 5280 §6.1.4 (l), (m), path length", () => {
  const limited = (length: number) => authority(top, "Limited", { extensions: [basicConstraints(length)] });

  it("counts the authorities that follow", () => {
    const zero = limited(0);
    const next = authority(zero, "Next");
    expect(answerTo({ anchors: [top], through: [zero], target: certify(zero) })).toBe("valid");
    expect(answerTo({ anchors: [top], through: [zero, next], target: certify(next) })).toBe("pathTooLong");
    const one = limited(1);
    const afterOne = authority(one, "Next");
    expect(answerTo({ anchors: [top], through: [one, afterOne], target: certify(afterOne) })).toBe("valid");
  });

  it("does not count the target, though it be an authority", () => {
    const zero = limited(0);
    expect(answerTo({ anchors: [top], through: [zero], target: authority(zero, "Next") })).toBe("valid");
  });

  it("does not count self-issued authorities", () => {
    const zero = limited(0);
    const rolled = certify(zero, { subject: zero.name, extensions: authorityExtensions });
    expect(answerTo({ anchors: [top], through: [zero, rolled], target: certify(rolled) })).toBe("valid");
  });

  it("is never raised again by an authority below", () => {
    const one = limited(1);
    const generous = authority(one, "Generous", { extensions: [basicConstraints(5)] });
    const third = authority(generous, "Third");
    expect(answerTo({ anchors: [top], through: [one, generous, third], target: certify(third) })).toBe("pathTooLong");
  });
});

describe("RFC 5280 §6.1.4 (n), key usage", () => {
  it("must allow keyCertSign where it is there", () => {
    expect(below({ extensions: [basicConstraints(), keyUsage(["cRLSign"])] })).toBe("noCertificateSigning");
    expect(below({ extensions: [basicConstraints()] })).toBe("valid");
  });
});

describe("RFC 5280 §6.1.4 (o), §6.1.5 (f), critical extensions", () => {
  it("are refused where they are not understood, in the target and in authorities", () => {
    expect(ask({ extensions: [unknownCritical] })).toBe("unknownCriticalExtension");
    expect(below({ extensions: [...authorityExtensions, unknownCritical] })).toBe("unknownCriticalExtension");
  });

  it("may be there without being critical", () => {
    expect(ask({ extensions: [{ ...unknownCritical, critical: false }] })).toBe("valid");
  });

  it("are refused for policy qualifiers that are not understood (RFC 5280 §4.2.1.4)", () => {
    const policies = (qualifier: `${number}.${number}.${string}`, critical: boolean) => {
      const qualifiers = sequence(sequence(objectIdentifier(qualifier), element(0x16)));
      const value = sequence(sequence(objectIdentifier("1.3.6.1.4.1.32473.5"), qualifiers));
      return extension(extensionOids.certificatePolicies, value, critical);
    };
    const cpsPointer = "1.3.6.1.5.5.7.2.1";
    const unknown = "1.3.6.1.4.1.32473.6";
    expect(ask({ extensions: [policies(cpsPointer, true)] })).toBe("valid");
    expect(ask({ extensions: [policies(unknown, false)] })).toBe("valid");
    expect(ask({ extensions: [policies(unknown, true)] })).toBe("unknownCriticalExtension");
  });
});

describe("RFC 5280 §4.1, §4.2, certificates that are not what they should be", () => {
  it("refuses the same extension twice", () => {
    expect(ask({ extensions: [keyUsage(["cRLSign"]), keyUsage(["cRLSign"])] })).toBe("malformedCertificate");
  });

  it.each([
    ["keyUsage", extensionOids.keyUsage],
    ["basicConstraints", extensionOids.basicConstraints],
    ["subjectAltName", extensionOids.subjectAltName],
    ["certificatePolicies", extensionOids.certificatePolicies],
    ["nameConstraints", "2.5.29.30"],
    ["policyMappings", "2.5.29.33"],
    ["policyConstraints", "2.5.29.36"],
    ["inhibitAnyPolicy", "2.5.29.54"],
    ["freshestCRL", "2.5.29.46"],
    ["cRLDistributionPoints", extensionOids.cRLDistributionPoints],
  ] as const)("refuses a malformed %s, critical or not", (_, oid) => {
    expect(ask({ extensions: [extension(oid, element(0x04))] })).toBe("malformedCertificate");
  });

  it("refuses one policy twice (RFC 5280 §4.2.1.4)", () => {
    const policy = sequence(objectIdentifier("1.3.6.1.4.1.32473.5"));
    const twice = extension(extensionOids.certificatePolicies, sequence(policy, policy));
    expect(ask({ extensions: [twice] })).toBe("malformedCertificate");
  });

  it("refuses octets that are no certificate, and says where they go wrong", () => {
    const verdict = validate({ anchors: [top], target: Uint8Array.of(0x30, 0x80, 0, 0) });
    expect(verdict).toMatchObject({
      kind: "invalid",
      rejection: { reason: "malformedCertificate", message: expect.stringContaining("an indefinite length") },
    });
  });

  it("says which of the given octets it left out where something is missing", () => {
    const middle = authority(top, "Middle");
    const broken = { ...middle, certificate: middle.certificate.subarray(1) };
    const verdict = validate({ anchors: [top], through: [broken], target: certify(middle) });
    expect(verdict).toMatchObject({
      kind: "invalid",
      rejection: { reason: "noIssuer", message: expect.stringContaining("left out a certificate") },
    });
  });

  it("accepts a serial number that is zero, negative or long: it only has to be compared", () => {
    for (const serialNumber of [Uint8Array.of(0), Uint8Array.of(0xff), new Uint8Array(30).fill(0x11)])
      expect(ask({ serialNumber })).toBe("valid");
  });

  it("accepts distribution points of other forms", () => {
    const uri = { kind: "uniformResourceIdentifier", uri: "http://example.jp/list.crl" } as const;
    expect(ask({ extensions: [crlDistributionPoints([uri])] })).toBe("valid");
  });

  it("keeps a path length beyond 2^31 from being read as none", () => {
    const huge = sequence(Uint8Array.of(1, 1, 0xff), unsignedInteger(new Uint8Array(5).fill(0x7f)));
    expect(below({ extensions: [extension(extensionOids.basicConstraints, huge, true)] })).toBe("noIssuer");
  });

  it("takes a new signer's key for what it is, whatever its name", () => {
    expect(ask({ signer: newSigner(), subject: top.name })).toBe("valid");
  });
});
