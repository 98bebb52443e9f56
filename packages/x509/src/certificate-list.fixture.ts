import { createHash } from "node:crypto";
import { frameTbsCertList, type TbsCertListFields } from "./certificate-list.ts";
import { encodeRevokedCertificates, type RevokedCertificate } from "./crl-entries.ts";
import { crlNumber, issuingDistributionPoint, nextPublish } from "./crl-extensions.ts";
import { authorityKeyIdentifier } from "./extensions.ts";
import type { GeneralName } from "./general-name.ts";
import { type SerialNumber, serialNumberFromRandom } from "./serial-number.ts";

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

/** A serial number that is the same in every run. */
export function serial(number: number): SerialNumber {
  return serialNumberFromRandom(createHash("sha1").update(`${number}`).digest());
}

export const keyIdentifier: Uint8Array = createHash("sha1").update("key").digest();
export const point = {
  kind: "directoryName",
  name: [
    { type: "C", value: "JP" },
    { type: "CN", value: "千葉市 CRLDP" },
  ],
} as const satisfies GeneralName;

export const fields: TbsCertListFields = {
  signatureAlgorithm: "sha256WithRSAEncryption",
  issuer: [
    { type: "C", value: "JP" },
    { type: "CN", value: "The Governor" },
  ],
  thisUpdate: new Date("2026-11-22T03:00:00Z"),
  nextUpdate: new Date("2026-11-25T03:00:00Z"),
  extensions: [
    authorityKeyIdentifier(keyIdentifier),
    crlNumber(257n),
    issuingDistributionPoint([point], "userCerts"),
    nextPublish(new Date("2026-11-23T03:00:00Z")),
  ],
};

/** A TBSCertList held whole. */
export function tbsCertList(list: TbsCertListFields, entries: readonly RevokedCertificate[]): Uint8Array {
  const encoded = encodeRevokedCertificates(entries);
  const { before, after } = frameTbsCertList(list, encoded.length);
  return Buffer.concat([before, encoded, after]);
}
