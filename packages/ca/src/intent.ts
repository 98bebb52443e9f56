import type { CertificateKind } from "./profiles/profile.ts";

/** What a signing intent is; the columns of the ledger's row that its MAC covers. Bytes are DER or as they were received. */
export interface SigningIntent {
  /** UUID of the row. */
  readonly id: string;
  readonly authority: string;
  readonly generation: number;
  readonly kind: CertificateKind;
  readonly serial: string;
  readonly tbs: Uint8Array;
  /**
   * subscriber: payload of the municipality's request; equipment: `encodeEquipmentRequest`; OCSP responder: its PKCS#10;
   * the authority's own: `null`.
   */
  readonly request: Uint8Array | null;
  /** subscriber and renewal: by the requester's equipment key; enrolment: the ticket's MAC. */
  readonly requestSignature: Uint8Array | null;
  /** Equipment certificate of the one who asked, DER. */
  readonly requesterCertificate: Uint8Array | null;
}

const domain = Buffer.from("mitome-intent-v1\0", "ascii");

/**
 * The octets under an intent's MAC: a domain tag, then id, authority, generation, kind, serial, tbs, request, signature and
 * requester's certificate, each behind its length in 4 octets, big-endian. Numbers are decimal text; `null` is empty.
 */
export function intentMacInput(intent: SigningIntent): Uint8Array {
  const fields = [
    intent.id,
    intent.authority,
    String(intent.generation),
    intent.kind,
    intent.serial,
    intent.tbs,
    intent.request ?? "",
    intent.requestSignature ?? "",
    intent.requesterCertificate ?? "",
  ];
  const parts: Uint8Array[] = [domain];
  for (const field of fields) {
    const bytes = typeof field === "string" ? Buffer.from(field, "utf8") : field;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}
