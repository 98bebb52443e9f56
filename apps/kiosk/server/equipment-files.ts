import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type EquipmentIdentity, equipmentIdentityIn, equipmentUrn } from "@mitome/x509";

/** Where this server's PEM files lie. */
export interface EquipmentFiles {
  readonly root: string;
  readonly certificate: string;
  readonly key: string;
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

/** Reads this server's equipment; refuses a certificate that is not a server's of this municipality. */
export function readServerEquipment(files: EquipmentFiles, authority: string, municipality: string): ServerEquipment {
  takeNext(files);
  const rootPem = readFileSync(files.root, "utf8");
  const equipment = equipmentOf(rootPem, readFileSync(files.certificate, "utf8"), readFileSync(files.key, "utf8"));
  const { identity } = equipment;
  if (identity.kind !== "server" || identity.municipality !== municipality || identity.authority !== authority) {
    throw new Error("the certificate is not one of a server of this municipality and authority");
  }
  return equipment;
}

/**
 * Keeps a renewed certificate with its key in the place of the present ones. Refuses one of another machine, root or
 * key. Killed at any point, the next reading finds the old pair or the new one, never one of each.
 */
export function keepRenewed(
  present: ServerEquipment,
  files: EquipmentFiles,
  renewed: { readonly certificate: string; readonly key: string },
): ServerEquipment {
  const next = equipmentOf(present.rootPem, renewed.certificate, renewed.key);
  const root = new X509Certificate(present.rootPem);
  const isOurs =
    equipmentUrn(next.identity) === equipmentUrn(present.identity) &&
    next.certificate.checkIssued(root) &&
    next.certificate.verify(root.publicKey) &&
    next.certificate.checkPrivateKey(next.key);
  if (!isOurs) throw new Error("the renewed certificate is not this server's");
  writeDurably(nextOf(files.key), next.keyPem);
  // The certificate is written last and moved into its waiting place: with it the pair is whole.
  writeDurably(`${nextOf(files.certificate)}.part`, next.certificatePem);
  renameSync(`${nextOf(files.certificate)}.part`, nextOf(files.certificate));
  takeNext(files);
  return next;
}

const nextOf = (file: string): string => `${file}.next`;

/** Moves a whole waiting pair into its place, the key first; may be done again after any interruption. */
function takeNext({ certificate, key }: EquipmentFiles): void {
  if (!existsSync(nextOf(certificate))) return;
  if (existsSync(nextOf(key))) renameSync(nextOf(key), key);
  renameSync(nextOf(certificate), certificate);
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, "w", 0o600);
  writeFileSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function equipmentOf(rootPem: string, certificatePem: string, keyPem: string): ServerEquipment {
  const certificate = new X509Certificate(certificatePem);
  const identity = equipmentIdentityIn(certificate.raw);
  if (identity === undefined) throw new Error("the certificate names no machine");
  return { rootPem, certificatePem, keyPem, certificate, key: createPrivateKey(keyPem), identity };
}
