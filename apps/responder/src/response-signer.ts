import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { type Der, parseSubjectPublicKeyInfo, type SignatureAlgorithm, signatureAlgorithms } from "@mitome/x509";
import type { ResponseSigner } from "./ports.ts";

const signBeside = promisify<string, Uint8Array, KeyObject, Buffer>(sign);

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

  async sign(tbs: Der<"ResponseData">): Promise<Uint8Array> {
    const { digest } = signatureAlgorithms[this.algorithm];
    // A P-256 signature takes less time than handing it to another thread; the others take more than all else in an answer.
    return this.algorithm === "ecdsa-with-SHA256"
      ? sign(digest, tbs, this.#key)
      : await signBeside(digest, tbs, this.#key);
  }
}

function algorithmFor(publicKey: Uint8Array): SignatureAlgorithm {
  const key = parseSubjectPublicKeyInfo(publicKey);
  if (key.kind === "rsa") return "sha256WithRSAEncryption";
  if (key.kind === "ec") return key.curve === "P-256" ? "ecdsa-with-SHA256" : "ecdsa-with-SHA384";
  throw new RangeError(`a responder's key of algorithm ${key.algorithm}`);
}
