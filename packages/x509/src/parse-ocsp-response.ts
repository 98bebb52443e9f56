import { crlReasonOf } from "./crl-reason.ts";
import { brandDer, type Der } from "./der.ts";
import { DerReader } from "./der-reader.ts";
import { type Extension, readTaggedExtensions } from "./extensions.ts";
import { type CertId, readCertId } from "./ocsp-cert-id.ts";
import { ocspNonceOid } from "./ocsp-request.ts";
import {
  type OcspCertStatus,
  type OcspError,
  type OcspSingleResponse,
  ocspBasicOid,
  ocspErrorCodes,
} from "./ocsp-response.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm } from "./signature-algorithm.ts";

/** Who signed: named by his key (SHA-1 over its bits), or by his name in DER. */
export type OcspResponderId =
  | { readonly kind: "byKey"; readonly keyHash: Uint8Array }
  | { readonly kind: "byName"; readonly name: Der<"Name"> };

/** A BasicOCSPResponse read back; nothing is verified. */
export interface BasicOcspResponse {
  readonly tbs: Der<"ResponseData">;
  readonly responderId: OcspResponderId;
  readonly producedAt: Date;
  readonly responses: readonly (OcspSingleResponse & {
    readonly certId: CertId;
    readonly extensions: readonly Extension[];
  })[];
  /** The value of the nonce extension. */
  readonly nonce: Uint8Array | undefined;
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  readonly certificates: readonly Der<"Certificate">[];
}

/** An OCSPResponse read back. */
export type OcspResponse =
  | { readonly kind: "error"; readonly error: OcspError }
  | ({ readonly kind: "basic" } & BasicOcspResponse);

/** Reads an OCSPResponse strictly; throws `MalformedDer`, also for a response type other than id-pkix-ocsp-basic. */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  const reader = new DerReader(der);
  const fields = reader.sequence();
  reader.finish();
  const status = readEnumerated(fields);
  if (status !== 0) {
    fields.finish();
    const [error] = Object.entries(ocspErrorCodes).find(([, code]) => code === status) ?? [];
    if (error === undefined) fields.fail("a response status outside RFC 6960");
    return { kind: "error", error: error as OcspError };
  }
  const tagged = fields.enter(0xa0);
  fields.finish();
  const bytes = tagged.sequence();
  tagged.finish();
  if (bytes.objectIdentifier() !== ocspBasicOid) bytes.fail("a response type other than basic");
  const basic = new DerReader(bytes.octetString());
  bytes.finish();
  const response = readBasicResponse(basic.sequence());
  basic.finish();
  return { kind: "basic", ...response };
}

function readBasicResponse(fields: DerReader): BasicOcspResponse {
  const start = fields.offset;
  const data = readResponseData(fields.sequence());
  const tbs = brandDer<"ResponseData">(fields.since(start));
  const signatureAlgorithm = readSignatureAlgorithm(fields);
  const signature = fields.bitString();
  const certificates: Der<"Certificate">[] = [];
  if (fields.startsWith(0xa0)) {
    const tagged = fields.enter(0xa0);
    const list = tagged.sequence();
    tagged.finish();
    while (!list.atEnd) certificates.push(brandDer(list.any()));
  }
  fields.finish();
  return { ...data, tbs, signatureAlgorithm, signature, certificates };
}

function readResponseData(data: DerReader) {
  const responderId = readResponderId(data);
  const producedAt = readGeneralizedTime(data);
  const list = data.sequence();
  const responses: BasicOcspResponse["responses"][number][] = [];
  while (!list.atEnd) responses.push(readSingleResponse(list.sequence()));
  const extensions = readTaggedExtensions(data, 1);
  data.finish();
  const nonce = extensions.find(({ oid }) => oid === ocspNonceOid)?.value;
  return { responderId, producedAt, responses, nonce, extensions };
}

function readResponderId(data: DerReader): OcspResponderId {
  const byName = data.startsWith(0xa1);
  const choice = data.enter(byName ? 0xa1 : 0xa2);
  const responderId: OcspResponderId = byName
    ? { kind: "byName", name: brandDer(choice.any()) }
    : { kind: "byKey", keyHash: choice.octetString() };
  choice.finish();
  return responderId;
}

function readSingleResponse(fields: DerReader): BasicOcspResponse["responses"][number] {
  const certId = readCertId(fields);
  const certStatus = readCertStatus(fields);
  const thisUpdate = readGeneralizedTime(fields);
  let nextUpdate: Date | undefined;
  if (fields.startsWith(0xa0)) {
    const tagged = fields.enter(0xa0);
    nextUpdate = readGeneralizedTime(tagged);
    tagged.finish();
  }
  const extensions = readTaggedExtensions(fields, 1);
  fields.finish();
  return { certId, certStatus, thisUpdate, nextUpdate, extensions };
}

function readCertStatus(fields: DerReader): OcspCertStatus {
  if (!fields.startsWith(0xa1)) {
    const kind = fields.startsWith(0x80) ? "good" : "unknown";
    if (fields.contents(kind === "good" ? 0x80 : 0x82).length !== 0) fields.fail("a status with contents");
    return { kind };
  }
  const revoked = fields.enter(0xa1);
  const revocationTime = readGeneralizedTime(revoked);
  if (revoked.atEnd) return { kind: "revoked", revocationTime, revocationReason: undefined };
  const tagged = revoked.enter(0xa0);
  revoked.finish();
  const revocationReason = crlReasonOf(readEnumerated(tagged)) ?? tagged.fail("a reason outside RFC 5280");
  tagged.finish();
  return { kind: "revoked", revocationTime, revocationReason };
}

function readGeneralizedTime(reader: DerReader): Date {
  if (!reader.startsWith(0x18)) reader.fail("a time that is no GeneralizedTime");
  return reader.time();
}

/** ENUMERATED from 0 to 127: all that these have. */
function readEnumerated(reader: DerReader): number {
  const [value, ...more] = reader.contents(0x0a);
  if (value === undefined || value > 0x7f || more.length > 0) return reader.fail("an ENUMERATED out of its range");
  return value;
}
