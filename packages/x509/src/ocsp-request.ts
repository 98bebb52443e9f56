import { brandDer, type Der } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { bitString, contextConstructed, octetString, sequence } from "./der-writer.ts";
import { type Extension, encodeExtension, readTaggedExtensions } from "./extensions.ts";
import { encodeGeneralName, type GeneralName } from "./general-name.ts";
import { type CertId, readCertId } from "./ocsp-cert-id.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm, signatureAlgorithms } from "./signature-algorithm.ts";

/** id-pkix-ocsp-nonce. */
export const ocspNonceOid = "1.3.6.1.5.5.7.48.1.2";

/** Octets of the longest OCSPRequest that is read: room for the most questions, a signature and its certificates. */
export const largestOcspRequest = 16_384;
/** Certificates that one request may ask about. */
export const mostOcspQuestions = 32;

/** One question of a request. */
export interface OcspQuestion {
  readonly certId: CertId;
  readonly extensions: readonly Extension[];
}

/** The requester's signature over `tbsRequest`; `algorithm` is `undefined` outside the vocabulary. */
export interface OcspRequestSignature {
  readonly tbsRequest: Der<"TBSRequest">;
  readonly algorithm: SignatureAlgorithm | undefined;
  readonly signature: Uint8Array;
  /** Certificates in DER that came with it, none of them read. */
  readonly certificates: readonly Der<"Certificate">[];
}

/** An OCSPRequest read back. */
export interface OcspRequest {
  /** The GeneralName as it came. */
  readonly requestorName: Der<"GeneralName"> | undefined;
  readonly questions: readonly OcspQuestion[];
  /** The value of the nonce extension, to be repeated octet for octet. */
  readonly nonce: Uint8Array | undefined;
  /** Extensions of the request besides its nonce. */
  readonly extensions: readonly Extension[];
  readonly signature: OcspRequestSignature | undefined;
}

/**
 * Reads an OCSPRequest strictly; throws `MalformedDer`, also above {@link largestOcspRequest} octets or
 * {@link mostOcspQuestions} questions. No signature is verified.
 *
 * ```asn1
 * OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] EXPLICIT Signature OPTIONAL }
 * TBSRequest ::= SEQUENCE {                      -- RFC 6960 §4.1.1, EXPLICIT TAGS
 *   version [0] Version DEFAULT v1,
 *   requestorName [1] GeneralName OPTIONAL,
 *   requestList SEQUENCE OF SEQUENCE { reqCert CertID, singleRequestExtensions [0] Extensions OPTIONAL },
 *   requestExtensions [2] Extensions OPTIONAL }
 * ```
 */
export function parseOcspRequest(der: Uint8Array): OcspRequest {
  const reader = new DerReader(der);
  if (der.length > largestOcspRequest) reader.fail("a request longer than any that is read");
  const request = reader.sequence();
  reader.finish();
  const start = request.offset;
  const fields = request.sequence();
  const tbsRequest = brandDer<"TBSRequest">(request.since(start));
  // X.690 §11.5: the only version there is, v1, is the default and not written.
  const requestorName = fields.startsWith(0xa1) ? readRequestorName(fields.enter(0xa1)) : undefined;
  const questions = readQuestions(fields.sequence());
  const extensions = readTaggedExtensions(fields, 2);
  fields.finish();
  const signature = request.startsWith(0xa0) ? readSignature(request.enter(0xa0), tbsRequest) : undefined;
  request.finish();
  const nonces = extensions.filter(({ oid }) => oid === ocspNonceOid);
  const [nonce] = nonces;
  if (nonces.length > 1) fields.fail("two nonces");
  if (nonce !== undefined && !isNonce(nonce.value)) fields.fail("a nonce of no octets or too many");
  const others = nonce === undefined ? extensions : extensions.filter((extension) => extension !== nonce);
  return { requestorName, questions, nonce: nonce?.value, extensions: others, signature };
}

function readRequestorName(choice: DerReader): Der<"GeneralName"> {
  const start = choice.offset;
  const encoded = choice.any();
  const tag = encoded[0] ?? 0;
  if ((tag & 0xc0) !== 0x80 || (tag & 0x1f) > 8) choice.failAt(start, "a name of no form of GeneralName");
  choice.finish();
  return brandDer(encoded);
}

