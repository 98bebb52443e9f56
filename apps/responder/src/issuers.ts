/** Whose certificates are answered for, and with which key: a responder's certificate and those it speaks for have one issuer. */
import { X509Certificate } from "node:crypto";
import {
  type CertId,
  type Certificate,
  certIdIssuerHashes,
  extendedKeyUsageOids,
  extensionOids,
  keyIdentifier,
  parseCertificate,
  parseExtendedKeyUsage,
  verifySignature,
} from "@mitome/x509";
import type { IssuingGeneration, ResponseSigner } from "./ports.ts";

/** A generation of an authority's key, and the key that it delegated answering to (RFC 6960 §4.2.2.2). */
export interface AnsweredIssuer extends IssuingGeneration {
  readonly signer: ResponseSigner;
  readonly responderCertificate: Certificate;
  readonly responderKeyHash: Uint8Array;
}

/** Why a responder's certificate cannot be used. */
type DelegationProblem = "notACertificate" | "otherIssuer" | "notForOcspSigning" | "otherKey";

/** The configuration names a certificate or key that does not fit; carries which and why. */
class DelegationRefused extends Error {
  override readonly name = "DelegationRefused";
  constructor(issuer: IssuingGeneration, problem: DelegationProblem) {
    super(`the responder's certificate for ${issuer.authority}, generation ${issuer.generation}: ${problem}`);
  }
}

/** The certificate in PEM or DER. */
function readCertificate(bytes: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(new X509Certificate(bytes).raw);
  } catch {
    return undefined;
  }
}

/** Checks that the issuer delegated OCSP signing to this certificate, and that `publicKey` (SubjectPublicKeyInfo) is its key. */
function delegationProblem(
  { issuer, delegated }: { readonly issuer: Certificate; readonly delegated: Certificate },
  publicKey: Uint8Array,
): DelegationProblem | undefined {
  const { signatureAlgorithm, tbs, signature, extensions } = delegated;
  const sameName = Buffer.compare(delegated.encodedIssuer, issuer.encodedSubject) === 0;
  if (!sameName || !verifySignature(issuer.subjectPublicKeyInfo, signatureAlgorithm, tbs, signature))
    return "otherIssuer";
  const usage = extensions.find(({ oid }) => oid === extensionOids.extKeyUsage);
  if (usage === undefined || !parseExtendedKeyUsage(usage.value).includes(extendedKeyUsageOids.OCSPSigning))
    return "notForOcspSigning";
  return Buffer.compare(delegated.subjectPublicKeyInfo, publicKey) === 0 ? undefined : "otherKey";
}

/** What the table of issuers is made from: certificates in PEM or DER, and a signer with its public key. */
interface Delegation extends IssuingGeneration {
  readonly issuerCertificate: Uint8Array;
  readonly responderCertificate: Uint8Array;
  readonly signer: ResponseSigner & { readonly publicKey: Uint8Array };
}

/** The issuers that are answered for, by what CertIDs say of them. */
export class Issuers {
  readonly #byHashes = new Map<string, AnsweredIssuer>();

  /** Throws `DelegationRefused` for a certificate that cannot speak for its issuer. */
  constructor(delegations: readonly Delegation[]) {
    for (const { authority, generation, signer, ...certificates } of delegations) {
      const issuer = readCertificate(certificates.issuerCertificate);
      const delegated = readCertificate(certificates.responderCertificate);
      if (issuer === undefined || delegated === undefined) {
        throw new DelegationRefused({ authority, generation }, "notACertificate");
      }
      const problem = delegationProblem({ issuer, delegated }, signer.publicKey);
      if (problem !== undefined) throw new DelegationRefused({ authority, generation }, problem);
      const responderKeyHash = keyIdentifier(delegated.subjectPublicKeyInfo);
      const answered = { authority, generation, signer, responderCertificate: delegated, responderKeyHash };
      for (const hashAlgorithm of ["sha1", "sha256"] as const) {
        const hashes = certIdIssuerHashes(hashAlgorithm, issuer);
        this.#byHashes.set(keyOf({ hashAlgorithm, ...hashes }), answered);
      }
    }
  }

  /** Who issued the certificate asked about; `undefined` for an issuer, or a digest of it, that is not known here. */
  issuerOf(certId: CertId): AnsweredIssuer | undefined {
    return this.#byHashes.get(keyOf(certId));
  }
}

function keyOf({
  hashAlgorithm,
  issuerNameHash,
  issuerKeyHash,
}: Pick<CertId, "hashAlgorithm" | "issuerNameHash" | "issuerKeyHash">): string {
  return `${hashAlgorithm}:${latin1(issuerNameHash)}:${latin1(issuerKeyHash)}`;
}

/** Octets as a key of a map. */
export function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}
