import {
  makeSoftAuthority,
  makeSoftKey,
  parsedRequest,
  requestPayload,
  testSerial,
} from "@mitome/testkit/soft-authority";
import {
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  type Der,
  type Extension,
  type ExtensionName,
  encodeTbsCertificate,
  extendedKeyUsage,
  extensionOids,
  type GeneralName,
  issuerAltName,
  keyIdentifier,
  keyUsage,
  parseSerialNumber,
  parseTbsCertificate,
  subjectAltName,
  subjectKeyIdentifier,
  type TbsCertificate,
  type TbsCertificateFields,
} from "@mitome/x509";
import { contextPrimitive, octetString, sequence } from "@mitome/x509/der-writer";
import { describe, expect, it } from "vitest";
import { chibaAuthority } from "../authorities/chiba.ts";
import { type AuthorityDefinition, subscriberPolicy, subscriberTestPolicy } from "../authority-definition.ts";
import { decideIssuance } from "../decide-issuance.ts";
import { decideResponder } from "../decide-responder.ts";
import type { CertificateKind } from "../profiles/profile.ts";
import { itemNames, itemTypes, uniqueNameFromRandom } from "../profiles/subscriber.ts";
import { ruleBook, runRuleBook } from "./rule-book.ts";

const at = new Date("2026-11-22T03:00:00Z");
const authority = makeSoftAuthority(at, chibaAuthority);
const subscriberKey = makeSoftKey({ kind: "rsa", bits: 2048 });
const otherKey = makeSoftKey({ kind: "rsa", bits: 2048 });
const shortKey = makeSoftKey({ kind: "rsa", bits: 1024 });
const request = parsedRequest(requestPayload(subscriberKey.subjectPublicKeyInfo, at, { authority: "chiba" }));
const server = authority.equip("server", "121002", "honcho");

function subscriberTbs(): TbsCertificate {
  const decision = decideIssuance(request, {
    definition: authority.definition,
    generation: authority.generation,
    callerMunicipality: "121002",
    now: at,
    serial: testSerial(1),
    uniqueName: uniqueNameFromRandom(new Uint8Array(16).fill(7)),
  });
  if (decision.kind !== "plan") throw new Error(JSON.stringify(decision));
  return parseTbsCertificate(decision.tbs);
}

function responderTbs(definition: AuthorityDefinition = authority.definition): TbsCertificate {
  const { subjectPublicKeyInfo } = otherKey;
  const { generation } = authority;
  const decision = decideResponder({ definition, generation, subjectPublicKeyInfo, now: at, serial: testSerial(2) });
  if (decision.kind !== "plan") throw new Error(decision.reason);
  return parseTbsCertificate(decision.tbs);
}

function tbsOf(certificate: Der<"Certificate">): TbsCertificate {
  // Certificate ::= SEQUENCE { tbsCertificate, … }, both with lengths of two octets.
  const length = ((certificate[6] ?? 0) << 8) | (certificate[7] ?? 0);
  return parseTbsCertificate(certificate.subarray(4, 8 + length));
}

const right: { readonly [Kind in CertificateKind]: TbsCertificate } = {
  subscriber: subscriberTbs(),
  "self-signed": tbsOf(authority.selfSigned),
  "ocsp-responder": responderTbs(),
  equipment: tbsOf(server.certificate),
  "equipment-root": tbsOf(authority.equipmentRoot),
};

interface World {
  readonly definition?: AuthorityDefinition;
  readonly generation?: number;
  readonly issuerKey?: Der<"SubjectPublicKeyInfo">;
}

function broken(kind: CertificateKind, tbs: TbsCertificate, world: World = {}): readonly string[] {
  const governor = kind !== "equipment" && kind !== "equipment-root";
  const findings = runRuleBook(tbs, kind, {
    definition: world.definition ?? authority.definition,
    generation: world.generation ?? 1,
    issuerKey: world.issuerKey ?? (governor ? authority.key : authority.equipmentRootKey).subjectPublicKeyInfo,
  });
  return findings.map(({ rule }) => rule);
}

/** The right certificate of a kind with other fields. */
function changed(kind: CertificateKind, fields: Partial<TbsCertificateFields>): TbsCertificate {
  return parseTbsCertificate(encodeTbsCertificate({ ...right[kind], ...fields }));
}

/** The same with one extension replaced; it keeps its criticality. */
function replaced(kind: CertificateKind, name: ExtensionName, extension: Pick<Extension, "value">): TbsCertificate {
  const oid = extensionOids[name];
  const extensions = right[kind].extensions.map((one) => (one.oid === oid ? { ...one, value: extension.value } : one));
  return changed(kind, { extensions });
}

