import { type KeyObject, sign, type X509Certificate } from "node:crypto";
import type { AgentCommand } from "@mitome/card";

/** A command to a device agent as compact JWS (RFC 7515), ES256 by this server's equipment key, certificate in `x5c`. */
export function signCommand(command: AgentCommand, key: KeyObject, certificate: X509Certificate): string {
  const header = { alg: "ES256", typ: "mitome-command+jws", x5c: [certificate.raw.toString("base64")] };
  const signed = [header, command].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(signed, "ascii"), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
