import type { Der, DistinguishedName, ObjectIdentifier } from "@mitome/x509";
import { z } from "zod";
import { type KeyShape, type SignatureSuite, type SuiteName, signatureSuites } from "./signature-suite.ts";

/** A municipality of the prefecture: 全国地方公共団体コード of six digits, its name, and the romaji that stand in DNs. */
export interface Municipality {
  readonly code: string;
  readonly name: string;
  readonly romaji: string;
}

/** Everything that makes one certification authority this authority; plain data, no defaults. */
export interface AuthorityDefinition {
  readonly id: string;
  readonly prefecture: { readonly code: string; readonly name: string; readonly romaji: string };
  /** 千葉県運用規程 3-1-2: the governor by job title, in the last attribute. */
  readonly issuer: DistinguishedName;
  /** The same title as residents know it; issuerAltName of what is issued, subjectAltName of the self-signed certificate. */
  readonly issuerAltName: DistinguishedName;
  readonly suite: SuiteName;
  /** RSA modulus of the authority's key when it is longer than the suite's first choice. */
  readonly authorityKeyBits?: 3072 | 4096 | undefined;
  /** Issues for practice and tests only: its certificates carry the test policy and nothing else can. */
  readonly practice: boolean;
  readonly acknowledgesHistoricalReproduction: boolean;
  /** The signer may activate the key without custodians: for demonstrations. */
  readonly unattended: boolean;
  /** 千葉県運用規程 4-4-9: how long a list of revoked certificates is valid, and how often one is made. */
  readonly lists: { readonly validityHours: number; readonly cycleHours: number };
  readonly municipalities: readonly Municipality[];
}

/** The authority's key at one time: number from 1, and the public key that signs for it. */
export interface KeyGeneration {
  readonly number: number;
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
}

const romaji = z.string().regex(/^[A-Z][A-Za-z-]{1,63}$/);
const attribute = z.strictObject({
  type: z.enum(["C", "ST", "L", "O", "OU", "CN"]),
  value: z.string().min(1).max(64),
});
const name = z.array(attribute).min(3).max(8);

const definitionSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{1,31}$/),
    prefecture: z.strictObject({ code: z.string().regex(/^\d{2}$/), name: z.string().min(1).max(20), romaji }),
    issuer: name,
    issuerAltName: name,
    suite: z.enum(Object.keys(signatureSuites) as [SuiteName, ...SuiteName[]]),
    authorityKeyBits: z.union([z.literal(3072), z.literal(4096)]).optional(),
    practice: z.boolean(),
    acknowledgesHistoricalReproduction: z.boolean(),
    unattended: z.boolean(),
    lists: z.strictObject({ validityHours: z.int().min(2).max(744), cycleHours: z.int().min(1).max(372) }),
    municipalities: z
      .array(z.strictObject({ code: z.string().regex(/^\d{6}$/), name: z.string().min(1).max(40), romaji }))
      .min(1),
  })
  .superRefine((definition, context) => {
    for (const [message, broken] of contradictions(definition)) {
      if (broken) context.addIssue({ code: "custom", message });
    }
  });

function contradictions(definition: AuthorityDefinition): readonly (readonly [string, boolean])[] {
  const suite: SignatureSuite = signatureSuites[definition.suite];
  const codes = definition.municipalities.map(({ code }) => code);
  const shape = authorityKeyShape(definition);
  return [
    [
      "this suite only reproduces history: acknowledgesHistoricalReproduction must be true",
      suite.historical && !definition.acknowledgesHistoricalReproduction,
    ],
    ["the suite does not allow this authority key", !suite.authorityKeys.some((allowed) => sameShape(allowed, shape))],
    ["a list ends before two more were due", definition.lists.validityHours < 2 * definition.lists.cycleHours],
    ["the issuer's last attribute is the office holder's title (CN)", definition.issuer.at(-1)?.type !== "CN"],
    ["the issuer begins with the country (C)", definition.issuer[0]?.type !== "C"],
    ["a municipality of another prefecture", codes.some((code) => !code.startsWith(definition.prefecture.code))],
    ["a municipality twice", new Set(codes).size !== codes.length],
    [
      "two municipalities with one romaji name",
      new Set(definition.municipalities.map((one) => one.romaji)).size !== codes.length,
    ],
  ];
}

