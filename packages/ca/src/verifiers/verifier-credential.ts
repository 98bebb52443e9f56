/** How a verifier shows who it is: a client certificate for HTTPS and signed OCSP requests, and a name for LDAP binds. */
import { canonicalKeyHash, type Der, type SerialNumber } from "@mitome/x509";
import { possessedKey } from "../equipment-request.ts";
import { checkPublicKey } from "../public-key-checks.ts";
import { equipmentKey } from "../signature-suite.ts";
import { hasEnded } from "../validity.ts";
import type { Verifier } from "./verifier.ts";

/** A credential given to a verifier. A withdrawn one never comes back; a new one is given. */
export type VerifierCredential =
  | {
      readonly kind: "clientCertificate";
      readonly verifierId: string;
      /** SHA-256 of the certificate in lower-case hexadecimal; by this the verifier is found at each connection. */
      readonly fingerprint: string;
      readonly serial: SerialNumber;
      readonly notBefore: Date;
      readonly notAfter: Date;
      readonly withdrawnAt: Date | null;
    }
  | {
      readonly kind: "ldapBind";
      readonly verifierId: string;
      /** `bindNameOf`; the password's hash is the directory's alone. */
      readonly bindName: string;
      readonly notBefore: Date;
      readonly withdrawnAt: Date | null;
    };

/** Why a credential is withdrawn; the words are RFC 5280's where it has them. */
export const withdrawalReasons = ["keyCompromise", "superseded", "cessationOfOperation"] as const;
/** One of the reasons. */
export type WithdrawalReason = (typeof withdrawalReasons)[number];

/** What names a credential: the fingerprint of a certificate, the name to bind with. */
export function credentialName(credential: VerifierCredential): string {
  return credential.kind === "clientCertificate" ? credential.fingerprint : credential.bindName;
}

/** Whether a credential identifies its verifier at this instant; validity includes its last second (RFC 5280 §4.1.2.5). */
export function isLiveCredential(credential: VerifierCredential, now: Date): boolean {
  if (now < credential.notBefore) return false;
  if (credential.withdrawnAt !== null && credential.withdrawnAt <= now) return false;
  return credential.kind === "ldapBind" || !hasEnded(credential.notAfter, now);
}

/** The common name of a verifier's entry in the directory. */
export function bindNameOf({ id }: Pick<Verifier, "id">): string {
  return `verifier-${id}`;
}

/** A verifier's key that may be certified, or why its request is not taken. */
export type VerifierKeyDecision =
  | {
      readonly kind: "accepted";
      readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
      /** `canonicalKeyHash`, 32 octets: a key belongs to one verifier. */
      readonly keyHash: Uint8Array;
    }
  | { readonly kind: "refused"; readonly reason: "requestNotGood" | "keyNotAllowed" };

/** Decides a PKCS #10 request (DER) that a verifier sent: signed with its own key, on P-256. Its subject is ignored. */
export function decideVerifierKey(certificationRequest: Uint8Array): VerifierKeyDecision {
  const key = possessedKey(certificationRequest);
  if (key === undefined) return { kind: "refused", reason: "requestNotGood" };
  if (checkPublicKey(key, equipmentKey) !== undefined) return { kind: "refused", reason: "keyNotAllowed" };
  return { kind: "accepted", subjectPublicKeyInfo: key, keyHash: canonicalKeyHash(key) };
}

/** The octets of the request in what a verifier sent: PEM, with whatever text stands around it, or DER. */
export function certificationRequestIn(sent: Uint8Array): Uint8Array | undefined {
  if (sent[0] === 0x30) return sent;
  const text = Buffer.from(sent).toString("latin1");
  const body = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]+)-----END/.exec(text)?.[1];
  return body === undefined ? undefined : Buffer.from(body, "base64");
}
