/** OCSP over HTTP (RFC 6960 appendix A, RFC 5019 §5 and §6): what a request's octets are, and how an answer is dressed. */
import { createHash } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { largestOcspRequest } from "@mitome/x509";
import type { SignedAnswer } from "./signed-answer.ts";

/** Where OCSP is answered: POST here, GET below it. */
const ocspPath = "/ocsp";

/** Characters of the longest GET; RFC 5019 §5 asks clients to POST what is longer than 255. */
const longestGet = 4_096;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

/** What the HTTP server says when no OCSP request reached us. */
export interface HttpRefusal {
  readonly status: 404 | 405 | 413 | 414 | 415;
  readonly headers?: OutgoingHttpHeaders;
}

/** The octets of the OCSP request, right or not; or why there are none. Rejects when the connection ends before they do. */
export function ocspRequestIn(request: IncomingMessage): Uint8Array | HttpRefusal | Promise<Uint8Array | HttpRefusal> {
  const { method, url = "" } = request;
  const path = url.split("?", 1)[0] ?? "";
  if (path !== ocspPath && !path.startsWith(`${ocspPath}/`)) return { status: 404 };
  if (method === "GET") return path === ocspPath ? { status: 404 } : octetsInPath(url.slice(ocspPath.length + 1));
  if (method !== "POST") return { status: 405, headers: { allow: "GET, POST" } };
  if (path !== ocspPath && path !== `${ocspPath}/`) return { status: 404 };
  const [type = ""] = (request.headers["content-type"] ?? "").split(";", 1);
  if (type.trim().toLowerCase() !== "application/ocsp-request") return { status: 415 };
  if (Number(request.headers["content-length"] ?? 0) > largestOcspRequest) return { status: 413 };
  return readBody(request);
}

/** RFC 6960 A.1: `{url}/{url-encoding of base-64 encoding of the DER encoding of the OCSPRequest}`. */
function octetsInPath(encoded: string): Uint8Array | HttpRefusal {
  if (encoded.length > longestGet) return { status: 414 };
  try {
    const text = decodeURIComponent(encoded);
    return base64.test(text) ? Buffer.from(text, "base64") : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}

function readBody(request: IncomingMessage): Promise<Uint8Array | HttpRefusal> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= largestOcspRequest) return;
      request.pause();
      resolve({ status: 413 });
    });
    request.once("end", () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    request.once("error", reject);
  });
}

/** An answer that nobody may keep. */
export function unkeptHeaders(response: Uint8Array): OutgoingHttpHeaders {
  return {
    "content-type": "application/ocsp-response",
    "content-length": response.length,
    "cache-control": "no-store",
  };
}

/**
 * RFC 5019 §6.2, for an answer to a GET that may be given again; private, since whoever asks has to be a verifier
 * (千葉県運用規程 4-4-4-3) and every answer is on record.
 */
export function keptHeaders({ response, thisUpdate, nextUpdate }: SignedAnswer, now: Date): OutgoingHttpHeaders {
  const seconds = Math.max(0, Math.floor((nextUpdate.getTime() - now.getTime()) / 1_000));
  return {
    "content-type": "application/ocsp-response",
    "content-length": response.length,
    "last-modified": thisUpdate.toUTCString(),
    expires: nextUpdate.toUTCString(),
    etag: `"${createHash("sha256").update(response).digest("hex")}"`,
    "cache-control": `max-age=${seconds}, private, no-transform, must-revalidate`,
  };
}
