import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** Who an equipment certificate says its holder is: `urn:mitome:equipment:<authority>:<kind>:<municipality>:<place>`. */
export interface EquipmentIdentity {
  readonly authority: string;
  readonly kind: string;
  readonly municipality: string;
  readonly place: string;
}

/** This server's own certificate and key, and the root under which its neighbours' stand. */
export interface ServerEquipment {
  readonly rootPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly identity: EquipmentIdentity;
}

/** Reads the identity of a certificate; null unless it has exactly one URI, of our form. */
export function equipmentIdentity(certificate: X509Certificate): EquipmentIdentity | null {
  const uris = (certificate.subjectAltName ?? "").split(", ").filter((name) => name.startsWith("URI:"));
  const found = /^URI:urn:mitome:equipment:([a-z][a-z0-9-]{1,31}):([a-z-]+):(\d{6}|-):([A-Za-z0-9-]{1,64})$/.exec(
    uris[0] ?? "",
  );
  if (uris.length !== 1 || found === null) return null;
  const [, authority = "", kind = "", municipality = "", place = ""] = found;
  return { authority, kind, municipality, place };
}

/** Reads this server's equipment; refuses a certificate that is not a server's of this municipality. */
export function readServerEquipment(
  files: { readonly root: string; readonly certificate: string; readonly key: string },
  authority: string,
  municipality: string,
): ServerEquipment {
  const rootPem = readFileSync(files.root, "utf8");
  const certificatePem = readFileSync(files.certificate, "utf8");
  const keyPem = readFileSync(files.key, "utf8");
  const certificate = new X509Certificate(certificatePem);
  const identity = equipmentIdentity(certificate);
  if (identity?.kind !== "server" || identity.municipality !== municipality || identity.authority !== authority) {
    throw new Error("the certificate is not one of a server of this municipality and authority");
  }
  return { rootPem, certificatePem, keyPem, certificate, key: createPrivateKey(keyPem), identity };
}
