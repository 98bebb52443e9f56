import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { CaseContext } from "@mitome/ra";

/** An issuance request as it travels, base64. */
export interface SignedIssuanceRequest {
  readonly payload: string;
  readonly signature: string;
}

/**
 * 千葉県運用規程 4-2-1 ①: the four items and the public key, as this municipality tells them to the governor, signed with
 * its server's key (ECDSA P-256, SHA-256, r and s of 32 octets each).
 */
export function signIssuanceRequest(
  context: CaseContext,
  authority: string,
  requestedAt: Date,
  key: KeyObject,
): SignedIssuanceRequest {
  const { resident, key: cardKey } = context;
  if (resident === null || cardKey === null) throw new Error("a request needs a resident and a key");
  const name = certifiedName(resident.name, resident.alias);
  const payload = Buffer.from(
    JSON.stringify({
      version: 1,
      authority,
      caseId: context.caseId,
      attempt: context.attempt,
      municipality: context.municipality,
      // 5-1-2-2: the clerk who verified the person.
      clerk: context.proof?.clerk ?? context.clerk,
      requestedAt: requestedAt.toISOString(),
      profile: "subscriber",
      residentCode: resident.residentCode,
      registerVersion: resident.registerVersion,
      items: {
        name,
        dateOfBirth: resident.dateOfBirth,
        gender: resident.gender,
        address: resident.address,
        nameSubstitutions: noSubstitution(name),
        addressSubstitutions: noSubstitution(resident.address),
      },
      publicKey: cardKey.publicKey,
      keyGeneratedAt: cardKey.generatedAt,
      proofOfPossession: cardKey.proofOfPossession,
      cardOrigin: cardKey.cardOrigin,
    }),
    "utf8",
  );
  return signed(payload, key);
}

/** The kept request as it is while the server's key is that of its signature; signed again, octet for octet the same, under a renewed one. */
export function underKey(kept: SignedIssuanceRequest, key: KeyObject): SignedIssuanceRequest {
  const payload = Buffer.from(kept.payload, "base64");
  const signature = Buffer.from(kept.signature, "base64");
  const isIts = verify("sha256", messageOf(payload), { key: createPublicKey(key), dsaEncoding }, signature);
  return isIts ? kept : signed(payload, key);
}

const dsaEncoding = "ieee-p1363";

function messageOf(payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from("mitome-issuance-request-v1\0", "ascii"), payload]);
}

function signed(payload: Buffer, key: KeyObject): SignedIssuanceRequest {
  const signature = sign("sha256", messageOf(payload), { key, dsaEncoding });
  return { payload: payload.toString("base64"), signature: signature.toString("base64") };
}

// 3-1-2: the name of a foreign resident with a 通称 is "name and 通称". The layout is ours: the 通称 follows in full-width
// brackets, as on the 住民票.
function certifiedName(name: string, alias: string | null): string {
  return alias === null ? name : `${name}（${alias}）`;
}

// One digit a character; no character is replaced, so every one is 0.
function noSubstitution(text: string): string {
  return "0".repeat([...text].length);
}
