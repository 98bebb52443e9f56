import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type EquipmentIdentity, equipmentIdentityIn } from "@mitome/x509";

/** This server's own certificate and key, and the root under which its neighbours' stand. */
export interface ServerEquipment {
  readonly rootPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly identity: EquipmentIdentity;
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
  const identity = equipmentIdentityIn(certificate.raw);
  if (identity?.kind !== "server" || identity.municipality !== municipality || identity.authority !== authority) {
    throw new Error("the certificate is not one of a server of this municipality and authority");
  }
  return { rootPem, certificatePem, keyPem, certificate, key: createPrivateKey(keyPem), identity };
}
