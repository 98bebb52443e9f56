import { createHash } from "node:crypto";
import {
  type EquipmentIdentity,
  encodeName,
  equipmentIdentityOf,
  extensionOids,
  MalformedDer,
  parseCertificate,
  parseCertificatePolicies,
  type SerialNumber,
  type VerificationKey,
  verificationKey,
  verifySignature,
} from "@mitome/x509";
import { equipmentPolicy, equipmentRootName } from "./equipment.ts";
import { equipmentSignatureAlgorithm } from "./signature-suite.ts";

/** A machine whose certificate the authority's equipment root signed; whether it is still valid is asked at each use. */
export interface KnownEquipment extends EquipmentIdentity {
  readonly fingerprint: string;
  readonly serial: SerialNumber;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: VerificationKey;
}

const cacheSize = 1024;

/** SHA-256 of a certificate in lower-case hexadecimal. */
export function certificateFingerprint(certificate: Uint8Array): string {
  return createHash("sha256").update(certificate).digest("hex");
}

/** Recognises the certificates of one authority's machines by its pinned equipment root key, and remembers them. */
export class EquipmentTrust {
  readonly #authority: string;
  readonly #rootKey: VerificationKey;
  readonly #issuer: Uint8Array;
  readonly #known = new Map<string, KnownEquipment>();

  constructor(authority: string, rootPublicKeyInfo: Uint8Array) {
    this.#authority = authority;
    this.#rootKey = verificationKey(rootPublicKeyInfo);
    this.#issuer = encodeName(equipmentRootName(authority));
  }

  /** The machine behind a certificate in DER; `undefined` for any certificate that is not of this root and profile. */
  recognise(certificate: Uint8Array): KnownEquipment | undefined {
    const fingerprint = certificateFingerprint(certificate);
    const known = this.#known.get(fingerprint);
    if (known !== undefined) return known;
    const equipment = this.#read(certificate, fingerprint);
    if (equipment === undefined) return undefined;
    if (this.#known.size >= cacheSize) this.#known.clear();
    this.#known.set(fingerprint, equipment);
    return equipment;
  }

  #read(bytes: Uint8Array, fingerprint: string): KnownEquipment | undefined {
    try {
      const certificate = parseCertificate(bytes);
      const { tbs, signature, signatureAlgorithm, validity } = certificate;
      if (signatureAlgorithm !== equipmentSignatureAlgorithm) return undefined;
      if (Buffer.compare(certificate.encodedIssuer, this.#issuer) !== 0) return undefined;
      if (!verifySignature(this.#rootKey, signatureAlgorithm, tbs, signature)) return undefined;
      // The root itself has no equipment policy, so it is nobody's certificate.
      const identity = equipmentIdentityOf(certificate);
      const policies = certificate.extensions.find(({ oid }) => oid === extensionOids.certificatePolicies);
      if (identity === undefined || identity.authority !== this.#authority || policies === undefined) return undefined;
      const [policy, ...others] = parseCertificatePolicies(policies.value);
      if (policy?.policyIdentifier !== equipmentPolicy(identity.kind) || others.length > 0) return undefined;
      const key = verificationKey(certificate.subjectPublicKeyInfo);
      return { ...identity, ...validity, fingerprint, serial: certificate.serialNumber, key };
    } catch (cause) {
      if (cause instanceof MalformedDer) return undefined;
      throw cause;
    }
  }
}
