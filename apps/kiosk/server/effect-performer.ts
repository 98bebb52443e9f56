import { type KeyObject, X509Certificate } from "node:crypto";
import type { AgentResult } from "@mitome/card";
import type { AuthorityRecords } from "@mitome/db/ra";
import {
  type AttemptEnding,
  type AuthorityRefusal,
  type CaseContext,
  type CaseEvent,
  type CertificationAuthority,
  type Effect,
  effectKey,
  type KeyFailure,
  refusalReasons,
  type TroubleKind,
} from "@mitome/ra";
import { type CardDesk, type CardWork, CounterNotReady } from "./card-desk.ts";
import { signIssuanceRequest, underKey } from "./issuance-request.ts";

/** The world is unable in a way that passes; the effect is tried again. */
export class PutOff extends Error {
  readonly trouble: TroubleKind;
  constructor(trouble: TroubleKind) {
    super("put off");
    this.name = "PutOff";
    this.trouble = trouble;
  }
}

export interface EffectPerformerDependencies {
  readonly records: AuthorityRecords;
  readonly authority: CertificationAuthority;
  readonly authorityId: string;
  readonly desk: CardDesk;
  /** This server's equipment key: signs the issuance requests. */
  readonly key: () => KeyObject;
  readonly clock: () => Date;
}

/**
 * How often an erasure is tried again before a case is abandoned without it: for some ten seconds while agent or authority
 * are away, and for a moment while no card is reported, which an agent does only some time after it has come back.
 */
const triesForErasure: Partial<Record<TroubleKind, number>> = {
  agentAbsent: 5,
  authorityUnreachable: 5,
  cardAbsent: 2,
};

/** Does one effect and answers the event that comes of it. Each may be done again and then comes to the same. */
export class EffectPerformer {
  readonly #use: EffectPerformerDependencies;
  #algorithm: "rsa-2048" | "p-384" | "rsa-1024" | null = null;

  constructor(dependencies: EffectPerformerDependencies) {
    this.#use = dependencies;
  }

  /** `tries` counts the times before. Throws `PutOff`, `CounterNotReady` and `AuthorityUnavailable` when it is to be tried again. */
  async perform(context: CaseContext, effect: Effect, tries: number): Promise<CaseEvent> {
    const { authority, clock } = this.#use;
    const { caseId, attempt } = context;
    switch (effect.kind) {
      case "readCard":
        return this.#readCard(context, effect.cardNumber);
      case "checkHolding": {
        const held = await authority.holding(effect.residentCode, context.clerk);
        return held === null ? { type: "holdsNone" } : { type: "holds", held };
      }
      case "openAttempt": {
        const answer = await authority.openAttempt({ caseId, attempt, cardNumber: effect.cardNumber });
        if (answer.kind === "refused") return refusedEvent(answer);
        return { type: "attemptOpened", caseChallenge: answer.caseChallenge };
      }
      case "makeKey":
        return this.#makeKey(context, effect);
      case "requestIssuance":
        return this.#requestIssuance(context);
      case "storeCertificates":
        return this.#store(context, effect);
      case "confirmDelivery": {
        const { serial, readBackHash } = effect;
        const answer = await authority.confirmDelivery({ caseId, attempt, serial, readBackHash });
        return { type: answer.kind === "delivered" ? "delivered" : "deliveryRefused" };
      }
      case "endAttempt":
        await authority.endAttempt({ caseId, attempt, reason: endingFor(effect.reason) });
        return { type: "attemptEnded" };
      case "abandon":
        if (effect.keyMade) await this.#eraseIfThere(context, effect, tries);
        await authority.endAttempt({ caseId, attempt, reason: endingFor(effect.reason) });
        return { type: "abandoned", at: clock().toISOString() };
    }
  }