function withItems(items: Partial<typeof request.items>): TbsCertificate {
  return replaced("subscriber", "subjectAltName", subjectAltName(itemNames({ ...request.items, ...items })));
}

function withText(kind: CertificateKind, from: string, to: string): TbsCertificate {
  const octets = Buffer.from(right[kind].tbs).toString("latin1");
  expect(octets.includes(from)).toBe(true);
  return parseTbsCertificate(Buffer.from(octets.replace(from, to), "latin1"));
}

const seconds = (instant: Date, more: number) => new Date(instant.getTime() + more * 1000);
const subscriber = right.subscriber;
const { notBefore, notAfter } = subscriber.validity;
const longIssuer: AuthorityDefinition = {
  ...chibaAuthority,
  issuer: chibaAuthority.issuer.map((one) => (one.type === "O" ? { ...one, value: "O".repeat(65) } : one)),
};
const longPoint: readonly GeneralName[] = [
  {
    kind: "directoryName",
    name: [
      { type: "C", value: "JP" },
      { type: "O", value: "O".repeat(65) },
      { type: "OU", value: "CRL Distribution Points" },
      { type: "OU", value: "Key Generation 1" },
      { type: "CN", value: "Chiba-shi CRLDP" },
    ],
  },
];

/** One certificate for each rule that breaks it and no other; where a rule has two sides, both. */
const breakings: Readonly<Record<string, readonly (() => readonly string[])[]>> = {
  "rfc5280/attribute-lengths": [
    () => {
      const extensions = replaced("subscriber", "cRLDistributionPoints", crlDistributionPoints(longPoint)).extensions;
      return broken("subscriber", changed("subscriber", { issuer: longIssuer.issuer, extensions }), {
        definition: longIssuer,
      });
    },
  ],
  "rfc5280/authority-key-identifier": [
    () => {
      const wrong = authorityKeyIdentifier(keyIdentifier(otherKey.subjectPublicKeyInfo));
      return broken("subscriber", replaced("subscriber", "authorityKeyIdentifier", wrong));
    },
    () => broken("subscriber", subscriber, { issuerKey: otherKey.subjectPublicKeyInfo }),
  ],
  "rfc5280/subject-key-identifier": [
    () => {
      const wrong = subjectKeyIdentifier(keyIdentifier(otherKey.subjectPublicKeyInfo));
      return broken("subscriber", replaced("subscriber", "subjectKeyIdentifier", wrong));
    },
  ],
  "rfc5280/directory-strings": [
    // The municipality as PrintableString instead of UTF8String.
    () => broken("subscriber", withText("subscriber", "\x0c\x09Chiba-shi", "\x13\x09Chiba-shi")),
    () => broken("subscriber", withText("subscriber", "\x0c\x20The Governor", "\x13\x20The Governor")),
  ],
  "rfc5280/time-encoding": [
    () => {
      const plain = Buffer.from(subscriber.encodedValidity).toString("latin1");
      const general = plain.replace("\x30\x1e\x17\x0d26", "\x30\x20\x18\x0f2026");
      const octets = Buffer.from(subscriber.tbs).toString("latin1").replace(plain, general);
      const longer = Buffer.from(octets, "latin1");
      longer.writeUInt16BE(longer.readUInt16BE(2) + 2, 2);
      return broken("subscriber", parseTbsCertificate(longer));
    },
  ],
  "rfc5280/validity-order": [
    () => broken("subscriber", changed("subscriber", { validity: { notBefore, notAfter: seconds(notBefore, -1) } })),
  ],
  "rfc5280/one-of-each-extension": [
    () => {
      const extensions = subscriber.extensions.flatMap((one) => (one.oid === "2.5.29.14" ? [one, one] : [one]));
      return broken("subscriber", changed("subscriber", { extensions }));
    },
  ],
  "rfc5280/extension-syntax": [
    () => broken("subscriber", replaced("subscriber", "certificatePolicies", { value: sequence() })),
    () => broken("subscriber", replaced("subscriber", "subjectAltName", { value: octetString(new Uint8Array(3)) })),
  ],
  "rfc5280/certificate-signing-keys": [
    () => {
      const usage = keyUsage(["digitalSignature", "nonRepudiation", "keyCertSign"]);
      return broken("subscriber", replaced("subscriber", "keyUsage", usage));
    },
    () => broken("self-signed", replaced("self-signed", "basicConstraints", { value: sequence() })),
    () => broken("self-signed", replaced("self-signed", "keyUsage", keyUsage(["cRLSign"]))),
  ],
  "rfc5280/policies-once": [
    () => {
      const twice = certificatePolicies([subscriberPolicy, subscriberPolicy]);
      return broken("subscriber", replaced("subscriber", "certificatePolicies", twice));
    },
  ],
  "rfc5280/self-signed-names": [
    () => broken("self-signed", changed("self-signed", { subject: [{ type: "CN", value: "Another" }] })),
    () => broken("equipment-root", changed("equipment-root", { subject: [{ type: "CN", value: "Another" }] })),
  ],
  "rfc5280/self-signed-key": [
    () => {
      const spki = otherKey.subjectPublicKeyInfo;
      const identified = replaced("self-signed", "subjectKeyIdentifier", subjectKeyIdentifier(keyIdentifier(spki)));
      const { extensions } = identified;
      return broken("self-signed", changed("self-signed", { subjectPublicKeyInfo: spki, extensions }));
    },
  ],
  "cps/1-2-policy": [
    () => {
      const other = certificatePolicies([subscriberTestPolicy]);
      return broken("subscriber", replaced("subscriber", "certificatePolicies", other));
    },
    // The real policy in a practice authority.
    () => broken("subscriber", subscriber, { definition: { ...chibaAuthority, practice: true } }),
    () => broken("ocsp-responder", right["ocsp-responder"], { definition: { ...chibaAuthority, practice: true } }),
    () => broken("ocsp-responder", responderTbs({ ...chibaAuthority, practice: true })),
  ],
  "cps/1-3-2-three-years": [
    () => broken("subscriber", changed("subscriber", { validity: { notBefore, notAfter: seconds(notAfter, 1) } })),
    () =>
      broken("subscriber", changed("subscriber", { validity: { notBefore, notAfter: seconds(notAfter, -8 * 86400) } })),
  ],
  "cps/3-1-1-subject-name": [
    () => {
      const subject = subscriber.subject.map((one) =>
        one.value === "Chiba-shi" ? { ...one, value: "Kiyose-shi" } : one,
      );
      return broken("subscriber", changed("subscriber", { subject }));
    },
    () => {
      const subject = subscriber.subject.map((one) => (one.type === "C" ? { ...one, value: "US" } : one));
      return broken("subscriber", changed("subscriber", { subject }));
    },
    () => broken("subscriber", changed("subscriber", { subject: subscriber.subject.slice(0, 3) })),
  ],
  "cps/3-1-2-issuer-name": [
    () => {
      const issuer = subscriber.issuer.map((one) => (one.type === "CN" ? { ...one, value: "Chiba Taro" } : one));
      return broken("subscriber", changed("subscriber", { issuer }));
    },
  ],
  "cps/3-1-2-issuer-alt-name": [
    () => {
      const other = issuerAltName([{ kind: "directoryName", name: [{ type: "CN", value: "千葉太郎" }] }]);
      return broken("subscriber", replaced("subscriber", "issuerAltName", other));
    },
    () => {
      const other = subjectAltName([{ kind: "directoryName", name: [{ type: "CN", value: "千葉太郎" }] }]);
      return broken("self-signed", replaced("self-signed", "subjectAltName", other));
    },
  ],
  "cps/3-1-4-unique-subject": [
    () => {
      const subject = subscriber.subject.map((one) => (one.type === "CN" ? { ...one, value: "山田花子" } : one));
      return broken("subscriber", changed("subscriber", { subject }));
    },
  ],
  "cps/4-2-2-six-names": [
    () => {
      const [first, second, ...rest] = itemNames(request.items);
      const names = [second, first, ...rest].filter((name) => name !== undefined);
      return broken("subscriber", replaced("subscriber", "subjectAltName", subjectAltName(names)));
    },
    ...itemTypes.map(({ typeId }) => () => {
      const five = itemNames(request.items).filter((name) => name.kind === "otherName" && name.typeId !== typeId);
      return broken("subscriber", replaced("subscriber", "subjectAltName", subjectAltName(five)));
    }),
    () => {
      const seven = [...itemNames(request.items), { kind: "dNSName", name: "example.jp" } as const];
      return broken("subscriber", replaced("subscriber", "subjectAltName", subjectAltName(seven)));
    },
  ],
  "cps/3-1-7-item-forms": [
    () => broken("subscriber", withItems({ dateOfBirth: "319890108" })),
    () => broken("subscriber", withItems({ gender: "4" as "3" })),
    () => broken("subscriber", withItems({ address: "千".repeat(201), addressSubstitutions: "0".repeat(201) })),
    () => broken("subscriber", withItems({ name: "", nameSubstitutions: "" })),
  ],
  "cps/3-1-8-repertoire": [
    () => broken("subscriber", withItems({ name: "山田　髙子" })),
    () => broken("subscriber", withItems({ address: `${request.items.address.slice(0, -1)}﨑` })),
  ],
  "cps/3-1-8-substitution-flags": [
    () => broken("subscriber", withItems({ nameSubstitutions: "0000" })),
    () =>
      broken("subscriber", withItems({ addressSubstitutions: request.items.addressSubstitutions.replace("0", "2") })),
  ],
  "cps/4-4-4-4-distribution-point": [
    () => broken("subscriber", subscriber, { generation: 2 }),
    () => broken("ocsp-responder", right["ocsp-responder"], { generation: 2 }),
    () => {
      const other = crlDistributionPoints([{ kind: "uniformResourceIdentifier", uri: "http://example.jp/crl" }]);
      return broken("subscriber", replaced("subscriber", "cRLDistributionPoints", other));
    },
  ],
  "cps/1-2-responder-key": [
    () => {
      const purposes = extendedKeyUsage(["OCSPSigning", "clientAuth"]);
      return broken("ocsp-responder", replaced("ocsp-responder", "extKeyUsage", purposes));
    },
    () => {
      const usage = keyUsage(["digitalSignature", "nonRepudiation"]);
      return broken("ocsp-responder", replaced("ocsp-responder", "keyUsage", usage));
    },
    () => broken("ocsp-responder", changed("ocsp-responder", { subject: chibaAuthority.issuer })),
  ],
  "cps/1-3-2-responder-year": [
    () => {
      const { validity } = right["ocsp-responder"];
      const longer = { ...validity, notAfter: seconds(validity.notAfter, 1) };
      return broken("ocsp-responder", changed("ocsp-responder", { validity: longer }));
    },
  ],
  "cps/6-1-2-3-subscriber-key": [
    () => {
      const spki = shortKey.subjectPublicKeyInfo;
      const { extensions } = replaced("subscriber", "subjectKeyIdentifier", subjectKeyIdentifier(keyIdentifier(spki)));
      return broken("subscriber", changed("subscriber", { subjectPublicKeyInfo: spki, extensions }));
    },
  ],
  "cps/6-1-1-2-governor-key": [
    () => {
      const spki = shortKey.subjectPublicKeyInfo;
      const wrong = authorityKeyIdentifier(keyIdentifier(spki));
      return broken("subscriber", replaced("subscriber", "authorityKeyIdentifier", wrong), { issuerKey: spki });
    },
  ],
  "cps/6-1-2-5-subscriber-key-signs": [
    () => {
      const usage = keyUsage(["digitalSignature", "nonRepudiation", "keyEncipherment"]);
      return broken("subscriber", replaced("subscriber", "keyUsage", usage));
    },
    () => broken("subscriber", replaced("subscriber", "keyUsage", keyUsage(["digitalSignature"]))),
  ],
  "cps/6-1-1-4-governor-key-signs": [
    () => {
      const usage = keyUsage(["keyCertSign", "cRLSign", "keyAgreement"]);
      return broken("self-signed", replaced("self-signed", "keyUsage", usage));
    },
  ],
  "cps/7-1-3-ten-years": [
    () => {
      const validity = {
        ...right["self-signed"].validity,
        notAfter: seconds(right["self-signed"].validity.notAfter, 1),
      };
      return broken("self-signed", changed("self-signed", { validity }));
    },
  ],
  "cps/7-1-1-signature-algorithm": [
    () => broken("subscriber", changed("subscriber", { signatureAlgorithm: "sha1WithRSAEncryption" })),
    () => broken("equipment", changed("equipment", { signatureAlgorithm: "ecdsa-with-SHA384" })),
  ],
  "profile/required-extensions": subscriber.extensions.map(({ oid }) => () => {
    const extensions = subscriber.extensions.filter((one) => one.oid !== oid);
    return broken("subscriber", changed("subscriber", { extensions }));
  }),
  "profile/no-other-extensions": [
    () => {
      const extra = { oid: "1.3.6.1.5.5.7.1.1", critical: false, value: sequence() } as const;
      return broken("subscriber", changed("subscriber", { extensions: [...subscriber.extensions, extra] }));
    },
  ],
  "profile/criticality": subscriber.extensions.map(({ oid }) => () => {
    const extensions = subscriber.extensions.map((one) =>
      one.oid === oid ? { ...one, critical: !one.critical } : one,
    );
    return broken("subscriber", changed("subscriber", { extensions }));
  }),
  "profile/extension-order": [
    () => broken("subscriber", changed("subscriber", { extensions: subscriber.extensions.toReversed() })),
  ],
  "profile/serial-number-length": [
    () => {
      const serialNumber = parseSerialNumber("7f".repeat(16));
      if (serialNumber === undefined) throw new Error("not a serial number");
      return broken("subscriber", changed("subscriber", { serialNumber }));
    },
  ],
  "profile/authority-key-identifier-only": [
    () => {
      const identifier = contextPrimitive(0, keyIdentifier(authority.key.subjectPublicKeyInfo));
      const value = sequence(identifier, contextPrimitive(2, Uint8Array.of(1)));
      return broken("subscriber", replaced("subscriber", "authorityKeyIdentifier", { value }));
    },
  ],
  "profile/equipment-issuer": [() => broken("equipment", changed("equipment", { issuer: chibaAuthority.issuer }))],
  "profile/equipment-identity": [
    () => {
      const subject = right.equipment.subject.map((one) => (one.type === "O" ? { ...one, value: "122025" } : one));
      return broken("equipment", changed("equipment", { subject }));
    },
    () => {
      const agent = tbsOf(authority.equip("agent", "121002", "honcho").certificate);
      const policies = agent.extensions.find(({ oid }) => oid === extensionOids.certificatePolicies);
      return policies ? broken("equipment", replaced("equipment", "certificatePolicies", policies)) : [];
    },
  ],
  "profile/equipment-key-usage": [
    () => broken("equipment", replaced("equipment", "extKeyUsage", extendedKeyUsage(["serverAuth"]))),
    () => broken("equipment", replaced("equipment", "keyUsage", keyUsage(["digitalSignature", "keyAgreement"]))),
  ],
  "profile/equipment-key": [
    () => {
      const spki = makeSoftKey({ kind: "ec", curve: "P-384" }).subjectPublicKeyInfo;
      const { extensions } = replaced("equipment", "subjectKeyIdentifier", subjectKeyIdentifier(keyIdentifier(spki)));
      return broken("equipment", changed("equipment", { subjectPublicKeyInfo: spki, extensions }));
    },
  ],
  "profile/equipment-period": [
    () => {
      const { validity } = right.equipment;
      const longer = { ...validity, notAfter: seconds(validity.notAfter, 1) };
      return broken("equipment", changed("equipment", { validity: longer }));
    },
  ],
  "profile/equipment-root-path-length": [
    () => broken("equipment-root", replaced("equipment-root", "basicConstraints", basicConstraints())),
  ],
};

