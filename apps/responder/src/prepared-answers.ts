/**
 * Signed answers that are given again: to requests about one certificate without a nonce. A revocation that is heard of
 * ends its certificate's at once; all of them end for as long as notices may not arrive.
 */
import { brandDer } from "@mitome/x509";
import { type AnswerSource, makeSignedAnswer, type Question, type SignedAnswer } from "./signed-answer.ts";

interface Prepared {
  readonly certificate: string;
  /** Undefined while it is being made. */
  answer: SignedAnswer | undefined;
  readonly made: Promise<SignedAnswer>;
}

/** Answers of one process, the oldest given up when there are too many. */
export class PreparedAnswers {
  readonly #source: AnswerSource;
  readonly #most: number;
  /** By the octets of the CertID. */
  readonly #prepared = new Map<string, Prepared>();
  /** The CertIDs of a certificate, by authority and serial number: one for each digest and way of writing it. */
  readonly #formsOf = new Map<string, Set<string>>();

  /** @param most answers that are kept */
  constructor(source: AnswerSource, most: number) {
    this.#source = source;
    this.#most = most;
    source.status.onRevocation((notice) => {
      if (notice !== "everything") return this.#forget(`${notice.authority}:${notice.serial}`);
      this.#prepared.clear();
      this.#formsOf.clear();
    });
  }

  /**
   * An answer to the question, made now or a moment ago; never one from before a revocation that was committed when it was
   * asked. Throws `Unavailable`.
   */
  async answerTo(question: Question): Promise<SignedAnswer> {
    const { form } = question;
    if (form === undefined) return await makeSignedAnswer(this.#source, question);
    if (this.#prepared.has(form) && !(await this.#hasHeardAll())) return await makeSignedAnswer(this.#source, question);
    const prepared = this.#prepared.get(form);
    if (prepared === undefined || this.#hasEnded(prepared)) return await this.#prepare(form, question).made;
    const answer = prepared.answer ?? (await prepared.made);
    // Nobody is told of an issuance: what was unknown to whoever asked before may be known now.
    return answer.standsUntil === undefined ? await makeSignedAnswer(this.#source, question) : answer;
  }

  /** Whether every revocation until now has been heard of, and taken with it the answers that it made untrue. */
  #hasHeardAll(): Promise<boolean> | false {
    const { status, now } = this.#source;
    return now() <= status.freshUntil() && status.caughtUp();
  }

  #hasEnded({ answer }: Prepared): boolean {
    return answer !== undefined && (answer.standsUntil === undefined || this.#source.now() > answer.standsUntil);
  }

  /** Makes one answer for all who ask while it is being made. */
  #prepare(form: string, question: Question): Prepared {
    const [oldest] = this.#prepared.keys();
    this.#drop(this.#prepared.size >= this.#most && oldest !== undefined ? oldest : form);
    const [{ serialNumber }] = question.certificates;
    const certificate = `${question.issuer.authority}:${serialNumber}`;
    const prepared: Prepared = { certificate, answer: undefined, made: this.#make(question) };
    this.#prepared.set(form, prepared);
    const forms = this.#formsOf.get(certificate) ?? new Set();
    this.#formsOf.set(certificate, forms.add(form));
    // A revocation heard of meanwhile has taken `prepared` out of the map, and whatever it will say with it.
    const giveUp = () => this.#prepared.get(form) === prepared && this.#drop(form);
    prepared.made.then((answer) => {
      if (answer.standsUntil === undefined) giveUp();
      else prepared.answer = answer;
    }, giveUp);
    return prepared;
  }

  /** In memory of its own: a part of pooled memory would keep the whole pool. */
  async #make(question: Question): Promise<SignedAnswer> {
    const answer = await makeSignedAnswer(this.#source, question);
    return { ...answer, response: brandDer(new Uint8Array(answer.response)) };
  }

  #drop(form: string): void {
    const prepared = this.#prepared.get(form);
    if (prepared === undefined) return;
    this.#prepared.delete(form);
    const forms = this.#formsOf.get(prepared.certificate);
    forms?.delete(form);
    if (forms?.size === 0) this.#formsOf.delete(prepared.certificate);
  }

  #forget(certificate: string): void {
    for (const form of this.#formsOf.get(certificate) ?? []) this.#drop(form);
  }
}
