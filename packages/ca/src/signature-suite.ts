import type { EllipticCurve, PublicKey, SignatureAlgorithm } from "@mitome/x509";

/** Kind and size of a key pair. */
export type KeyShape =
  | { readonly kind: "rsa"; readonly bits: number }
  | { readonly kind: "ec"; readonly curve: EllipticCurve };

/** Whether a key has this kind and size; whether its numbers are good ones is `checkPublicKey`'s question. */
export function hasShape(key: PublicKey, shape: KeyShape): boolean {
  if (shape.kind === "ec") return key.kind === "ec" && key.curve === shape.curve;
  return key.kind === "rsa" && key.modulus.length * 8 === shape.bits && (key.modulus[0] ?? 0) >= 0x80;
}

/** A named choice of algorithms for one authority. */
export interface SignatureSuite {
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** Shapes the authority's key may have; the first is the one made unless the definition asks for another. */
  readonly authorityKeys: readonly [KeyShape, ...KeyShape[]];
  readonly subscriberKey: KeyShape;
  /** Below today's bar: an authority must acknowledge that it reproduces history and protects nobody. */
  readonly historical: boolean;
}

const rsa = (bits: number): KeyShape => ({ kind: "rsa", bits });

/** The suites there are. */
export const signatureSuites = {
  // In use today; 千葉県運用規程 6-1-1-2 has the 2,048 bits of the governor's key, 6-1-2-3's 1,024 are too few.
  "jpki-2016": {
    signatureAlgorithm: "sha256WithRSAEncryption",
    authorityKeys: [rsa(2048), rsa(3072), rsa(4096)],
    subscriberKey: rsa(2048),
    historical: false,
  },
  // The next-generation card.
  "jpki-next": {
    signatureAlgorithm: "ecdsa-with-SHA384",
    authorityKeys: [{ kind: "ec", curve: "P-384" }],
    subscriberKey: { kind: "ec", curve: "P-384" },
    historical: false,
  },
  // 千葉県運用規程 6-1-1-2 and 6-1-2-3 to the letter: RSA of 2,048 bits for the governor, 1,024 for the subscriber.
  "cps-2014": {
    signatureAlgorithm: "sha1WithRSAEncryption",
    authorityKeys: [rsa(2048)],
    subscriberKey: rsa(1024),
    historical: true,
  },
} as const satisfies Record<string, SignatureSuite>;

/** The name of a suite. */
export type SuiteName = keyof typeof signatureSuites;

/** The only key that equipment has, whatever the authority's suite. */
export const equipmentKey = { kind: "ec", curve: "P-256" } as const satisfies KeyShape;

/** The algorithm on equipment certificates, and of requests that equipment signs. */
export const equipmentSignatureAlgorithm = "ecdsa-with-SHA256" as const satisfies SignatureAlgorithm;
