/** Certificate lists signed with a key in memory, for tests alone. */
import { sign } from "node:crypto";
import {
  authorityKeyIdentifier,
  brandDer,
  crlNumber,
  type Der,
  type DistinguishedName,
  encodeRevokedCertificates,
  frameCertificateList,
  frameTbsCertList,
  issuingDistributionPoint,
  keyIdentifier,
  type RevokedCertificate,
} from "@mitome/x509";
import type { SoftKey } from "./soft-authority.ts";

/** What a test's list says; it begins at the first hour of 2026 and ends three days later. */
export interface SoftList {
  readonly issuer: DistinguishedName;
  /** Of an RSA pair. */
  readonly key: SoftKey;
  readonly number: number;
  readonly point: DistinguishedName;
  readonly onlyContains: "userCerts" | "caCerts";
  readonly entries?: readonly RevokedCertificate[];
}

/** Signs the list. */
export function softList({ issuer, key, number, point, onlyContains, entries = [] }: SoftList): Der<"CertificateList"> {
  const encoded = encodeRevokedCertificates(entries);
  const fields = {
    signatureAlgorithm: "sha256WithRSAEncryption",
    issuer,
    thisUpdate: new Date("2026-01-01T00:00:00Z"),
    nextUpdate: new Date("2026-01-04T00:00:00Z"),
    extensions: [
      authorityKeyIdentifier(keyIdentifier(key.subjectPublicKeyInfo)),
      crlNumber(BigInt(number)),
      issuingDistributionPoint([{ kind: "directoryName", name: point }], onlyContains),
    ],
  } as const;
  const tbsFrame = frameTbsCertList(fields, encoded.length);
  const tbs = Buffer.concat([tbsFrame.before, encoded, tbsFrame.after]);
  const frame = frameCertificateList(tbs.length, fields.signatureAlgorithm, sign("sha256", tbs, key.privateKey));
  return brandDer(Buffer.concat([frame.before, tbs, frame.after]));
}
