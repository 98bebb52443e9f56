/** An authority in memory that keeps the port's promises: same question, same answer. Tests script its refusals and its absence. */
import { createHash, randomBytes } from "node:crypto";
import { decideIssuance, uniqueNameFromRandom } from "@mitome/ca";
import {
  type AuthorityRefusal,
  AuthorityUnavailable,
  type CertificationAuthority,
  type HeldCertificate,
} from "@mitome/ra";
import { parsedRequest, type SoftAuthority, softSign, testSerial } from "@mitome/testkit/soft-authority";

type Issued = { kind: "issued"; serial: string; certificate: string; issuerCertificate: string };

export class ScriptedAuthority implements CertificationAuthority {
  readonly #soft: SoftAuthority;
  readonly #now: () => Date;
  readonly #attempts = new Map<string, { cardNumber: string; challenge: string; ended: boolean }>();
  readonly #answers = new Map<string, Issued | AuthorityRefusal>();
  #serials = 1000;
  /** Fingerprints of machines in force. */
  readonly machines = new Set<string>();
  /** Card numbers in stock. */
  readonly stock = new Set<string>();
  readonly issuedCards = new Set<string>();
  readonly held = new Map<string, HeldCertificate>();
  /** Every call that had its effect, in order. */
  readonly calls: string[] = [];
  readonly requests: { payload: string; signature: string; clerk: string }[] = [];
  /** Not there at all; or fails the next call of a name after its effect, as a lost answer does. */
  away = false;
  loseAnswerOf: string | null = null;
  /** Answered instead of the next issuance. */
  refuseNext: AuthorityRefusal | null = null;

  constructor(soft: SoftAuthority, now: () => Date) {
    this.#soft = soft;
    this.#now = now;
  }

  /** Attempts that are open now. */
  get open(): readonly string[] {
    return [...this.#attempts].filter(([, { ended }]) => !ended).map(([name]) => name);
  }

  #answer<T>(call: string, effect: () => T): Promise<T> {
    if (this.away) return Promise.reject(new AuthorityUnavailable("authorityUnreachable"));
    const answer = effect();
    this.calls.push(call);
    if (this.loseAnswerOf !== call) return Promise.resolve(answer);
    this.loseAnswerOf = null;
    return Promise.reject(new AuthorityUnavailable("authorityUnreachable"));
  }

  describe = () =>
    this.#answer("describe", () => ({ authority: this.#soft.definition.id, suite: "jpki-2016", issuing: true }));

  machinesInForce = () => this.#answer("machinesInForce", () => [...this.machines]);

  lookAtCard = (cardNumber: string) =>
    this.#answer("lookAtCard", () => {
      if (this.issuedCards.has(cardNumber)) return "issued" as const;
      return this.stock.has(cardNumber) ? ("inStock" as const) : ("unknownCard" as const);
    });

  holding = (residentCode: string) => this.#answer("holding", () => this.held.get(residentCode) ?? null);

  openAttempt: CertificationAuthority["openAttempt"] = ({ caseId, attempt, cardNumber }) =>
    this.#answer("openAttempt", () => {
      const name = `${caseId}:${attempt}`;
      const known = this.#attempts.get(name) ?? {
        cardNumber,
        challenge: randomBytes(32).toString("base64"),
        ended: false,
      };
      this.#attempts.set(name, known);
      if (known.ended) return refusal("attemptEnded");
      return { kind: "opened" as const, caseChallenge: known.challenge };
    });

  openCardSession: CertificationAuthority["openCardSession"] = () =>
    this.#answer("openCardSession", () => ({
      kind: "opened" as const,
      hostChallenge: Buffer.alloc(16, 1).toString("base64"),
      hostCryptogram: Buffer.alloc(16, 2).toString("base64"),
    }));

  authoriseCardCommand: CertificationAuthority["authoriseCardCommand"] = ({ caseId, attempt, command }) =>
    this.#answer(`authorise.${command.name}`, () => {
      if (this.#attempts.get(`${caseId}:${attempt}`)?.ended !== false) return refusal("caseNotOpen");
      return { kind: "authorised" as const, macs: [Buffer.alloc(16, 3).toString("base64")] };
    });

  request: CertificationAuthority["request"] = (signed, clerk) =>
    this.#answer("request", () => {
      this.requests.push({ ...signed, clerk });
      const known = this.#answers.get(signed.payload);
      if (known !== undefined) return known;
      const answer = this.refuseNext ?? this.#issue(signed.payload);
      this.refuseNext = null;
      this.#answers.set(signed.payload, answer);
      return answer;
    });

  confirmDelivery: CertificationAuthority["confirmDelivery"] = ({ caseId, attempt, serial, readBackHash }) =>
    this.#answer("confirmDelivery", () => {
      const issued = [...this.#answers.values()].find((answer) => answer.kind === "issued" && answer.serial === serial);
      if (issued?.kind !== "issued") return refusal("notThisCertificate");
      const hash = createHash("sha256").update(Buffer.from(issued.certificate, "base64")).digest("base64");
      if (hash !== readBackHash) return refusal("notThisCertificate");
      const name = `${caseId}:${attempt}`;
      const known = this.#attempts.get(name);
      if (known !== undefined) this.#attempts.set(name, { ...known, ended: true });
      return { kind: "delivered" as const };
    });

  endAttempt: CertificationAuthority["endAttempt"] = ({ caseId, attempt }) =>
    this.#answer("endAttempt", () => {
      const name = `${caseId}:${attempt}`;
      const known = this.#attempts.get(name);
      if (known === undefined || known.ended) return refusal("caseNotOpen");
      this.#attempts.set(name, { ...known, ended: true });
      return { kind: "ended" as const };
    });

  #issue(payload: string): Issued | AuthorityRefusal {
    const request = parsedRequest(JSON.parse(Buffer.from(payload, "base64").toString("utf8")));
    const { definition, generation, key, selfSigned } = this.#soft;
    const plan = decideIssuance(request, {
      definition,
      generation,
      callerMunicipality: request.municipality,
      now: this.#now(),
      serial: testSerial(++this.#serials),
      uniqueName: uniqueNameFromRandom(randomBytes(16)),
    });
    if (plan.kind === "refused") return refusal(plan.reason);
    const certificate = softSign(key, plan.tbs, plan.signatureAlgorithm);
    const { serial, notBefore, notAfter, municipality } = plan;
    this.held.set(request.residentCode, {
      serial,
      notBefore: notBefore.toISOString(),
      notAfter: notAfter.toISOString(),
      municipality,
    });
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    return { kind: "issued", serial, certificate: base64(certificate), issuerCertificate: base64(selfSigned) };
  }
}

export function refusal(reason: string): AuthorityRefusal {
  return { kind: "refused", reason, detail: {}, held: null };
}
