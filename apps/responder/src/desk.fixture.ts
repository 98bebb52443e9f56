/** The use case without HTTP: a responder for two generations of one authority, and verifiers who ask it. */
import {
  assembleOcspRequest,
  type CertId,
  type CertIdHash,
  encodeTbsRequest,
  type GeneralName,
  makeCertId,
  type OcspCertStatus,
  parseOcspResponse,
  type SerialNumber,
} from "@mitome/x509";
import { answerOcsp, type OcspAnswer } from "./answer-ocsp.ts";
import { type Holder, makeAuthority, makePeer, makeResponder, serialOf } from "./hierarchy.fixture.ts";
import { fingerprintOf } from "./identify-asker.ts";
import { Issuers } from "./issuers.ts";
import { MemoryRegistry, MemoryStatus } from "./memory-world.fixture.ts";
import { OcspQuestions } from "./ocsp-questions.ts";
import type { IssuerAccessRecord, ResponseSigner } from "./ports.ts";
import { PreparedAnswers } from "./prepared-answers.ts";
import { PemResponseSigner } from "./response-signer.ts";
import { Unavailable } from "./signed-answer.ts";

/** When everything begins; not a whole second. */
export const start = new Date("2026-11-22T09:00:00.500Z");
/** The living generation, and the one before it. */
export const issuer = { authority: "chiba", generation: 2 } as const;
export const formerIssuer = { authority: "chiba", generation: 1 } as const;
export const authority = makeAuthority();
export const formerAuthority = makeAuthority();
export const responder = makeResponder(authority);
export const formerResponder = makeResponder(formerAuthority);
/** A registered verifier. */
export const city = makePeer("matsudo-city");
/** A valid certificate of the living generation. */
export const serial = serialOf("4a01");

/** What `Issuers` are made from. */
export function delegationOf(by: Holder, delegate: Holder) {
  return {
    issuerCertificate: Buffer.from(by.pem.certificate),
    responderCertificate: Buffer.from(delegate.pem.certificate),
    signer: new PemResponseSigner(delegate.pem.key),
  };
}

/** The CertID of a certificate of the living generation unless told. */
export function idOf(number: SerialNumber = serial, hash: CertIdHash = "sha1", by: Holder = authority): CertId {
  return makeCertId(hash, by.certificate, number);
}

/** What a response says, each certificate in its order; throws for an error. */
export function statusesIn(said: OcspAnswer): readonly OcspCertStatus[] {
  if (said.kind === "error") throw new Error(said.reason);
  const response = parseOcspResponse(said.signed.response);
  if (response.kind === "error") throw new Error(response.error);
  return response.responses.map(({ certStatus }) => certStatus);
}

interface Asking {
  readonly certIds?: readonly CertId[];
  readonly nonce?: Uint8Array;
  readonly requestorName?: GeneralName;
  readonly client?: Holder;
}

/** One responder in a world that a test changes. */
export class Desk {
  now = start;
  readonly status = new MemoryStatus(() => this.now);
  readonly registry = new MemoryRegistry();
  readonly records: IssuerAccessRecord[] = [];
  spoolIsFull = false;
  keyIsThere = true;
  /** Signatures made. */
  signatures = 0;
  readonly #questions = new OcspQuestions(
    new Issuers([
      { ...issuer, ...this.#watched(delegationOf(authority, responder)) },
      { ...formerIssuer, ...this.#watched(delegationOf(formerAuthority, formerResponder)) },
    ]),
    3,
  );
  /** It keeps three answers, each for five minutes, and waits 50 ms for anybody. */
  readonly #answers = new PreparedAnswers(
    { status: this.status, answerLife: 300_000, patience: 50, now: () => this.now },
    3,
  );

  constructor() {
    this.registry.register(city, "matsudo-city");
    this.status.put(issuer, serial);
  }

  /** Asks over a connection with this client certificate: about the valid certificate, as the city, unless told. */
  async ask({ client = city, certIds = [idOf()], ...fields }: Asking = {}): Promise<OcspAnswer> {
    return this.answer(assembleOcspRequest(encodeTbsRequest({ certIds, ...fields })), client);
  }

  /** Answers these octets. */
  async answer(der: Uint8Array, client?: Holder, issuers?: Issuers): Promise<OcspAnswer> {
    const keepRecord = async (record: IssuerAccessRecord) => {
      if (this.spoolIsFull) throw new Unavailable("accessRecords");
      this.records.push(record);
    };
    const { registry } = this;
    const questions = issuers === undefined ? this.#questions : new OcspQuestions(issuers, 3);
    const desk = { questions, registry, answers: this.#answers, keepRecord, now: () => this.now };
    return answerOcsp(desk, { der, client: client && fingerprintOf(client.certificate.der) });
  }

  #watched<Delegation extends { readonly signer: PemResponseSigner }>({ signer, ...delegation }: Delegation) {
    const sign: ResponseSigner["sign"] = async (tbs) => {
      if (!this.keyIsThere) throw new Error("the token is gone");
      this.signatures += 1;
      return signer.sign(tbs);
    };
    return { ...delegation, signer: { algorithm: signer.algorithm, publicKey: signer.publicKey, sign } };
  }
}
