import { findOutsideRepertoire } from "@mitome/characters";
import { brandDer, canonicalKeyHash, type Der, encodeTbsCertificate, type SerialNumber } from "@mitome/x509";
import { type AuthorityDefinition, type KeyGeneration, municipalityOf, suiteOf } from "./authority-definition.ts";
import type { CertificatePlan } from "./decide-self-signed.ts";
import type { IssuanceRefusal, PlainRefusalReason } from "./issuance-refusal.ts";
import type { IssuanceRequest } from "./issuance-request.ts";
import { buildExtensions } from "./profiles/profile.ts";
import { subscriberProfile, subscriberSubject } from "./profiles/subscriber.ts";
import { checkPublicKey } from "./public-key-checks.ts";
import { maximumClockSkew, maximumKeyAge, subscriberValidity } from "./validity.ts";

/** What a decision rests on besides the request; nothing here comes from the municipality's message. */
export interface IssuanceContext {
  readonly definition: AuthorityDefinition;
  readonly generation: KeyGeneration;
  /** The municipality named by the caller's certificate. */
  readonly callerMunicipality: string;
  readonly now: Date;
  readonly serial: SerialNumber;
  /** From `uniqueNameFromRandom`; the ledger lets no subject appear twice. */
  readonly uniqueName: string;
}

/** What will be signed if the ledger lets it be recorded. */
export interface IssuancePlan extends CertificatePlan {
  readonly municipality: string;
  readonly uniqueName: string;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  /** `canonicalKeyHash` of the subscriber's key, 32 octets. */
  readonly keyHash: Uint8Array;
}

/** Why a request cannot become a certificate of this authority, as far as the request alone says. */
export type DecidedRefusal = { readonly kind: "refused" } & IssuanceRefusal;

/** Decides one request: the exact octets to be signed, or the first reason against them. */
export function decideIssuance(request: IssuanceRequest, context: IssuanceContext): IssuancePlan | DecidedRefusal {
  const { definition, generation, now, serial, uniqueName } = context;
  const suite = suiteOf(definition);
  if (request.authority !== definition.id || request.profile !== "subscriber") return refused("unknownProfile");
  const municipality = municipalityOf(definition, request.municipality);
  if (municipality === undefined) return refused("municipalityNotOfThisPrefecture");
  if (municipality.code !== context.callerMunicipality) return refused("municipalityNotTheCallers");
  const refusal = timeRefusal(request, now) ?? characterRefusal(request);
  if (refusal !== undefined) return refusal;
  const check = checkPublicKey(request.publicKey, suite.subscriberKey);
  if (check !== undefined) return { kind: "refused", reason: "publicKeyRefused", check };
  const subjectPublicKeyInfo = brandDer<"SubjectPublicKeyInfo">(request.publicKey);
  const validity = subscriberValidity(now, request.keyGeneratedAt);
  const tbs = encodeTbsCertificate({
    serialNumber: serial,
    signatureAlgorithm: suite.signatureAlgorithm,
    issuer: definition.issuer,
    validity,
    subject: subscriberSubject(definition, municipality, uniqueName),
    subjectPublicKeyInfo,
    extensions: buildExtensions(subscriberProfile, {
      definition,
      generation,
      municipality,
      items: request.items,
      subjectPublicKeyInfo,
    }),
  });
  return {
    kind: "plan",
    tbs,
    signatureAlgorithm: suite.signatureAlgorithm,
    serial,
    ...validity,
    municipality: municipality.code,
    uniqueName,
    subjectPublicKeyInfo,
    keyHash: canonicalKeyHash(subjectPublicKeyInfo),
  };
}

function refused(reason: PlainRefusalReason): DecidedRefusal {
  return { kind: "refused", reason };
}

/** 千葉県運用規程 6-3-2: the three years of a key run from the day it was made, so an old key is not certified. */
function timeRefusal({ keyGeneratedAt, requestedAt }: IssuanceRequest, now: Date): DecidedRefusal | undefined {
  const latest = now.getTime() + maximumClockSkew;
  if (keyGeneratedAt.getTime() > latest || requestedAt.getTime() > latest) return refused("clockUntrusted");
  if (now.getTime() - keyGeneratedAt.getTime() > maximumKeyAge) return refused("keyTooOld");
  return undefined;
}

/** 千葉県運用規程 3-1-8: characters of JIS X 0208 and JIS X 0212 only; never replaced silently. */
function characterRefusal({ items }: IssuanceRequest): DecidedRefusal | undefined {
  for (const field of ["name", "address"] as const) {
    const [outside] = findOutsideRepertoire(items[field]);
    if (outside === undefined) continue;
    const { position, character } = outside;
    return { kind: "refused", reason: "characterOutsideRepertoire", field, position, character };
  }
  return undefined;
}
