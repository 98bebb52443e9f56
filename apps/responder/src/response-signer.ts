import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { type Der, parseSubjectPublicKeyInfo, type SignatureAlgorithm, signatureAlgorithms } from "@mitome/x509";
import type { ResponseSigner } from "./ports.ts";

/** A key from a PEM file, RSA or of a curve of RFC 5480; throws for any other. */
export class PemResponseSigner implements ResponseSigner {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly #key: KeyObject;

  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
    this.publicKey = createPublicKey(this.#key).export({ type: "spki", format: "der" });
    this.algorithm = algorithmFor(this.publicKey);
  }

  /** In this thread: a responder has a process for each processor, and handing over costs more than it gives. */
  async sign(tbs: Der<"ResponseData">): Promise<Uint8Array> {
    return sign(signatureAlgorithms[this.algorithm].digest, tbs, this.#key);
  }
}

function algorithmFor(publicKey: Uint8Array): SignatureAlgorithm {
  const key = parseSubjectPublicKeyInfo(publicKey);
  if (key.kind === "rsa") return "sha256WithRSAEncryption";
  if (key.kind === "ec") return key.curve === "P-256" ? "ecdsa-with-SHA256" : "ecdsa-with-SHA384";
  throw new RangeError(`a responder's key of algorithm ${key.algorithm}`);
}