  async #readCard(context: CaseContext, cardNumber: string): Promise<CaseEvent> {
    const state = await this.#use.authority.lookAtCard(cardNumber);
    if (state === "unknownCard") return { type: "cardUnsuitable", problem: "unknownCard" };
    if (state === "withdrawn") return { type: "cardUnsuitable", problem: "cardNotInStock" };
    if (state === "issued") return { type: "cardUnsuitable", problem: "cardHoldsCertificate" };
    if (state === "inCase") return { type: "cardUnsuitable", problem: "cardInUse" };
    try {
      const result = await this.#use.desk.status(workOf(context, cardNumber, `readCard:${cardNumber}`));
      if (result.kind !== "status") return { type: "cardUnsuitable", problem: "cardUnreadable" };
      if (result.card?.cardNumber !== cardNumber) return { type: "cardRemoved" };
      return result.card.certificateStored
        ? { type: "cardUnsuitable", problem: "cardHoldsCertificate" }
        : { type: "cardSuitable" };
    } catch (error) {
      if (error instanceof CounterNotReady && error.trouble !== "agentAbsent") return { type: "cardRemoved" };
      throw error;
    }
  }

  async #makeKey(context: CaseContext, effect: Extract<Effect, { kind: "makeKey" }>): Promise<CaseEvent> {
    const { cardNumber, caseChallenge } = effect;
    const work = workOf(context, cardNumber, effectKey(effect));
    const result = await this.#use.desk.makeKey(work, await this.#keyAlgorithm(), caseChallenge);
    if (result === null) return { type: "keyFailed", failure: "passwordLost" };
    if (result.kind !== "keyMade") return { type: "keyFailed", failure: keyFailureIn(result) };
    const { publicKey, proofOfPossession, cardOrigin, keyGeneratedAt } = result;
    return { type: "keyMade", key: { publicKey, proofOfPossession, cardOrigin, generatedAt: keyGeneratedAt } };
  }

  async #keyAlgorithm() {
    if (this.#algorithm === null) {
      const { suite } = await this.#use.authority.describe();
      const algorithm = algorithmOfSuite[suite];
      if (algorithm === undefined) throw new Error("the authority's suite is not known here");
      this.#algorithm = algorithm;
    }
    return this.#algorithm;
  }

  async #requestIssuance(context: CaseContext): Promise<CaseEvent> {
    const { records, authority, authorityId, key, clock } = this.#use;
    const { caseId, attempt } = context;
    // The very bytes of the first try: the authority answers the same request with the same answer.
    const kept =
      (await records.request(caseId, attempt)) ??
      (await records.keepRequest(caseId, attempt, signIssuanceRequest(context, authorityId, clock(), key())));
    // Where the server's key was renewed since, under the key of the connection that it goes by.
    const answer = await authority.request(underKey(kept, key()), context.proof?.clerk ?? context.clerk);
    if (answer.kind === "refused") {
      if (answer.reason === "authorityNotActivated" || answer.reason === "clockUntrusted")
        throw new PutOff(answer.reason);
      return refusedEvent(answer);
    }
    const certificate = new X509Certificate(Buffer.from(answer.certificate, "base64"));
    const issuer = new X509Certificate(Buffer.from(answer.issuerCertificate, "base64"));
    demandOurs(certificate, issuer, context);
    return {
      type: "issued",
      certificate: {
        serial: answer.serial,
        notBefore: certificate.validFromDate.toISOString(),
        notAfter: certificate.validToDate.toISOString(),
        issuer: certificate.issuer.replaceAll("\n", ", "),
        certificate: answer.certificate,
        issuerCertificate: answer.issuerCertificate,
      },
    };
  }

  async #store(context: CaseContext, effect: Extract<Effect, { kind: "storeCertificates" }>): Promise<CaseEvent> {
    const { cardNumber, serial, certificate, issuerCertificate } = effect;
    const request = {
      operation: "storeCertificates",
      serial,
      certificate,
      authorityCertificate: issuerCertificate,
    } as const;
    const result = await this.#use.desk.store(workOf(context, cardNumber, effectKey(effect)), request);
    if (result.kind === "certificatesStored") return { type: "stored", readBackHash: result.certificateHash };
    throw new PutOff(cardTroubleIn(result));
  }

  // An unused key that stays on a card away from the reader is overwritten by the next key: only a try is owed.
  async #eraseIfThere(
    context: CaseContext,
    effect: Extract<Effect, { kind: "abandon" }>,
    tries: number,
  ): Promise<void> {
    try {
      const result = await this.#use.desk.erase(workOf(context, effect.cardNumber, effectKey(effect)));
      if (result.kind === "interrupted") throw new PutOff(cardTroubleIn(result));
    } catch (error) {
      if (!(error instanceof CounterNotReady || error instanceof PutOff)) throw error;
      if (tries < (triesForErasure[error.trouble] ?? 0)) throw error;
    }
  }
}

function workOf({ caseId, attempt, counter }: CaseContext, cardNumber: string, key: string): CardWork {
  return { caseId, attempt, counter, cardNumber, key };
}

const algorithmOfSuite: Readonly<Record<string, "rsa-2048" | "p-384" | "rsa-1024">> = {
  "jpki-2016": "rsa-2048",
  "jpki-next": "p-384",
  "cps-2014": "rsa-1024",
};

function refusedEvent({ reason, detail, held }: AuthorityRefusal): CaseEvent {
  const known = refusalReasons.find((candidate) => candidate === reason);
  const refusal =
    known === undefined
      ? { reason: "ruleBroken" as const, detail: { rule: reason, clause: "" } }
      : { reason: known, detail };
  return { type: "refused", refusal, held };
}

function keyFailureIn(result: AgentResult): KeyFailure {
  if (result.kind === "interrupted") {
    const { reason } = result;
    if (reason === "cardRemoved" || reason === "noCard") return "cardRemoved";
    return reason === "cardMisbehaved" || reason === "readerUnavailable" ? "cardFailed" : "passwordLost";
  }
  switch (result.kind === "refused" ? result.reason : "noKey") {
    case "otherCard":
      return "otherCard";
    case "passwordNotAllowed":
      return "passwordRefused";
    case "sealedPasswordUnusable":
      return "sealNotOpened";
    case "commandNotRight":
      return "commandExpired";
    case "notAuthorised":
      return "authorisationRefused";
    default:
      return "cardFailed";
  }
}

function cardTroubleIn(result: AgentResult): TroubleKind {
  if (result.kind === "refused") return result.reason === "otherCard" ? "otherCard" : "cardFailed";
  if (result.kind !== "interrupted") return "cardFailed";
  switch (result.reason) {
    case "noCard":
    case "cardRemoved":
      return "cardAbsent";
    case "authorityUnavailable":
      return "authorityUnreachable";
    case "agentRestarted":
    case "connectionLost":
      return "agentAbsent";
    default:
      return "cardFailed";
  }
}

function endingFor(reason: string): AttemptEnding {
  switch (reason) {
    case "doubt":
      return "doubt";
    case "withdrawn":
      return "applicantWithdrew";
    case "passwordLost":
    case "cardRemoved":
      return "keyLost";
    case "cardFailed":
      return "cardFailed";
    default:
      return "other";
  }
}

// What comes back must be for the key that this card made, signed by the certificate beside it.
function demandOurs(certificate: X509Certificate, issuer: X509Certificate, { key }: CaseContext): void {
  const asked = key === null ? null : Buffer.from(key.publicKey, "base64");
  const certified = certificate.publicKey.export({ type: "spki", format: "der" });
  if (asked === null || !asked.equals(certified) || !certificate.verify(issuer.publicKey)) {
    throw new Error("the certificate is not for this key or not by this authority");
  }
}
