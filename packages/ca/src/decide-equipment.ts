import { type Der, type EquipmentIdentity, encodeTbsCertificate, type SerialNumber } from "@mitome/x509";
import type { CertificatePlan, PublicKeyRefusal } from "./decide-self-signed.ts";
import { equipmentRootName, equipmentSubject } from "./equipment.ts";
import { equipmentProfile } from "./profiles/equipment.ts";
import { equipmentRootProfile } from "./profiles/equipment-root.ts";
import { buildExtensions } from "./profiles/profile.ts";
import { checkPublicKey } from "./public-key-checks.ts";
import { equipmentKey, equipmentSignatureAlgorithm } from "./signature-suite.ts";
import { oneYearValidity, selfSignedValidity } from "./validity.ts";

/** Plans a machine's certificate under the equipment root. Whether the machine may have it was decided before. */
export function decideEquipment(context: {
  readonly identity: EquipmentIdentity;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly rootPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly now: Date;
  readonly serial: SerialNumber;
}): CertificatePlan | PublicKeyRefusal {
  const { identity, subjectPublicKeyInfo, rootPublicKeyInfo, now, serial } = context;
  const check = checkPublicKey(subjectPublicKeyInfo, equipmentKey);
  if (check !== undefined) return { kind: "refused", reason: "publicKeyRefused", check };
  const validity = oneYearValidity(now);
  const tbs = encodeTbsCertificate({
    serialNumber: serial,
    signatureAlgorithm: equipmentSignatureAlgorithm,
    issuer: equipmentRootName(identity.authority),
    validity,
    subject: equipmentSubject(identity),
    subjectPublicKeyInfo,
    extensions: buildExtensions(equipmentProfile, { identity, rootPublicKeyInfo, subjectPublicKeyInfo }),
  });
  return { kind: "plan", tbs, signatureAlgorithm: equipmentSignatureAlgorithm, serial, ...validity };
}

/** Plans an authority's equipment root, signed by itself. */
export function decideEquipmentRoot(context: {
  readonly authority: string;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly now: Date;
  readonly serial: SerialNumber;
}): CertificatePlan | PublicKeyRefusal {
  const { authority, subjectPublicKeyInfo, now, serial } = context;
  const check = checkPublicKey(subjectPublicKeyInfo, equipmentKey);
  if (check !== undefined) return { kind: "refused", reason: "publicKeyRefused", check };
  const validity = selfSignedValidity(now);
  const name = equipmentRootName(authority);
  const tbs = encodeTbsCertificate({
    serialNumber: serial,
    signatureAlgorithm: equipmentSignatureAlgorithm,
    issuer: name,
    validity,
    subject: name,
    subjectPublicKeyInfo,
    extensions: buildExtensions(equipmentRootProfile, { subjectPublicKeyInfo }),
  });
  return { kind: "plan", tbs, signatureAlgorithm: equipmentSignatureAlgorithm, serial, ...validity };
}
