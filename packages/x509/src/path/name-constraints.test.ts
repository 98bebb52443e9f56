import { describe, expect, it } from "vitest";
import {
  contextConstructed,
  contextPrimitive,
  element,
  objectIdentifier,
  printableString,
  sequence,
} from "../der-writer.ts";
import { encodeName } from "../distinguished-name.ts";
import { extensionOids } from "../extensions.ts";
import { answerTo, authority, authorityExtensions, certify, cn, extension, root } from "./hierarchy.fixture.ts";
import { parseSubtree } from "./name-constraints.ts";

const text = (tag: number, value: string): Uint8Array => contextPrimitive(tag, Buffer.from(value));
const email = (value: string) => text(1, value);
const dns = (value: string) => text(2, value);
const uri = (value: string) => text(6, value);
const ip = (...octets: readonly number[]) => contextPrimitive(7, Uint8Array.from(octets));
const directory = (...values: readonly string[]) => contextConstructed(4, organization(...values));
const organization = (...values: readonly string[]) =>
  encodeName(values.map((value, index) => ({ type: index === 0 ? "O" : "OU", value })));
const smtpUtf8Mailbox = contextConstructed(
  0,
  objectIdentifier("1.3.6.1.5.5.7.8.9"),
  contextConstructed(0, element(0x0c, Buffer.from("千葉@example.jp"))),
);
const registeredId = contextPrimitive(8, Uint8Array.of(0x2a));

interface Subtrees {
  readonly permitted?: readonly Uint8Array[];
  readonly excluded?: readonly Uint8Array[];
}

function nameConstraints({ permitted = [], excluded = [] }: Subtrees) {
  const part = (tag: number, bases: readonly Uint8Array[]) =>
    bases.length === 0 ? [] : [contextConstructed(tag, ...bases.map((base) => sequence(base)))];
  return extension("2.5.29.30", sequence(...part(0, permitted), ...part(1, excluded)), true);
}

const top = root();
const altNames = (...names: readonly Uint8Array[]) => extension(extensionOids.subjectAltName, sequence(...names));

/** What becomes of a target with these names below authorities with these constraints. */
function ask(constraints: readonly Subtrees[], names: readonly Uint8Array[], subject = sequence()): string {
  const authorities = [top];
  for (const one of constraints) {
    const above = authorities.at(-1) ?? top;
    // Named by e-mail address, host or nothing: an authority must satisfy the constraints above it, too.
    const parts = { extensions: [...authorityExtensions, nameConstraints(one)] };
    authorities.push(authority(above, `Authority ${authorities.length}`, parts));
  }
  const extensions = names.length === 0 ? [] : [altNames(...names)];
  const target = certify(authorities.at(-1) ?? top, { subject, extensions });
  return answerTo({ anchors: [top], through: authorities.slice(1), target });
}

const permitted = (base: Uint8Array, name: Uint8Array) => ask([{ permitted: [base] }], [name]);
const excluded = (base: Uint8Array, name: Uint8Array) => ask([{ excluded: [base] }], [name]);

describe("RFC 5280 §4.2.1.10, §6.1.3 (b), (c), directory names", () => {
  const chiba = directory("Chiba");
  it("bind the subject and every directoryName of subjectAltName", () => {
    expect(ask([{ permitted: [chiba] }], [], organization("Chiba", "Desk"))).toBe("valid");
    expect(ask([{ permitted: [chiba] }], [], organization("Tokyo"))).toBe("nameNotPermitted");
    expect(ask([{ permitted: [chiba] }], [directory("Tokyo")], organization("Chiba"))).toBe("nameNotPermitted");
    expect(ask([{ excluded: [chiba] }], [], organization("Chiba", "Desk"))).toBe("nameExcluded");
    expect(ask([{ excluded: [directory("Chiba", "Desk")] }], [], organization("Chiba"))).toBe("valid");
  });

  it("are compared as RFC 5280 §7.1 says", () => {
    const shouted = encodeName([{ type: "O", value: "  CHIBA " }]);
    expect(ask([{ permitted: [chiba] }], [], shouted)).toBe("valid");
    const printable = sequence(element(0x31, sequence(objectIdentifier("2.5.4.10"), printableString("chiba"))));
    expect(ask([{ excluded: [chiba] }], [], printable)).toBe("nameExcluded");
  });

  it("whose comparison is undefined (RFC 4518 §2.4) are refused unless something else tells them apart", () => {
    const privateUse = directory("\ue000");
    expect(ask([{ excluded: [privateUse] }], [], organization("Chiba"))).toBe("nameNotUnderstood");
    expect(ask([{ permitted: [privateUse] }], [], organization("\ue000"))).toBe("valid");
    expect(ask([{ excluded: [directory("Tokyo", "\ue000")] }], [], organization("Chiba", "Desk"))).toBe("valid");
  });

  it("do not bind an empty subject", () => {
    expect(ask([{ permitted: [chiba] }], [dns("example.jp")])).toBe("valid");
  });

  it("do not bind a self-issued authority, but a self-issued target", () => {
    const bound = authority(top, "Bound", {
      extensions: [...authorityExtensions, nameConstraints({ permitted: [chiba] })],
    });
    const rolled = certify(bound, { subject: bound.name, extensions: authorityExtensions });
    const target = certify(rolled, { subject: organization("Chiba") });
    expect(answerTo({ anchors: [top], through: [bound, rolled], target })).toBe("valid");
    expect(answerTo({ anchors: [top], through: [bound], target: rolled })).toBe("nameNotPermitted");
  });

  it("of the authority itself hold for those below it only", () => {
    expect(ask([{ permitted: [chiba] }], [], organization("Chiba"))).toBe("valid");
  });
});

