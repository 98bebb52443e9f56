import { type CrlReason, crlReasonCodes } from "./crl-reason.ts";
import { brandDer, type Der } from "./der.ts";
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  element,
  objectIdentifier,
  octetString,
  sequence,
} from "./der-writer.ts";
import type { CertId } from "./ocsp-cert-id.ts";
import { encodeNonce } from "./ocsp-request.ts";
import { type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";

/** CertStatus of RFC 6960 §2.2; a revocation without a reason has none in the answer either. */
export type OcspCertStatus =
  | { readonly kind: "good" }
  | { readonly kind: "revoked"; readonly revocationTime: Date; readonly revocationReason: CrlReason | undefined }
  | { readonly kind: "unknown" };

/** The answer about one certificate; instants have whole seconds. */
export interface OcspSingleResponse {
  readonly certId: Pick<CertId, "encoded">;
  readonly certStatus: OcspCertStatus;
  /** When the status was known to be this. */
  readonly thisUpdate: Date;
  /** When newer knowledge can be had at the latest. */
  readonly nextUpdate: Date | undefined;
}

/** What the responder signs. */
export interface OcspResponseDataFields {
  /** SHA-1 over the bits of the responder's public key, 20 octets (RFC 6960 §4.2.1: KeyHash). */
  readonly responderKeyHash: Uint8Array;
  readonly producedAt: Date;
  readonly responses: readonly OcspSingleResponse[];
  /** The value of the request's nonce extension. */
  readonly nonce: Uint8Array | undefined;
}

/** What is answered instead of a status (RFC 6960 §4.2.1: OCSPResponseStatus). */
export const ocspErrorCodes = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;
/** The name of such an answer. */
export type OcspError = keyof typeof ocspErrorCodes;

/** id-pkix-ocsp-basic. */
export const ocspBasicOid = "1.3.6.1.5.5.7.48.1.1";

const good = contextPrimitive(0, new Uint8Array());
const unknown = contextPrimitive(2, new Uint8Array());
const basicResponseType = objectIdentifier(ocspBasicOid);
const successful = Uint8Array.of(0x0a, 0x01, 0x00);

/**
 * ```asn1
 * ResponseData ::= SEQUENCE {                    -- RFC 6960 §4.2.1, EXPLICIT TAGS
 *   version [0] Version DEFAULT v1,
 *   responderID CHOICE { byName [1] Name, byKey [2] KeyHash },   -- here by key
 *   producedAt GeneralizedTime,
 *   responses SEQUENCE OF SingleResponse,
 *   responseExtensions [1] Extensions OPTIONAL }
 * ```
 */
export function encodeOcspResponseData(fields: OcspResponseDataFields): Der<"ResponseData"> {
  const { responderKeyHash, producedAt, responses, nonce } = fields;
  return brandDer(
    sequence(
      contextConstructed(2, octetString(responderKeyHash)),
      generalizedTime(producedAt),
      sequence(...responses.map(encodeSingleResponse)),
      ...(nonce === undefined ? [] : [contextConstructed(1, sequence(encodeNonce(nonce)))]),
    ),
  );
}

/**
 * ```asn1
 * SingleResponse ::= SEQUENCE {
 *   certID CertID, certStatus CertStatus, thisUpdate GeneralizedTime,
 *   nextUpdate [0] GeneralizedTime OPTIONAL, singleExtensions [1] Extensions OPTIONAL }
 * ```
 */
function encodeSingleResponse({ certId, certStatus, thisUpdate, nextUpdate }: OcspSingleResponse): Uint8Array {
  const status = encodeCertStatus(certStatus);
  const end = nextUpdate === undefined ? [] : [contextConstructed(0, generalizedTime(nextUpdate))];
  return sequence(certId.encoded, status, generalizedTime(thisUpdate), ...end);
}

/**
 * ```asn1
 * CertStatus ::= CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL }
 * RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] CRLReason OPTIONAL }
 * ```
 */
function encodeCertStatus(status: OcspCertStatus): Uint8Array {
  switch (status.kind) {
    case "good":
      return good;
    case "unknown":
      return unknown;
    case "revoked": {
      const { revocationTime, revocationReason } = status;
      const time = generalizedTime(revocationTime);
      if (revocationReason === undefined) return contextConstructed(1, time);
      const code = Uint8Array.of(0x0a, 0x01, crlReasonCodes[revocationReason]);
      return contextConstructed(1, time, contextConstructed(0, code));
    }
  }
}

/** GeneralizedTime in Zulu to the second (RFC 6960 §4.2.2.1, RFC 5280 §4.1.2.5.2), in every year. */
function generalizedTime(instant: Date): Uint8Array {
  const iso = instant.toISOString();
  if (iso.length !== 24 || !iso.endsWith(".000Z"))
    throw new RangeError("an OCSP time has whole seconds and a year of four digits");
  const digits = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}`;
  return element(0x18, Buffer.from(`${digits}Z`, "latin1"));
}

/**
 * A successful OCSPResponse around what was signed; the responder's certificate comes first among `certificates`.
 *
 * ```asn1
 * OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] SEQUENCE {
 *   responseType OBJECT IDENTIFIER, response OCTET STRING } OPTIONAL }
 * BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm AlgorithmIdentifier,
 *   signature BIT STRING, certs [0] SEQUENCE OF Certificate OPTIONAL }
 * ```
 */
export function assembleOcspResponse(
  tbs: Der<"ResponseData">,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
  certificates: readonly Der<"Certificate">[],
): Der<"OCSPResponse"> {
  const certs = certificates.length === 0 ? [] : [contextConstructed(0, sequence(...certificates))];
  const basic = sequence(tbs, signatureAlgorithms[algorithm].encoded, bitString(signature), ...certs);
  return brandDer(sequence(successful, contextConstructed(0, sequence(basicResponseType, octetString(basic)))));
}

/** The OCSPResponse that answers with no status; it is not signed. */
export function ocspError(error: OcspError): Der<"OCSPResponse"> {
  return brandDer(sequence(Uint8Array.of(0x0a, 0x01, ocspErrorCodes[error])));
}
