/**
 * The policy of every page: only what this server serves, scripts by the request's nonce, nothing in frames, no
 * inline style or script. The server sets it on the answer, and on the request as well, where Next reads the nonce.
 *
 * `nonce` is 16 fresh random bytes in base64 for each request.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
