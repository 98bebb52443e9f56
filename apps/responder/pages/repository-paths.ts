import { fingerprintOf } from "./fingerprint.ts";
import type { PublishedCertificate, PublishedList } from "./public-view.ts";

/** Where a certificate lies: named by its SHA-256, so what a path names never changes. */
export function certificatePath({ der }: Pick<PublishedCertificate, "der">, form: "cer" | "pem"): string {
  return `/repository/certificates/${fingerprintOf(der, "SHA-256")}.${form}`;
}

/** Where the newest issue of a public list lies. */
export function listPath({ kind, generation }: Pick<PublishedList, "kind" | "generation">): string {
  return `/repository/${kind}-revocation-lists/${generation}.crl`;
}