describe("rule book", () => {
  it.each(Object.keys(right) as CertificateKind[])("is silent about a right %s certificate", (kind) => {
    expect(broken(kind, right[kind])).toEqual([]);
  });

  it("has a certificate here that breaks each rule", () => {
    expect(Object.keys(breakings).toSorted()).toEqual(ruleBook.map(({ id }) => id).toSorted());
  });

  const claims: Readonly<Record<string, string>> = {
    "cps/1-2-policy": "[C-1-2.1] [C-1-2.2] [C-1-2.5] [C-1-2.6] ",
    "cps/1-3-2-responder-year": "[C-1-3-2.5] ",
    "cps/1-3-2-three-years": "[C-1-3-2.2] ",
    "cps/3-1-1-subject-name": "[C-3-1-1.1] ",
    "cps/3-1-2-issuer-name": "[C-3-1-2.1] ",
    "cps/4-2-2-six-names": "[C-3-1-2.2] [C-4-2-2.2] ",
    "cps/3-1-8-substitution-flags": "[C-3-1-8.3] ",
    "cps/6-1-1-4-governor-key-signs": "[C-6-1-1-4.1] ",
    "cps/6-1-2-5-subscriber-key-signs": "[C-1-3-2.1] [C-6-1-2-5.1] ",
  };
  describe.each(Object.entries(breakings))("%s", (id, certificates) => {
    it.each(certificates.map((certificate, index) => [index + 1, certificate] as const))(
      `${claims[id] ?? ""}is broken, and no other rule, by certificate %i`,
      (_number, certificate) => {
        expect(certificate()).toEqual([id]);
      },
    );
  });
});
