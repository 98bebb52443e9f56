/**
 * The one-time code that a machine is enrolled with: which ticket, a secret of 128 bits, and the SHA-256 of the equipment
 * root, so that the machine knows the authority's server before it has a certificate of its own.
 */
import { hkdfSync } from "node:crypto";

/** What a code says. */
export interface EnrolmentCode {
  readonly ticketId: string;
  /** 16 octets. */
  readonly secret: Uint8Array;
  /** SHA-256 of the equipment root's certificate, 32 octets. */
  readonly rootHash: Uint8Array;
}

const prefix = "mitome-";

/** `mitome-` and 64 octets in base64url. */
export function formatEnrolmentCode({ ticketId, secret, rootHash }: EnrolmentCode): string {
  const ticket = Buffer.from(ticketId.replaceAll("-", ""), "hex");
  return `${prefix}${Buffer.concat([ticket, secret, rootHash]).toString("base64url")}`;
}

/** The code again, or `undefined` when the text is none. */
export function parseEnrolmentCode(text: string): EnrolmentCode | undefined {
  const octets = text.startsWith(prefix) ? Buffer.from(text.slice(prefix.length), "base64url") : undefined;
  if (octets?.length !== 64) return undefined;
  const ticketId = octets.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { ticketId, secret: octets.subarray(16, 32), rootHash: octets.subarray(32) };
}

/** What is stored of a code, and authenticates the certification request: HKDF-SHA256 of its secret, 32 octets. */
export function enrolmentCodeKey({ ticketId, secret }: Pick<EnrolmentCode, "ticketId" | "secret">): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, ticketId, "mitome-enrolment-code-v1", 32));
}
