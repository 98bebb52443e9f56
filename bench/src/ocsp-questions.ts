import { randomBytes, randomInt } from "node:crypto";
import {
  assembleOcspRequest,
  type CertId,
  type CertIdHash,
  type CertIdIssuer,
  encodeTbsRequest,
  makeCertId,
  parseOcspResponse,
  type SerialNumber,
  serialNumberFromRandom,
  type VerificationKey,
  verifySignature,
} from "@mitome/x509";

/** A question as a verifier asks it. */
export interface OcspQuestion {
  readonly method: "GET" | "POST";
  readonly certIds: readonly CertId[];
  readonly serials: readonly SerialNumber[];
  /** The value of the nonce extension, an OCTET STRING. */
  readonly nonce: Uint8Array | undefined;
  readonly encoded: Uint8Array;
}

/** How often a certificate is asked about at once when something is heard of it: by connections to every responder. */
const timesAtOnce = 6;
/** Certificates of which something was heard last. */
const lately = 256;
/** Questions that wait to be asked at once; older ones are given up. */
const mostWaiting = 1_000;

/** Chooses what is asked: mostly about certificates whose state has just changed or is about to. */
export class OcspQuestions {
  readonly #issuer: CertIdIssuer;
  readonly #next: SerialNumber[] = [];
  readonly #lately: SerialNumber[] = [];
  readonly #all: SerialNumber[] = [];
  readonly #known = new Set<SerialNumber>();
  #heard = 0;

  constructor(issuer: CertIdIssuer) {
    this.#issuer = issuer;
  }

  /** Hears of a certificate. */
  hear(serial: SerialNumber): void {
    for (let times = 0; times < timesAtOnce; times += 1) this.#next.push(serial);
    this.#next.splice(0, this.#next.length - mostWaiting);
    this.#lately[this.#heard++ % lately] = serial;
    if (this.#known.has(serial)) return;
    this.#known.add(serial);
    this.#all.push(serial);
  }

  /** The next question: half of them are such as answers prepared before serve. */
  choose(): OcspQuestion {
    const one = randomInt(10) < 8;
    const serials = Array.from({ length: one ? 1 : randomInt(2, 9) }, () => this.#serial());
    const random = randomInt(10) < (one ? 4 : 5) ? randomBytes(32) : undefined;
    const hash: CertIdHash = randomInt(10) < 7 ? "sha1" : "sha256";
    const certIds = serials.map((serial) => makeCertId(hash, this.#issuer, serial));
    const encoded = assembleOcspRequest(encodeTbsRequest({ certIds, nonce: random }));
    const nonce = random && Buffer.concat([Buffer.of(0x04, random.length), random]);
    return { method: one && randomInt(2) === 0 ? "GET" : "POST", certIds, serials, nonce, encoded };
  }

  #serial(): SerialNumber {
    const draw = randomInt(20);
    const chosen = this.#next.shift() ?? (draw < 14 ? anyOf(this.#lately) : draw < 19 ? anyOf(this.#all) : undefined);
    return chosen ?? serialNumberFromRandom(randomBytes(20));
  }
}

function anyOf(serials: readonly SerialNumber[]): SerialNumber | undefined {
  return serials.length === 0 ? undefined : serials[randomInt(serials.length)];
}

/** What came for a question: what it says of each certificate, or the name of the error. Throws when it is no answer to it. */
export function readAnswer(question: OcspQuestion, responder: VerificationKey, body: Uint8Array) {
  const answer = parseOcspResponse(body);
  if (answer.kind === "error") return answer.error;
  if (!verifySignature(responder, answer.signatureAlgorithm, answer.tbs, answer.signature))
    throw new Error("a signature that is not the responder's");
  if (!sameOctets(answer.nonce, question.nonce)) throw new Error("another nonce");
  const sameNumber = answer.responses.length === question.certIds.length;
  if (
    !sameNumber ||
    !answer.responses.every(({ certId }, at) => sameOctets(certId.encoded, question.certIds[at]?.encoded))
  )
    throw new Error("other certificates");
  return answer.responses;
}

function sameOctets(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === undefined || other === undefined ? one === other : Buffer.compare(one, other) === 0;
}
