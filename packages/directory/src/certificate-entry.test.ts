import { chibaAuthority } from "@mitome/ca";
import { makeSoftAuthority, makeSoftKey } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { brandDer } from "@mitome/x509";
import { contextConstructed, sequence } from "@mitome/x509/der-writer";
import { describe, expect, it } from "vitest";
import { readCertificateEntry } from "./certificate-entry.ts";

const authority = makeSoftAuthority(new Date("2026-01-01T00:00:00Z"), chibaAuthority);
const { selfSigned: certificate, equipmentRoot: other } = authority;
const { issuer } = chibaAuthority;
const list = softList({
  issuer,
  key: makeSoftKey({ kind: "rsa", bits: 2048 }),
  number: 1,
  point: issuer,
  onlyContains: "caCerts",
});
const broken = certificate.subarray(0, -1);
const pair = (issuedTo: Uint8Array | undefined, issuedBy: Uint8Array | undefined) =>
  sequence(
    ...[issuedTo, issuedBy].flatMap((der, tag) => (der === undefined ? [] : [contextConstructed(tag, brandDer(der))])),
  );

type Value = readonly [attribute: string, value: Uint8Array];

/** As ldapsearch writes it. */
const ldif = (...values: Value[]): Buffer =>
  Buffer.from(
    ["dn: cn=A", ...values.map(([name, value]) => `${name}:: ${Buffer.from(value).toString("base64")}`), "", ""].join(
      "\n",
    ),
  );
const read = (...values: Value[]) => readCertificateEntry(ldif(...values));
const plain = (values: readonly Uint8Array[]) => values.map((value) => Buffer.from(value));

describe("an entry with certificates and lists (RFC 4523 §2)", () => {
  it("is taken from all six attributes", () => {
    const both = pair(certificate, other);
    const entry = read(
      ["cACertificate;binary", certificate],
      ["userCertificate;binary", other],
      ["crossCertificatePair;binary", both],
      ["certificateRevocationList;binary", list],
      ["authorityRevocationList;binary", list],
      ["deltaRevocationList;binary", list],
    );
    expect(plain(entry.certificates)).toEqual(plain([certificate, other]));
    expect(plain(entry.crossCertificatePairs)).toEqual(plain([both]));
    expect(plain(entry.lists)).toEqual(plain([list, list, list]));
    expect(entry.leftOut).toEqual([]);
    expect(entry.nextUpdates).toEqual(new Array(3).fill(new Date("2026-01-04T00:00:00Z")));
    expect(entry.notAfters).toHaveLength(4);
    expect(entry.octets).toBe(certificate.length + other.length + both.length + 3 * list.length);
  });

  it("may be written in any case, and by a server that leaves the option out", () => {
    const entry = read(["CACERTIFICATE;BINARY", certificate], ["userCertificate", other]);
    expect(plain(entry.certificates)).toEqual(plain([certificate, other]));
  });

  it("has nothing else in it that is looked at", () => {
    expect(read(["cn", certificate], ["cACertificateX;binary", certificate]).certificates).toEqual([]);
  });

  it("loses what cannot be read, with the reason, and keeps the rest", () => {
    const entry = read(
      ["cACertificate;binary", broken],
      ["cACertificate;binary", certificate],
      ["certificateRevocationList;binary", certificate],
      ["authorityRevocationList;binary", new Uint8Array()],
      ["crossCertificatePair;binary", Buffer.from("no pair")],
    );
    expect(plain(entry.certificates)).toEqual(plain([certificate]));
    expect([...entry.crossCertificatePairs, ...entry.lists]).toEqual([]);
    expect(entry.leftOut.map((why) => why.replace(/:.*/, ""))).toEqual([
      "a value of cACertificate",
      "a value of crossCertificatePair",
      "a value of certificateRevocationList",
      "a value of authorityRevocationList",
    ]);
  });

  it("keeps a pair for one certificate that can be read, and none without", () => {
    const half = pair(sequence(), certificate);
    expect(plain(read(["crossCertificatePair;binary", half]).crossCertificatePairs)).toEqual(plain([half]));
    for (const useless of [pair(undefined, undefined), pair(sequence(), undefined)])
      expect(read(["crossCertificatePair;binary", useless])).toMatchObject({
        crossCertificatePairs: [],
        leftOut: [expect.stringMatching(/^a value of crossCertificatePair: ./)],
      });
  });

  it("takes no certificate of more than 128 KiB", () => {
    const { certificates, leftOut } = read(["cACertificate;binary", new Uint8Array(131_073)]);
    expect({ certificates, leftOut }).toEqual({
      certificates: [],
      leftOut: ["a value of cACertificate: 131073 octets long"],
    });
  });
});
