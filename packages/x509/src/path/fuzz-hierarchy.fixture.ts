/** A hierarchy that uses every extension with a rule, with who signed each part of it. */
import { crlNumber, issuingDistributionPoint } from "../crl-extensions.ts";
import { DerReader } from "../der-reader.ts";
import { contextConstructed, contextPrimitive, objectIdentifier, sequence, unsignedInteger } from "../der-writer.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from "../extensions.ts";
import {
  authority,
  certify,
  cn,
  extension,
  type Holder,
  later,
  list,
  root,
  type Signer,
  seal,
  seededSigner,
} from "./hierarchy.fixture.ts";

/** A certificate or list, and how to sign it anew. */
export interface Part {
  readonly kind: "certificate" | "list";
  readonly der: Uint8Array;
  readonly signer: Signer;
}

const [p1, p2, p3] = ["1.3.6.1.4.1.32473.9.1", "1.3.6.1.4.1.32473.9.2", "1.3.6.1.4.1.32473.9.3"] as const;
const small = (number: number): Uint8Array => Uint8Array.of(number);
const dns = (name: string) => sequence(contextPrimitive(2, Buffer.from(name)));
const point = { kind: "directoryName", name: [{ type: "CN", value: "Point" }] } as const;
const usage = keyUsage(["keyCertSign", "cRLSign"]);

const same = (seed: string) => ({
  signer: seededSigner(seed),
  serialNumber: Buffer.from(`0${seed}`),
});

export const fuzzRoot: Holder = root("Root", same("root"));

const upper = authority(fuzzRoot, "Upper", {
  ...same("upper"),
  extensions: [
    basicConstraints(3),
    usage,
    subjectKeyIdentifier(small(1)),
    certificatePolicies([p1, p3]),
    extension("2.5.29.33", sequence(sequence(objectIdentifier(p1), objectIdentifier(p2))), true),
    extension(
      "2.5.29.30",
      sequence(
        contextConstructed(0, dns("example.jp"), sequence(contextPrimitive(1, Buffer.from(".example.jp")))),
        contextConstructed(
          1,
          dns("secret.example.jp"),
          sequence(contextPrimitive(7, Buffer.from([10, 0, 0, 0, 255, 0, 0, 0]))),
        ),
      ),
      true,
    ),
  ],
});
const lower = authority(upper, "Lower", {
  ...same("lower"),
  extensions: [
    basicConstraints(0),
    usage,
    authorityKeyIdentifier(small(1)),
    subjectKeyIdentifier(small(2)),
    certificatePolicies([p2, "2.5.29.32.0"]),
    extension("2.5.29.36", sequence(contextPrimitive(0, small(0)), contextPrimitive(1, small(0))), true),
    extension("2.5.29.54", unsignedInteger(small(0)), true),
  ],
});
const target = certify(lower, {
  ...same("target"),
  subject: cn("Target"),
  extensions: [
    keyUsage(["digitalSignature"]),
    authorityKeyIdentifier(small(2)),
    subjectAltName([{ kind: "dNSName", name: "www.example.jp" }]),
    certificatePolicies([p2]),
    extendedKeyUsage(["serverAuth"]),
    crlDistributionPoints([point]),
  ],
});
const other = certify(lower, same("other"));
const numbered = (number: bigint) => [crlNumber(number), issuingDistributionPoint([point], "userCerts")];

/** The parts of the path, the target last among its certificates. */
export const fuzzParts: readonly Part[] = [
  { kind: "list", der: list(fuzzRoot), signer: fuzzRoot.signer },
  { kind: "list", der: list(upper, { extensions: [crlNumber(1n)] }), signer: upper.signer },
  { kind: "list", der: list(lower, { extensions: numbered(7n), entries: [{ of: other }] }), signer: lower.signer },
  {
    kind: "list",
    der: list(lower, {
      extensions: [...numbered(8n), extension("2.5.29.27", crlNumber(7n).value, true)],
      entries: [{ of: other }],
      thisUpdate: later(-0.5),
    }),
    signer: lower.signer,
  },
  { kind: "certificate", der: upper.certificate, signer: fuzzRoot.signer },
  { kind: "certificate", der: lower.certificate, signer: upper.signer },
  { kind: "certificate", der: target.certificate, signer: lower.signer },
];

/** What of a certificate or list is signed. */
export function toBeSigned(der: Uint8Array): Uint8Array {
  return new DerReader(der).sequence().any();
}

/** The part with other octets, signed by who signed it. */
export function signAnew({ signer }: Pick<Part, "signer">, tbs: Uint8Array): Uint8Array {
  return seal(tbs, signer);
}
