/**
 * Signed answers that are given again: to requests about one certificate without a nonce. A revocation that is heard of
 * ends its certificate's at once; all of them end for as long as notices may not arrive.
 */
import { brandDer } from "@mitome/x509";
import { type AnswerSource, makeSignedAnswer, type Question, type SignedAnswer } from "./signed-answer.ts";

/** CertIDs by which one certificate is remembered: two digests, each written in two ways, and some room. */
const mostForms = 8;

interface Prepared {
  /** Undefined while it is being made. */
  answer: SignedAnswer | undefined;
  readonly made: Promise<SignedAnswer>;
}

/** Answers of one process, the oldest given up when there are too many. */
export class PreparedAnswers {
  readonly #source: AnswerSource;
  readonly #most: number;
  /** By authority and serial number, then by the octets of the CertID. */
  readonly #prepared = new Map<string, Map<string, Prepared>>();

  /** @param most certificates that are remembered */
  constructor(source: AnswerSource, most: number) {
    this.#source = source;
    this.#most = most;
    source.status.onRevocation((notice) => {
      if (notice === "everything") this.#prepared.clear();
      else this.#prepared.delete(`${notice.authority}:${notice.serial}`);
    });
  }

  /** An answer to the question, made now or a moment ago. Throws `Unavailable`. */
  async answerTo(question: Question): Promise<SignedAnswer> {
    const { issuer, certificates, nonce } = question;
    const [{ serialNumber, certId }, ...others] = certificates;
    const now = this.#source.now();
    const simple = nonce === undefined && others.length === 0;
    if (!simple || serialNumber === undefined || now > this.#source.status.freshUntil()) {
      return await makeSignedAnswer(this.#source, question);
    }
    const { encoded } = certId;
    const form = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString("latin1");
    const certificate = `${issuer.authority}:${serialNumber}`;
    const prepared = this.#prepared.get(certificate)?.get(form);
    if (prepared === undefined) return await this.#prepare(certificate, form, question);
    if (prepared.answer === undefined) return await prepared.made;
    const { standsUntil } = prepared.answer;
    if (standsUntil !== undefined && now <= standsUntil) return prepared.answer;
    return await this.#prepare(certificate, form, question);
  }

  /** Makes one answer for all who ask while it is being made. */
  async #prepare(certificate: string, form: string, question: Question): Promise<SignedAnswer> {
    const prepared: Prepared = { answer: undefined, made: makeSignedAnswer(this.#source, question) };
    const forms = this.#formsOf(certificate);
    forms.set(form, prepared);
    try {
      const answer = await prepared.made;
      // In memory of its own: a part of pooled memory would keep the whole pool.
      prepared.answer = { ...answer, response: brandDer(new Uint8Array(answer.response)) };
      return answer;
    } finally {
      // A revocation heard of meanwhile has taken `forms` out of the map, and this answer with it.
      if (prepared.answer?.standsUntil === undefined && forms.get(form) === prepared) forms.delete(form);
      if (forms.size === 0 && this.#prepared.get(certificate) === forms) this.#prepared.delete(certificate);
    }
  }

  #formsOf(certificate: string): Map<string, Prepared> {
    const known = this.#prepared.get(certificate);
    if (known !== undefined && known.size < mostForms) return known;
    const [oldest] = this.#prepared.keys();
    if (known === undefined && this.#prepared.size >= this.#most && oldest !== undefined) this.#prepared.delete(oldest);
    const forms = new Map<string, Prepared>();
    this.#prepared.set(certificate, forms);
    return forms;
  }
}