/** Reads a definition from configuration; refuses unknown fields, the historical suite unacknowledged, and contradictions. */
export function parseAuthorityDefinition(
  value: unknown,
):
  | { readonly kind: "definition"; readonly definition: AuthorityDefinition }
  | { readonly kind: "refused"; readonly problems: readonly string[] } {
  const parsed = definitionSchema.safeParse(value);
  if (parsed.success) return { kind: "definition", definition: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  return { kind: "refused", problems };
}

/** The suite of an authority; throws for a historical one that is not acknowledged. */
export function suiteOf(definition: AuthorityDefinition): SignatureSuite {
  const suite = signatureSuites[definition.suite];
  if (suite.historical && !definition.acknowledgesHistoricalReproduction) {
    throw new RangeError(`${definition.suite} is refused unless historical reproduction is acknowledged`);
  }
  return suite;
}

/** The governor's title as residents know it, 千葉県知事; the last attribute of the name (千葉県運用規程 3-1-2). */
export function governorTitle({ issuerAltName }: Pick<AuthorityDefinition, "issuerAltName">): string {
  const title = issuerAltName.at(-1)?.value;
  if (title === undefined) throw new RangeError("an authority without a name");
  return title;
}

/** Kind and size of the authority's own key (千葉県運用規程 6-1-1-2: RSA of 2,048 bits in the first suites). */
export function authorityKeyShape(definition: AuthorityDefinition): KeyShape {
  if (definition.authorityKeyBits !== undefined) return { kind: "rsa", bits: definition.authorityKeyBits };
  return signatureSuites[definition.suite].authorityKeys[0];
}

function sameShape(one: KeyShape, other: KeyShape): boolean {
  if (one.kind === "rsa") return other.kind === "rsa" && one.bits === other.bits;
  return other.kind === "ec" && one.curve === other.curve;
}

/** 千葉県運用規程 1-2: the policy of subscriber certificates, and its twin for tests. */
export const subscriberPolicy = "1.2.392.200149.8.5.1.1.10" as const satisfies ObjectIdentifier;
export const subscriberTestPolicy = "1.2.392.200149.8.5.1.0.10" as const satisfies ObjectIdentifier;

/** The policy in an authority's subscriber certificates. A real authority has no way to say the test policy. */
export function subscriberPolicyOf(definition: AuthorityDefinition): ObjectIdentifier {
  return definition.practice ? subscriberTestPolicy : subscriberPolicy;
}

/** 千葉県運用規程 1-2: the policy of OCSP responders' certificates, and its twin for tests. */
export const responderPolicy = "1.2.392.200149.8.5.1.300" as const satisfies ObjectIdentifier;
export const responderTestPolicy = "1.2.392.200149.8.5.1.0.300" as const satisfies ObjectIdentifier;

/** The policy in the certificates of an authority's responders. A real authority has no way to say the test policy. */
export function responderPolicyOf(definition: AuthorityDefinition): ObjectIdentifier {
  return definition.practice ? responderTestPolicy : responderPolicy;
}

/** The municipality with this code, if it belongs to the prefecture. */
export function municipalityOf(definition: AuthorityDefinition, code: string): Municipality | undefined {
  return definition.municipalities.find((municipality) => municipality.code === code);
}

/**
 * Where the CRL of a municipality's certificates stands (千葉県運用規程 4-4-4-4: a CRL for each municipality). The key
 * generation is part of the name: several keys share one issuer DN, and a verifier that looks for the CRL by issuer and
 * point would otherwise take the other key's list and find nothing revoked in it.
 */
export function distributionPointName(
  definition: AuthorityDefinition,
  municipality: Municipality,
  generation: number,
): DistinguishedName {
  return distributionPointOf(definition, municipality.romaji, generation);
}

/** The distribution point of this name under one of the authority's keys. */
export function distributionPointOf(
  definition: AuthorityDefinition,
  name: string,
  generation: number,
): DistinguishedName {
  return [
    ...definition.issuer.slice(0, -1),
    { type: "OU", value: "CRL Distribution Points" },
    { type: "OU", value: `Key Generation ${generation}` },
    { type: "CN", value: `${name} CRLDP` },
  ];
}