function readQuestions(list: DerReader): readonly OcspQuestion[] {
  if (list.atEnd) list.fail("a request that asks nothing");
  const questions: OcspQuestion[] = [];
  while (!list.atEnd) {
    if (questions.length === mostOcspQuestions) list.fail("more questions than are answered");
    const question = list.sequence();
    const certId = readCertId(question);
    const extensions = readTaggedExtensions(question, 0);
    question.finish();
    questions.push({ certId, extensions });
  }
  return questions;
}

/**
 * `Nonce ::= OCTET STRING (SIZE (1..128))` (RFC 9654 §2.1). RFC 2560 gave its octets no structure, so what is no OCTET
 * STRING is such a nonce, within the same bounds.
 */
function isNonce(value: Uint8Array): boolean {
  const [tag, length = 0, longLength] = value;
  const short = tag === 0x04 && length < 0x80 && length === value.length - 2;
  const long = tag === 0x04 && length === 0x81 && longLength === value.length - 3;
  const octets = value.length - (short ? 2 : long ? 3 : 0);
  return octets >= 1 && octets <= 128;
}

/** `Signature ::= SEQUENCE { signatureAlgorithm, signature BIT STRING, certs [0] SEQUENCE OF Certificate OPTIONAL }`. */
function readSignature(tagged: DerReader, tbsRequest: Der<"TBSRequest">): OcspRequestSignature {
  const fields = tagged.sequence();
  tagged.finish();
  const algorithm = signatureAlgorithmOf(fields.any());
  const signature = fields.bitString();
  const certificates: Der<"Certificate">[] = [];
  if (fields.startsWith(0xa0)) {
    const choice = fields.enter(0xa0);
    const list = choice.sequence();
    choice.finish();
    while (!list.atEnd) certificates.push(brandDer(list.any()));
  }
  fields.finish();
  return { tbsRequest, algorithm, signature, certificates };
}

function signatureAlgorithmOf(encoded: Uint8Array): SignatureAlgorithm | undefined {
  const known = Object.values(signatureAlgorithms).some((facts) => Buffer.compare(facts.encoded, encoded) === 0);
  return known ? readSignatureAlgorithm(new DerReader(encoded)) : undefined;
}

/** What a request asks; `nonce` is the extension's value, an OCTET STRING. */
export interface TbsRequestFields {
  readonly requestorName?: GeneralName | undefined;
  readonly certIds: readonly CertId[];
  readonly nonce?: Uint8Array | undefined;
}

/** A TBSRequest: what a signed request signs, and all of an unsigned one. `nonce` has 1 to 128 octets. */
export function encodeTbsRequest({ requestorName, certIds, nonce }: TbsRequestFields): Der<"TBSRequest"> {
  const name = requestorName === undefined ? [] : [contextConstructed(1, encodeGeneralName(requestorName))];
  const list = sequence(...certIds.map(({ encoded }) => sequence(encoded)));
  const extensions = nonce === undefined ? [] : [contextConstructed(2, sequence(encodeNonce(octetString(nonce))))];
  return brandDer(sequence(...name, list, ...extensions));
}

/** The nonce extension with this value. */
export function encodeNonce(value: Uint8Array): Der<"Extension"> {
  return encodeExtension({ oid: ocspNonceOid, critical: false, value });
}

/** An OCSPRequest, signed when `signed` has a signature over the `tbs`; the signer's certificate comes first. */
export function assembleOcspRequest(
  tbs: Der<"TBSRequest">,
  signed?: Pick<OcspRequestSignature, "signature" | "certificates"> & { readonly algorithm: SignatureAlgorithm },
): Der<"OCSPRequest"> {
  if (signed === undefined) return brandDer(sequence(tbs));
  const { algorithm, signature, certificates } = signed;
  const certs = certificates.length === 0 ? [] : [contextConstructed(0, sequence(...certificates))];
  const fields = sequence(signatureAlgorithms[algorithm].encoded, bitString(signature), ...certs);
  return brandDer(sequence(tbs, contextConstructed(0, fields)));
}
