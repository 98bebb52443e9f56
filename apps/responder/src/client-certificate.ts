/** Whose client certificate a request comes with: the connection's own, or what the proxy that ended TLS says. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
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

/** What a proxy said last on each of its connections, and the fingerprint in it: it hardly ever says another. */
const lastSaid = new WeakMap<Socket, { readonly header: string; readonly fingerprint: string }>();

/**
 * Fingerprint of the certificate in `Mitome-Client-Certificate`, which the proxy overwrites on every request: PEM with
 * percent signs (nginx `$ssl_client_escaped_cert`) or base64 of DER (HAProxy `ssl_c_der,base64`); empty for nobody.
 */
export function clientSaidByProxy({ headers, socket }: IncomingMessage): string | undefined {
  const header = headers["mitome-client-certificate"];
  if (typeof header !== "string" || header === "") return undefined;
  const last = lastSaid.get(socket);
  if (last?.header === header) return last.fingerprint;
  const certificate = certificateIn(header);
  if (certificate === undefined) return undefined;
  const fingerprint = fingerprintOf(certificate);
  lastSaid.set(socket, { header, fingerprint });
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
