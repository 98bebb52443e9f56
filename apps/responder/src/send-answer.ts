import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

/** What stands on every answer: nothing runs, nothing is guessed, nobody is told where a reader came from. */
const safety = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** Sends an answer whole. What came with the request is not read: a connection that has more of it ends here. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Uint8Array = "",
): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, {
    ...safety,
    // RFC 9110 §8.6: none of 304, and of HEAD what GET would have.
    ...(status === 304 ? {} : { "content-length": length }),
    ...headers,
    ...(request.complete || hasNoBody(request) ? {} : { connection: "close" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** A sentence for a person. */
export function sendSentence(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  sentence: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const text = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers };
  sendAnswer(request, response, status, text, `${sentence}\n`);
}

/** RFC 9112 §6.3: a request without these has none. */
function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
}
