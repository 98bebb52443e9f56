import { type Der, encodeTbsCertificate, type SerialNumber, type SignatureAlgorithm } from "@mitome/x509";
import { type AuthorityDefinition, authorityKeyShape, suiteOf } from "./authority-definition.ts";
import { buildExtensions } from "./profiles/profile.ts";
import { selfSignedProfile } from "./profiles/self-signed.ts";
import { checkPublicKey, type PublicKeyCheck } from "./public-key-checks.ts";
import { selfSignedValidity } from "./validity.ts";

/** A certificate of the authority or of a machine, ready to be recorded. */
export interface CertificatePlan {
  readonly kind: "plan";
  readonly tbs: Der<"TBSCertificate">;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly serial: SerialNumber;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A key that may not be certified. */
export interface PublicKeyRefusal {
  readonly kind: "refused";
  readonly reason: "publicKeyRefused";
  readonly check: PublicKeyCheck;
}

/** Plans the governor's self-signed certificate for a new key (千葉県運用規程 2-1-2(3), 7-1-3). */
export function decideSelfSigned(context: {
  readonly definition: AuthorityDefinition;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly now: Date;
  readonly serial: SerialNumber;
}): CertificatePlan | PublicKeyRefusal {
  const { definition, subjectPublicKeyInfo, now, serial } = context;
  const { signatureAlgorithm } = suiteOf(definition);
  const check = checkPublicKey(subjectPublicKeyInfo, authorityKeyShape(definition));
  if (check !== undefined) return { kind: "refused", reason: "publicKeyRefused", check };
  const validity = selfSignedValidity(now);
  const tbs = encodeTbsCertificate({
    serialNumber: serial,
    signatureAlgorithm,
    issuer: definition.issuer,
    validity,
    subject: definition.issuer,
    subjectPublicKeyInfo,
    extensions: buildExtensions(selfSignedProfile, { definition, subjectPublicKeyInfo }),
  });
  return { kind: "plan", tbs, signatureAlgorithm, serial, ...validity };
}