describe("RFC 5280 §4.2.1.10, DNS names", () => {
  it("lie within a domain with labels added at the left, whatever the case", () => {
    expect(permitted(dns("example.jp"), dns("example.jp"))).toBe("valid");
    expect(permitted(dns("example.jp"), dns("WWW.Example.JP"))).toBe("valid");
    expect(permitted(dns("example.jp"), dns("myexample.jp"))).toBe("nameNotPermitted");
    expect(permitted(dns("www.example.jp"), dns("example.jp"))).toBe("nameNotPermitted");
    expect(excluded(dns("example.jp"), dns("a.b.example.jp"))).toBe("nameExcluded");
    expect(permitted(dns(""), dns("example.jp"))).toBe("valid");
  });

  it("with a wildcard lie where all that they match lies, and are excluded where one of these is", () => {
    expect(permitted(dns("example.jp"), dns("*.example.jp"))).toBe("valid");
    expect(permitted(dns("www.example.jp"), dns("*.example.jp"))).toBe("nameNotPermitted");
    expect(excluded(dns("www.example.jp"), dns("*.example.jp"))).toBe("nameExcluded");
  });

  it("that are none are refused where they are constrained", () => {
    for (const odd of ["example.jp.", "a..example.jp", "*", "www.*.jp", "例.example.jp", ""])
      expect(excluded(dns("example.com"), dns(odd.replace("例", "a b")))).toBe("nameNotUnderstood");
  });
});

describe("RFC 5280 §4.2.1.10, e-mail addresses", () => {
  it("are a mailbox, those of a host, or behind a period those of the hosts in a domain", () => {
    expect(permitted(email("root@example.jp"), email("root@EXAMPLE.jp"))).toBe("valid");
    expect(permitted(email("root@example.jp"), email("Root@example.jp"))).toBe("nameNotPermitted");
    expect(permitted(email("example.jp"), email("a@example.jp"))).toBe("valid");
    expect(permitted(email("example.jp"), email("a@mail.example.jp"))).toBe("nameNotPermitted");
    expect(permitted(email(".example.jp"), email("a@mail.example.jp"))).toBe("valid");
    expect(permitted(email(".example.jp"), email("a@example.jp"))).toBe("nameNotPermitted");
    expect(excluded(email("example.jp"), email('"a@b"@example.jp'))).toBe("nameExcluded");
  });

  it("bind emailAddress in the subject", () => {
    const address = sequence(objectIdentifier("1.2.840.113549.1.9.1"), element(0x16, Buffer.from("a@example.com")));
    const subject = sequence(element(0x31, address));
    expect(ask([{ permitted: [email("example.jp")] }], [], subject)).toBe("nameNotPermitted");
    expect(ask([{ excluded: [email("example.com")] }], [], subject)).toBe("nameExcluded");
  });

  it("in UTF-8 (RFC 9598) are refused where e-mail addresses are constrained", () => {
    expect(permitted(email("example.jp"), smtpUtf8Mailbox)).toBe("nameNotUnderstood");
    expect(permitted(dns("example.jp"), smtpUtf8Mailbox)).toBe("valid");
  });

  it("that are none are refused where they are constrained", () => {
    expect(excluded(email("example.jp"), email("example.jp"))).toBe("nameNotUnderstood");
  });
});

describe("RFC 5280 §4.2.1.10, URIs", () => {
  it("are bound by their host: exactly, or behind a period those in a domain", () => {
    expect(permitted(uri("www.example.jp"), uri("https://u:p@WWW.example.jp:443/x?y#z"))).toBe("valid");
    expect(permitted(uri("example.jp"), uri("https://www.example.jp"))).toBe("nameNotPermitted");
    expect(permitted(uri(".example.jp"), uri("https://www.example.jp/"))).toBe("valid");
    expect(permitted(uri(".example.jp"), uri("https://example.jp/"))).toBe("nameNotPermitted");
    expect(excluded(uri("example.jp"), uri("ldap://example.jp?x"))).toBe("nameExcluded");
  });

  it("and e-mail addresses are refused where the constraint is empty, which has no meaning for them", () => {
    for (const ask of [permitted, excluded]) {
      expect(ask(uri(""), uri("https://example.jp"))).toBe("nameNotUnderstood");
      expect(ask(email(""), email("a@example.jp"))).toBe("nameNotUnderstood");
    }
  });

  it("without a domain name are refused where they are constrained", () => {
    for (const odd of ["urn:oid:1.2", "http://192.0.2.1/", "http://[2001:db8::1]/", "http:///x", "mailto:a@example.jp"])
      expect(excluded(uri("example.com"), uri(odd))).toBe("nameNotUnderstood");
    // What some take for the end of the host is no character of a URI.
    expect(permitted(uri("example.jp"), uri("http://example.com\\@example.jp/"))).toBe("nameNotUnderstood");
  });
});

