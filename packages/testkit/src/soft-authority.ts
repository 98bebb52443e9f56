import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  type AuthorityDefinition,
  authorityKeyShape,
  type CertificatePlan,
  chibaPracticeAuthority,
  decideEquipment,
  decideEquipmentRoot,
  decideSelfSigned,
  type IssuanceRequest,
  type KeyGeneration,
  type KeyShape,
  parseIssuanceRequest,
  requestMessage,
  suiteOf,
} from "@mitome/ca";
import {
  assembleCertificate,
  brandDer,
  type Der,
  type EquipmentIdentity,
  type EquipmentKind,
  type SerialNumber,
  type SignatureAlgorithm,
  serialNumberFromRandom,
  signatureAlgorithms,
} from "@mitome/x509";

/** A key pair in memory, for tests alone. */
export interface SoftKey {
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly privateKey: KeyObject;
}

/** A fresh key pair of this shape. */
export function makeSoftKey(shape: KeyShape): SoftKey {
  const pair =
    shape.kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: shape.bits })
      : generateKeyPairSync("ec", { namedCurve: shape.curve });
  return {
    subjectPublicKeyInfo: brandDer(pair.publicKey.export({ type: "spki", format: "der" })),
    privateKey: pair.privateKey,
  };
}

/** A serial number that is the same in every run. */
export function testSerial(number: number): SerialNumber {
  return serialNumberFromRandom(createHash("sha1").update(`serial ${number}`).digest());
}

/** Signs a TBS with a key in memory. */
export function softSign(key: SoftKey, tbs: Der<"TBSCertificate">, algorithm: SignatureAlgorithm): Der<"Certificate"> {
  return assembleCertificate(tbs, algorithm, sign(signatureAlgorithms[algorithm].digest, tbs, key.privateKey));
}

/** A machine of the test hierarchy. */
export interface SoftEquipment {
  readonly identity: EquipmentIdentity;
  readonly key: SoftKey;
  readonly certificate: Der<"Certificate">;
}

/** An authority with its keys in memory: self-signed certificate, equipment root, and machines on request. */
export interface SoftAuthority {
  readonly definition: AuthorityDefinition;
  readonly key: SoftKey;
  readonly generation: KeyGeneration;
  readonly selfSigned: Der<"Certificate">;
  readonly equipmentRootKey: SoftKey;
  readonly equipmentRoot: Der<"Certificate">;
  readonly equip: (kind: EquipmentKind, municipality: string, place: string) => SoftEquipment;
}

function planned(decision: CertificatePlan | { readonly kind: "refused" }): CertificatePlan {
  if (decision.kind === "refused") throw new Error(`the test hierarchy is refused: ${JSON.stringify(decision)}`);
  return decision;
}

/** Makes an authority whose certificates begin at `at`. */
export function makeSoftAuthority(at: Date, definition: AuthorityDefinition = chibaPracticeAuthority): SoftAuthority {
  let serials = 0;
  const next = () => testSerial(++serials);
  const key = makeSoftKey(authorityKeyShape(definition));
  const { subjectPublicKeyInfo } = key;
  const self = planned(decideSelfSigned({ definition, subjectPublicKeyInfo, now: at, serial: next() }));
  const equipmentRootKey = makeSoftKey({ kind: "ec", curve: "P-256" });
  const rootPublicKeyInfo = equipmentRootKey.subjectPublicKeyInfo;
  const root = planned(
    decideEquipmentRoot({
      authority: definition.id,
      subjectPublicKeyInfo: rootPublicKeyInfo,
      now: at,
      serial: next(),
    }),
  );
  return {
    definition,
    key,
    generation: { number: 1, subjectPublicKeyInfo },
    selfSigned: softSign(key, self.tbs, suiteOf(definition).signatureAlgorithm),
    equipmentRootKey,
    equipmentRoot: softSign(equipmentRootKey, root.tbs, root.signatureAlgorithm),
    equip(kind, municipality, place) {
      const machineKey = makeSoftKey({ kind: "ec", curve: "P-256" });
      const identity = { authority: definition.id, kind, municipality, place };
      const plan = planned(
        decideEquipment({
          identity,
          subjectPublicKeyInfo: machineKey.subjectPublicKeyInfo,
          rootPublicKeyInfo,
          now: at,
          serial: next(),
        }),
      );
      return { identity, key: machineKey, certificate: softSign(equipmentRootKey, plan.tbs, plan.signatureAlgorithm) };
    },
  };
}

/** A request as it is before it is signed: JSON with bytes in base64. */
export type RequestPayload = Record<string, unknown>;

/** A right request for a resident of 千葉市; tests change what they are about. */
export function requestPayload(spki: Uint8Array, at: Date, changes: RequestPayload = {}): RequestPayload {
  const zeros = (octets: number) => Buffer.alloc(octets).toString("base64");
  const name = "山田　花子";
  const address = "千葉県千葉市中央区市場町１－１";
  return {
    version: 1,
    authority: chibaPracticeAuthority.id,
    caseId: "3f0c1d9e-5a52-4a7e-9a55-0d6c0a6b7f10",
    attempt: 1,
    municipality: "121002",
    clerk: "clerk-7",
    requestedAt: at.toISOString(),
    profile: "subscriber",
    residentCode: "24727059608",
    registerVersion: 1,
    items: {
      name,
      dateOfBirth: "319801231",
      gender: "2",
      address,
      nameSubstitutions: "0".repeat([...name].length),
      addressSubstitutions: "0".repeat([...address].length),
    },
    publicKey: Buffer.from(spki).toString("base64"),
    keyGeneratedAt: at.toISOString(),
    proofOfPossession: zeros(256),
    cardOrigin: {
      cardNumber: "MITOME0000000001",
      cardChallenge: zeros(16),
      hostChallenge: zeros(16),
      counter: 1,
      mac: zeros(16),
    },
    ...changes,
  };
}

/** The request that a payload says; throws when it is malformed. */
export function parsedRequest(payload: RequestPayload): IssuanceRequest {
  const parsed = parseIssuanceRequest(Buffer.from(JSON.stringify(payload)));
  if (parsed.kind === "malformed") throw new Error(`malformed ${parsed.field}`);
  return parsed.request;
}

/** The payload's octets and the municipality server's signature over them. */
export function signRequest(
  server: { readonly key: Pick<SoftKey, "privateKey"> },
  payload: RequestPayload,
): { readonly payload: Uint8Array; readonly signature: Uint8Array } {
  const bytes = Buffer.from(JSON.stringify(payload));
  const key = { key: server.key.privateKey, dsaEncoding: "ieee-p1363" } as const;
  return { payload: bytes, signature: sign("sha256", requestMessage("issuance", bytes), key) };
}
