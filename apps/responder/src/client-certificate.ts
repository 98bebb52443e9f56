/** Whose client certificate a request comes with: the connection's own, or what the proxy that ended TLS says. */
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { fingerprintOf } from "./identify-asker.ts";

const ofConnection = new WeakMap<TLSSocket, string>();

/** Fingerprint of the certificate that the peer showed and has the key of; whether it is registered is not asked here. */
export function clientOfConnection({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const known = ofConnection.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const fingerprint = fingerprintOf(certificate.raw);
  ofConnection.set(socket, fingerprint);
  return fingerprint;
}

/** What proxies say again and again, and the fingerprint in it; a few connections a verifier. */
const ofHeader = new Map<string, string>();
const mostRemembered = 4_096;

/**
 * Fingerprint of the certificate in `Mitome-Client-Certificate`, which the proxy overwrites on every request: PEM with
 * percent signs (nginx `$ssl_client_escaped_cert`) or base64 of DER (HAProxy `ssl_c_der,base64`); empty for nobody.
 */
export function clientSaidByProxy({ headers }: IncomingMessage): string | undefined {
  const header = headers["mitome-client-certificate"];
  if (typeof header !== "string" || header === "") return undefined;
  const known = ofHeader.get(header);
  if (known !== undefined) return known;
  const certificate = certificateIn(header);
  if (certificate === undefined) return undefined;
  if (ofHeader.size >= mostRemembered) ofHeader.clear();
  const fingerprint = fingerprintOf(certificate);
  ofHeader.set(header, fingerprint);
  return fingerprint;
}

function certificateIn(header: string): Uint8Array | undefined {
  try {
    const text = decodeURIComponent(header).replace(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, "");
    return Buffer.from(text, "base64");
  } catch {
    return undefined;
  }
}
