import { type Der, encodeTbsCertificate, type SerialNumber } from "@mitome/x509";
import { type AuthorityDefinition, type KeyGeneration, suiteOf } from "./authority-definition.ts";
import type { CertificatePlan, PublicKeyRefusal } from "./decide-self-signed.ts";
import { responderProfile, responderSubject } from "./profiles/ocsp-responder.ts";
import { buildExtensions } from "./profiles/profile.ts";
import { checkPublicKey } from "./public-key-checks.ts";
import { oneYearValidity } from "./validity.ts";

/** Plans the certificate of an OCSP responder, issued by the same key as the certificates it answers for. */
export function decideResponder(context: {
  readonly definition: AuthorityDefinition;
  readonly generation: KeyGeneration;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly now: Date;
  readonly serial: SerialNumber;
}): CertificatePlan | PublicKeyRefusal {
  const { definition, generation, subjectPublicKeyInfo, now, serial } = context;
  const { signatureAlgorithm, subscriberKey } = suiteOf(definition);
  const check = checkPublicKey(subjectPublicKeyInfo, subscriberKey);
  if (check !== undefined) return { kind: "refused", reason: "publicKeyRefused", check };
  const validity = oneYearValidity(now);
  const tbs = encodeTbsCertificate({
    serialNumber: serial,
    signatureAlgorithm,
    issuer: definition.issuer,
    validity,
    subject: responderSubject(definition, subjectPublicKeyInfo),
    subjectPublicKeyInfo,
    extensions: buildExtensions(responderProfile, { definition, generation, subjectPublicKeyInfo }),
  });
  return { kind: "plan", tbs, signatureAlgorithm, serial, ...validity };
}
