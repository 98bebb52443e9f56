/** What a request asks: read once for all who send the same octets again. */
import { MalformedDer, type OcspRequest, parseOcspRequest } from "@mitome/x509";
import { type AnsweredIssuer, type Issuers, latin1 } from "./issuers.ts";
import type { Question } from "./signed-answer.ts";

/** A request, and the question that one of our keys can answer, or why none can. */
export interface ReadRequest {
  readonly request: OcspRequest;
  readonly question: Question | "issuerUnknown" | "issuersDiffer";
}

/** Why there is no request in the octets. */
export type UnreadRequest = "malformed" | "criticalExtension";

/** Octets of the longest request that is remembered: one certificate, no nonce, no signature. */
const longestRemembered = 256;

/** The requests of one process. A nonce makes each request another; without one the same come again and again. */
export class OcspQuestions {
  readonly #issuers: Issuers;
  readonly #most: number;
  /** By the request's octets. */
  readonly #remembered = new Map<string, ReadRequest>();

  /** @param most requests that are remembered */
  constructor(issuers: Issuers, most: number) {
    this.#issuers = issuers;
    this.#most = most;
  }

  /** What is asked in these octets. */
  in(der: Uint8Array): ReadRequest | UnreadRequest {
    if (der.length > longestRemembered) return this.#read(der);
    const octets = latin1(der);
    const known = this.#remembered.get(octets);
    if (known !== undefined) return known;
    // In memory of its own: what is remembered must not keep all that came on the connection with it.
    const read = this.#read(new Uint8Array(der));
    if (typeof read === "string" || typeof read.question === "string" || read.question.form === undefined) return read;
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= this.#most && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(octets, read);
    return read;
  }

  #read(der: Uint8Array): ReadRequest | UnreadRequest {
    try {
      const request = parseOcspRequest(der);
      // RFC 6960 §4.1.2: an extension may be ignored unless it is critical.
      const extensions = [...request.extensions, ...request.questions.flatMap((question) => question.extensions)];
      if (extensions.some(({ critical }) => critical)) return "criticalExtension";
      return { request, question: questionOf(request, this.#issuers) };
    } catch (error) {
      if (error instanceof MalformedDer) return "malformed";
      throw error;
    }
  }
}

/** The question that one of our keys can answer. A certificate of an issuer that is not ours is unknown beside ours. */
function questionOf({ questions, nonce }: OcspRequest, issuers: Issuers): ReadRequest["question"] {
  let issuer: AnsweredIssuer | undefined;
  const asked = questions.map(({ certId }) => {
    const its = issuers.issuerOf(certId);
    issuer ??= its;
    return { certId, its };
  });
  if (issuer === undefined) return "issuerUnknown";
  if (asked.some(({ its }) => its !== undefined && its !== issuer)) return "issuersDiffer";
  const [first, ...others] = asked.map(({ certId, its }) => ({ certId, serialNumber: its && certId.serialNumber }));
  if (first === undefined) return "issuerUnknown";
  const alone = nonce === undefined && others.length === 0 && first.serialNumber !== undefined;
  return { issuer, certificates: [first, ...others], nonce, form: alone ? latin1(first.certId.encoded) : undefined };
}