describe("RFC 5280 §4.2.1.10, IP addresses", () => {
  const range4 = ip(192, 0, 2, 0, 255, 255, 255, 0);
  const range6 = ip(0x20, 1, 0xd, 0xb8, ...Array(12).fill(0), 255, 255, 255, 255, ...Array(12).fill(0));
  it("lie within an address and mask", () => {
    expect(permitted(range4, ip(192, 0, 2, 7))).toBe("valid");
    expect(permitted(range4, ip(192, 0, 3, 7))).toBe("nameNotPermitted");
    expect(excluded(range4, ip(192, 0, 2, 7))).toBe("nameExcluded");
    expect(permitted(range6, ip(0x20, 1, 0xd, 0xb8, ...Array(12).fill(1)))).toBe("valid");
    expect(permitted(range6, ip(0x20, 1, 0xd, 0xb9, ...Array(12).fill(1)))).toBe("nameNotPermitted");
  });

  it("of one version never lie within a range of the other", () => {
    expect(permitted(range4, ip(...Array(16).fill(0)))).toBe("nameNotPermitted");
  });

  it("of no version, and ranges of no length or a mask with holes, are refused", () => {
    expect(permitted(range4, ip(192, 0, 2))).toBe("nameNotUnderstood");
    // The constraining authority itself cannot be read then.
    expect(permitted(ip(192, 0, 2, 0), ip(192, 0, 2, 7))).toBe("noIssuer");
    expect(permitted(ip(192, 0, 2, 0, 255, 0, 255, 0), ip(192, 0, 2, 7))).toBe("noIssuer");
  });
});

describe("RFC 5280 §6.1.4 (g), constraints of several authorities", () => {
  it("intersect what is permitted", () => {
    const chain = (second: string) => [{ permitted: [dns("example.jp")] }, { permitted: [dns(second)] }];
    expect(ask(chain("www.example.jp"), [dns("www.example.jp")])).toBe("valid");
    expect(ask(chain("www.example.jp"), [dns("ftp.example.jp")])).toBe("nameNotPermitted");
    expect(ask(chain("example.com"), [dns("example.com")])).toBe("nameNotPermitted");
    expect(ask(chain("example.com"), [dns("example.jp")])).toBe("nameNotPermitted");
  });

  it("add up what is excluded, which wins over what is permitted", () => {
    expect(ask([{ excluded: [dns("a.jp")] }, { excluded: [dns("b.jp")] }], [dns("x.a.jp")])).toBe("nameExcluded");
    expect(ask([{ permitted: [dns("a.jp")], excluded: [dns("x.a.jp")] }], [dns("x.a.jp")])).toBe("nameExcluded");
  });

  it("permit every form that none of them names", () => {
    expect(ask([{ permitted: [dns("example.jp")] }], [email("a@example.com"), ip(10, 0, 0, 1)])).toBe("valid");
  });

  it("of a form that is not processed refuse a name of that form, and no other", () => {
    expect(permitted(registeredId, registeredId)).toBe("nameNotUnderstood");
    expect(excluded(registeredId, registeredId)).toBe("nameNotUnderstood");
    expect(excluded(registeredId, dns("example.jp"))).toBe("valid");
  });

  it("of the user hold from the beginning (RFC 5280 §6.1.1 (h), (i))", () => {
    const target = certify(top, { subject: sequence(), extensions: [altNames(dns("www.example.jp"))] });
    const within = (permittedText: string, excludedText: string) =>
      answerTo({
        anchors: [top],
        target,
        initialSubtrees: {
          permittedSubtrees: [parseSubtree(dns(permittedText))],
          excludedSubtrees: [parseSubtree(sequence(dns(excludedText)))],
        },
      });
    expect([within("example.jp", "a.jp"), within("a.jp", "b.jp"), within("example.jp", "www.example.jp")]).toEqual([
      "valid",
      "nameNotPermitted",
      "nameExcluded",
    ]);
  });

  it("with minimum or maximum cannot be read", () => {
    const bounded = contextConstructed(0, sequence(dns("example.jp"), contextPrimitive(0, Uint8Array.of(1))));
    const odd = authority(top, "Odd", {
      subject: cn("Odd"),
      extensions: [...authorityExtensions, extension("2.5.29.30", sequence(bounded), true)],
    });
    expect(answerTo({ anchors: [top], target: odd })).toBe("malformedCertificate");
  });
});

describe("the work that constraints may ask for", () => {
  it("is bounded: many names against many subtrees are not compared to the end", () => {
    const many = (kind: string) => Array.from({ length: 1_000 }, (_, index) => dns(`${kind}${index}.example.jp`));
    expect(ask([{ excluded: many("a") }], many("b"))).toBe("budgetExhausted");
  });
});
