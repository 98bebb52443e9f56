import { createHash } from "node:crypto";

/** What the repository hands out over HTTP; made by the functions beneath it. */
export interface ServedObject {
  readonly bytes: Uint8Array;
  readonly mediaType:
    | "application/pkix-cert"
    | "application/pem-certificate-chain"
    | "application/pkix-crl"
    | "application/pdf";
  /** Strong: the digest of the bytes (RFC 9110 §8.8.3). */
  readonly etag: string;
  readonly lastModified: Date;
  /** Until when a copy is good without asking; `undefined` where a path's content never changes. */
  readonly freshUntil: Date | undefined;
  /** Whether a shared cache may keep it: lists of subscribers are for registered verifiers (運用規程 2-6-3). */
  readonly audience: "anyone" | "verifiers";
}

/** Request headers as node:http gives them: names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer over HTTP; `body` is empty for HEAD, 304, 412 and 416 and never a copy of the object's bytes. */
export interface ObjectAnswer {
  readonly status: 200 | 206 | 304 | 405 | 412 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A certificate in DER under a path that names its digest; `publishedAt` is when it was put there. */
export function certificateObject(der: Uint8Array, publishedAt: Date): ServedObject {
  return object(der, "application/pkix-cert", publishedAt, undefined, "anyone");
}

/** The same certificate in PEM (RFC 7468). */
export function pemObject(der: Uint8Array, publishedAt: Date): ServedObject {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  const pem = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  return object(Buffer.from(pem, "ascii"), "application/pem-certificate-chain", publishedAt, undefined, "anyone");
}

/** A CRL or ARL in DER, good until its next planned issue. */
export function listObject(
  der: Uint8Array,
  issue: { readonly thisUpdate: Date; readonly nextPublish: Date },
  audience: ServedObject["audience"],
): ServedObject {
  return object(der, "application/pkix-crl", issue.thisUpdate, issue.nextPublish, audience);
}

/** A paper that anyone may have until the given instant (運用規程 4-5). */
export function paperObject(pdf: Uint8Array, publishedAt: Date, until: Date): ServedObject {
  return object(pdf, "application/pdf", publishedAt, until, "anyone");
}

function object(
  bytes: Uint8Array,
  mediaType: ServedObject["mediaType"],
  lastModified: Date,
  freshUntil: Date | undefined,
  audience: ServedObject["audience"],
): ServedObject {
  const etag = `"${createHash("sha256").update(bytes).digest("base64url")}"`;
  return { bytes, mediaType, etag, lastModified, freshUntil, audience };
}

const nothing = new Uint8Array();

/**
 * Answers one request for an object as RFC 9110 says: preconditions in the order of §13.2.2, then one range of bytes
 * (§14). Several ranges in one request are answered with the whole, as §14.2 lets a server do.
 */
export function answerForObject(
  object: ServedObject,
  request: { readonly method: string; readonly headers: RequestHeaders },
  now: Date,
): ObjectAnswer {
  const { method, headers } = request;
  if (method !== "GET" && method !== "HEAD") return { status: 405, headers: { allow: "GET, HEAD" }, body: nothing };
  const validators = {
    etag: object.etag,
    "last-modified": object.lastModified.toUTCString(),
    "cache-control": cacheControl(object, now),
  };
  const precondition = preconditionOf(object, headers);
  if (precondition !== undefined) return { status: precondition, headers: validators, body: nothing };
  const whole = { ...validators, "content-type": object.mediaType, "accept-ranges": "bytes" };
  const length = object.bytes.length;
  const range = method === "GET" && ifRangeHolds(object, one(headers, "if-range")) ? one(headers, "range") : undefined;
  const asked = range === undefined ? "whole" : parseRange(range, length);
  if (asked === "unsatisfiable") {
    return { status: 416, headers: { ...validators, "content-range": `bytes */${length}` }, body: nothing };
  }
  if (asked === "whole") {
    const body = method === "HEAD" ? nothing : object.bytes;
    return { status: 200, headers: { ...whole, "content-length": String(length) }, body };
  }
  const { first, last } = asked;
  const part = { "content-range": `bytes ${first}-${last}/${length}`, "content-length": String(last - first + 1) };
  return { status: 206, headers: { ...whole, ...part }, body: object.bytes.subarray(first, last + 1) };
}

/** RFC 9111 §5.2.2: fresh until the next planned issue and not a second longer; after it every use asks. */
function cacheControl({ freshUntil, audience }: ServedObject, now: Date): string {
  const scope = audience === "anyone" ? "public" : "private";
  if (freshUntil === undefined) return `${scope}, max-age=31536000, immutable`;
  const seconds = Math.max(0, Math.floor((freshUntil.getTime() - now.getTime()) / 1_000));
  return `${scope}, max-age=${seconds}, must-revalidate`;
}

/** RFC 9110 §13.2.2, steps 1 to 4. Last-Modified has whole seconds. */
function preconditionOf({ etag, lastModified }: ServedObject, headers: RequestHeaders): 304 | 412 | undefined {
  const modified = Math.floor(lastModified.getTime() / 1_000) * 1_000;
  const ifMatch = one(headers, "if-match");
  const ifUnmodifiedSince = dateOf(one(headers, "if-unmodified-since"));
  if (ifMatch !== undefined) {
    if (!lists(ifMatch, etag, "strong")) return 412;
  } else if (ifUnmodifiedSince !== undefined && modified > ifUnmodifiedSince) return 412;
  const ifNoneMatch = one(headers, "if-none-match");
  if (ifNoneMatch !== undefined) return lists(ifNoneMatch, etag, "weak") ? 304 : undefined;
  const ifModifiedSince = dateOf(one(headers, "if-modified-since"));
  return ifModifiedSince !== undefined && modified <= ifModifiedSince ? 304 : undefined;
}

/** RFC 9110 §13.1.5: an entity tag compared strongly, or exactly the date of Last-Modified. */
function ifRangeHolds({ etag, lastModified }: ServedObject, ifRange: string | undefined): boolean {
  if (ifRange === undefined) return true;
  return ifRange === etag || ifRange === lastModified.toUTCString();
}

/** Whether a field of entity tags names this one (RFC 9110 §8.8.3.2). */
function lists(field: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (field.trim() === "*") return true;
  return [...field.matchAll(/(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g)].some(
    ([, weak, tag]) => tag === etag && (comparison === "weak" || weak === undefined),
  );
}

/** RFC 9110 §14.1.2: what is not one satisfiable range of bytes is the whole, or unsatisfiable. */
function parseRange(
  field: string,
  length: number,
): { readonly first: number; readonly last: number } | "whole" | "unsatisfiable" {
  const match = /^bytes=[ \t]*(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))[ \t]*$/i.exec(field);
  if (match === null) return "whole";
  const [, from, to, suffix] = match;
  if (suffix !== undefined) {
    const wanted = Math.min(Number(suffix), length);
    return wanted === 0 ? "unsatisfiable" : { first: length - wanted, last: length - 1 };
  }
  const first = Number(from);
  const last = to === undefined ? length - 1 : Number(to);
  if (to !== undefined && last < first) return "whole";
  return first >= length ? "unsatisfiable" : { first, last: Math.min(last, length - 1) };
}

// RFC 9110 §5.6.7: the preferred form and the two obsolete ones that everyone must still read.
const httpDates = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** An HTTP-date in milliseconds; a field that is none counts as absent. */
function dateOf(field: string | undefined): number | undefined {
  if (field === undefined || !httpDates.some((form) => form.test(field))) return undefined;
  const time = Date.parse(field.endsWith("GMT") ? field : `${field} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

function one(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "object" ? value.join(", ") : value;
}
