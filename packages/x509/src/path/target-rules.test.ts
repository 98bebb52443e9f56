import { describe, expect, it } from "vitest";
import { contextPrimitive, objectIdentifier, sequence } from "../der-writer.ts";
import { extensionOids } from "../extensions.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { answerTo, authority, authorityExtensions, certify, extension, root } from "./hierarchy.fixture.ts";

const top = root();
const purposes = (...oids: readonly ObjectIdentifier[]) =>
  extension(extensionOids.extKeyUsage, sequence(...oids.map(objectIdentifier)));
const [serverAuth, clientAuth] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"] as const;

describe("RFC 5280 §4.2.1.12, extended key usage", () => {
  const ask = (requiredEku: readonly ObjectIdentifier[], ...extensions: readonly ReturnType<typeof purposes>[]) =>
    answerTo({ anchors: [top], target: certify(top, { extensions }), requiredEku });

  it("must allow every required purpose where it is there", () => {
    expect(ask([serverAuth], purposes(serverAuth, clientAuth))).toBe("valid");
    expect(ask([serverAuth, clientAuth], purposes(serverAuth))).toBe("extendedKeyUsage");
    expect(ask([serverAuth])).toBe("valid");
    expect(ask([serverAuth], purposes("2.5.29.37.0"))).toBe("valid");
    expect(ask([], purposes(clientAuth))).toBe("valid");
  });

  it("of an authority bounds what it issued", () => {
    const middle = authority(top, "Middle", { extensions: [...authorityExtensions, purposes(clientAuth)] });
    const target = certify(middle, { extensions: [purposes(serverAuth)] });
    expect(answerTo({ anchors: [top], through: [middle], target, requiredEku: [serverAuth] })).toBe("extendedKeyUsage");
  });
});

describe("RFC 5280 §4.2.1.6, RFC 9525, the name asked for", () => {
  const text = (tag: number, value: string) => contextPrimitive(tag, Buffer.from(value));
  const target = (...names: readonly Uint8Array[]) =>
    certify(top, { extensions: [extension(extensionOids.subjectAltName, sequence(...names))] });
  const host = (presented: string, dnsName: string) =>
    answerTo({ anchors: [top], target: target(text(2, presented)), dnsName });

  it("is a host of subjectAltName without regard to case", () => {
    expect(host("www.example.jp", "WWW.example.JP")).toBe("valid");
    expect(host("www.example.jp", "example.jp")).toBe("targetNameMismatch");
  });

  it("matches a wildcard that is a whole leftmost label and stands for one", () => {
    expect(host("*.example.jp", "www.example.jp")).toBe("valid");
    expect(host("*.example.jp", "a.b.example.jp")).toBe("targetNameMismatch");
    expect(host("*.example.jp", "example.jp")).toBe("targetNameMismatch");
    expect(host("*.example.jp", ".example.jp")).toBe("targetNameMismatch");
    for (const odd of ["w*.example.jp", "*.jp", "*", "www.*.jp", "*.*.example.jp", "*..jp"])
      expect(host(odd, odd.replaceAll("*", "www"))).toBe("targetNameMismatch");
  });

  it("is never read from the subject", () => {
    const named = certify(top, { subject: top.name });
    expect(answerTo({ anchors: [top], target: named, dnsName: "Root" })).toBe("targetNameMismatch");
  });

  it("may be an address or a mailbox", () => {
    const both = target(contextPrimitive(7, Uint8Array.of(192, 0, 2, 1)), text(1, "root@Example.jp"));
    const ask = (demand: object) => answerTo({ anchors: [top], target: both, ...demand });
    expect(ask({ ipAddress: Uint8Array.of(192, 0, 2, 1) })).toBe("valid");
    expect(ask({ ipAddress: Uint8Array.of(192, 0, 2, 2) })).toBe("targetNameMismatch");
    expect(ask({ emailAddress: "root@example.JP" })).toBe("valid");
    expect(ask({ emailAddress: "Root@example.jp" })).toBe("targetNameMismatch");
  });
});
