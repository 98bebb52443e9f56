import type { CertificateAnswer } from "@mitome/ca";
import {
  assembleOcspResponse,
  type CertId,
  type Der,
  encodeOcspResponseData,
  type OcspCertStatus,
  type OcspResponseDataFields,
  type SerialNumber,
} from "@mitome/x509";
import { decideCertStatus, wholeSeconds } from "./decide-cert-status.ts";
import type { AnsweredIssuer } from "./issuers.ts";
import type { StatusReading, StatusSource } from "./ports.ts";

/** A certificate asked about. */
interface AskedCertificate {
  readonly certId: CertId;
  /** `undefined`: the issuer has none of such a number, or it is another's. */
  readonly serialNumber: SerialNumber | undefined;
}

/** What is asked of one issuer: at least one certificate, and the nonce to repeat. */
export interface Question {
  readonly issuer: AnsweredIssuer;
  readonly certificates: readonly [AskedCertificate, ...AskedCertificate[]];
  readonly nonce: Uint8Array | undefined;
  /** Octets of the CertID, by which the answer may be found again: of a question about one certificate without a nonce. */
  readonly form: string | undefined;
}

/** A signed response and what it says. */
export interface SignedAnswer {
  readonly response: Der<"OCSPResponse">;
  readonly answers: readonly [CertificateAnswer, ...CertificateAnswer[]];
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Until when it may be given again; `undefined`: never, as for a certificate that may be issued in a moment. */
  readonly standsUntil: Date | undefined;
}

/** Where answers come from. */
export interface AnswerSource {
  readonly status: StatusSource;
  /** Milliseconds from an answer's thisUpdate to its nextUpdate. */
  readonly answerLife: number;
  /** Milliseconds after which a ledger or key that has not answered counts as lost. */
  readonly patience: number;
  readonly now: () => Date;
}

/** The world is unable for now: `what` did not answer. Safe to ask again. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  readonly what: "status" | "signer" | "responderCertificate" | "accessRecords";
  constructor(what: Unavailable["what"], cause?: unknown) {
    super(`${what} is not available`, { cause });
    this.what = what;
  }
}

/** Reads the ledger, decides, signs: the one way in which an answer comes to be. Throws {@link Unavailable}. */
export async function makeSignedAnswer(source: AnswerSource, question: Question): Promise<SignedAnswer> {
  const { issuer, certificates, nonce } = question;
  const serials = certificates.map(({ serialNumber }) => serialNumber).filter((serial) => serial !== undefined);
  const reading = await answering("status", source.patience, source.status.read(issuer, serials));
  const thisUpdate = wholeSeconds(reading.asOf);
  const nextUpdate = new Date(thisUpdate.getTime() + source.answerLife);
  const [first, ...others] = certificates;
  const decided = [decide(first, reading), ...others.map((one) => decide(one, reading))] as const;
  const response = await sign(source, question.issuer, {
    responses: decided.map(({ certId, certStatus }) => ({ certId, certStatus, thisUpdate, nextUpdate })),
    nonce,
  });
  const [{ answer }, ...more] = decided;
  return {
    ...{ response, thisUpdate, nextUpdate, standsUntil: standingUntil(decided, thisUpdate, source.answerLife) },
    answers: [answer, ...more.map((one) => one.answer)],
  };
}

interface Decided {
  readonly certId: CertId;
  readonly certStatus: OcspCertStatus;
  readonly notAfter: Date | undefined;
  readonly answer: CertificateAnswer;
}

function decide({ certId, serialNumber }: AskedCertificate, { certificates, asOf }: StatusReading): Decided {
  const known = serialNumber && certificates.get(serialNumber);
  const certStatus = decideCertStatus(known, asOf);
  const serial = certId.serialNumber ?? Buffer.from(certId.serialContents).toString("hex");
  return { certId, certStatus, notAfter: known?.notAfter, answer: { serial, answer: certStatus.kind } };
}

async function sign(
  { now, patience }: AnswerSource,
  { responderKeyHash, signer, responderCertificate }: AnsweredIssuer,
  said: Pick<OcspResponseDataFields, "responses" | "nonce">,
): Promise<Der<"OCSPResponse">> {
  const producedAt = wholeSeconds(now());
  const { notBefore, notAfter } = responderCertificate.validity;
  if (producedAt < notBefore || producedAt > notAfter) throw new Unavailable("responderCertificate");
  const tbs = encodeOcspResponseData({ responderKeyHash, producedAt, ...said });
  const signature = await answering("signer", patience, signer.sign(tbs));
  return assembleOcspResponse(tbs, signer.algorithm, signature, [responderCertificate.der]);
}

/**
 * Good and revoked are given again for half of their life, so that whoever gets one has the other half to use it, and not
 * beyond the certificate's end; unknown may change with the next issuance.
 */
function standingUntil(decided: readonly Decided[], thisUpdate: Date, answerLife: number): Date | undefined {
  let until = new Date(thisUpdate.getTime() + answerLife / 2);
  for (const { certStatus, notAfter } of decided) {
    if (certStatus.kind === "unknown" || notAfter === undefined) return undefined;
    if (notAfter < until) until = notAfter;
  }
  return until;
}

/** The result of a port's call, or {@link Unavailable} when it fails or takes longer than one is patient. */
async function answering<Result>(what: Unavailable["what"], patience: number, call: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable(what)), patience);
  });
  try {
    return await Promise.race([call, late]);
  } catch (cause) {
    throw cause instanceof Unavailable ? cause : new Unavailable(what, cause);
  } finally {
    clearTimeout(timer);
  }
}
