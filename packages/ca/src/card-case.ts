/** The card's side of a case: which cards, which attempts, and which write command is authorised when. */
import { createHash } from "node:crypto";
import { type CardOperation, type KeyAlgorithm, planCommands } from "@mitome/card";
import { suiteOf } from "./authority-definition.ts";
import { actingFor, type Call } from "./caller.ts";
import type {
  Attempt,
  CaseOpeningRefusal,
  CommandQuestion,
  CommandRefusal,
  NamedCardCommand,
  Refused,
} from "./certification-authority.ts";
import type { AttemptKey, CaseRecord } from "./issuance-case.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import { type CardRecord, type CardSessionRecord, IssuanceUnderWay } from "./ports.ts";

const refused = <Reason extends string>(reason: Reason): Refused<Reason> => ({ kind: "refused", reason });

/** The key of an attempt: the municipality is the caller's certificate's, never the message's. */
export function attemptKey(authority: IssuingAuthority, call: Call, { caseId, attempt }: Attempt): AttemptKey {
  return { authority: authority.definition.id, municipality: call.caller.municipality, caseId, attempt };
}

/** A card of the caller's stock. Another municipality's card is as unknown as one that does not exist. */
export async function lookCard(
  authority: IssuingAuthority,
  call: Call,
  cardNumber: string,
): Promise<CardRecord | undefined> {
  const card = await authority.ledger.card(authority.definition.id, cardNumber, authority.clock.now());
  const own = card?.municipality === call.caller.municipality ? card : undefined;
  const detail = { card: cardNumber, found: own !== undefined };
  await authority.ledger.recordEvent(actingFor(call), { kind: "card.looked", result: "done", detail });
  return own;
}

/** Begins an attempt with a fresh challenge; the same opening again gets the same challenge. */
export async function openCase(
  authority: IssuingAuthority,
  call: Call,
  opening: Attempt & { readonly cardNumber: string },
): Promise<{ readonly kind: "opened"; readonly challenge: Uint8Array } | Refused<CaseOpeningRefusal>> {
  const { ledger, randomness } = authority;
  const key = attemptKey(authority, call, opening);
  const { cardNumber } = opening;
  const detail = { case: key.caseId, attempt: key.attempt, card: cardNumber };
  const refusal = await openingRefusal(authority, key, cardNumber);
  if (refusal === undefined) {
    const challenge = randomness.bytes(32);
    const event = { kind: "case.opened", result: "done", detail } as const;
    const outcome = await ledger.openCase(actingFor(call), { key, cardNumber, challenge }, event);
    if (outcome === "opened") return { kind: "opened", challenge };
    if (outcome === "caseExists") return openedBefore(await ledger.readAttempt(key), cardNumber);
    return await refuseOpening(outcome === "cardBusy" ? "cardBusy" : "previousAttemptOpen");
  }
  return await refuseOpening(refusal);

  async function refuseOpening(reason: CaseOpeningRefusal) {
    await ledger.recordEvent(actingFor(call), {
      kind: "case.openRefused",
      result: "refused",
      detail: { ...detail, reason },
    });
    return refused(reason);
  }
}

async function openingRefusal(
  authority: IssuingAuthority,
  key: AttemptKey,
  cardNumber: string,
): Promise<CaseOpeningRefusal | undefined> {
  const card = await authority.ledger.card(key.authority, cardNumber, authority.clock.now());
  if (card === undefined || card.state === "withdrawn") return "unknownCard";
  if (card.municipality !== key.municipality) return "cardNotInStock";
  // Making a key erases the old one: not while somebody's valid certificate is on the card.
  if (card.state === "issued") return "cardBusy";
  // 千葉県運用規程 3-1-9: a doubt about who somebody is ends his case.
  return (await authority.ledger.endedFor(key, "doubt")) ? "doubtRecorded" : undefined;
}

function openedBefore(attempt: CaseRecord | undefined, cardNumber: string) {
  if (attempt === undefined) throw new IssuanceUnderWay("the attempt moved");
  if (attempt.cardNumber !== cardNumber) return refused("otherCardInCase");
  return attempt.state === "open"
    ? ({ kind: "opened", challenge: attempt.challenge } as const)
    : refused("attemptEnded");
}

/** Answers a card's challenge, so that the card knows it speaks with its authority. */
export async function openCardSession(
  authority: IssuingAuthority,
  call: Call,
  opening: Attempt & { readonly cardNumber: string; readonly cardChallenge: Uint8Array },
): Promise<
  | { readonly kind: "opened"; readonly hostChallenge: Uint8Array; readonly hostCryptogram: Uint8Array }
  | Refused<"caseNotOpen">
> {
  const key = attemptKey(authority, call, opening);
  const { cardNumber, cardChallenge } = opening;
  const attempt = await authority.ledger.readAttempt(key);
  if (attempt?.cardNumber !== cardNumber || !(await mayTalk(authority, attempt))) return refused("caseNotOpen");
  const { hostChallenge, hostCryptogram } = await authority.cardKeys.openSession({ cardNumber, cardChallenge });
  const detail = { case: key.caseId, attempt: key.attempt, card: cardNumber };
  const event = { kind: "card.sessionOpened", result: "done", detail } as const;
  await authority.ledger.openCardSession(actingFor(call), key, { cardNumber, cardChallenge, hostChallenge }, event);
  return { kind: "opened", hostChallenge, hostCryptogram };
}

/** A living attempt; or a refused one, whose key is to be erased, while its card is in no other. */
async function mayTalk(authority: IssuingAuthority, { state, cardNumber, key }: CaseRecord): Promise<boolean> {
  if (state === "open" || state === "requested" || state === "issued") return true;
  if (state !== "refused") return false;
  const card = await authority.ledger.card(key.authority, cardNumber, authority.clock.now());
  return card?.state === "inStock";
}

/**
 * Authorises one named operation on the card of a case, under the session's next counter. The octets to be written are
 * planned here, from the authority's own certificates; the same question again gets the same MACs.
 */
export async function authoriseCommand(
  authority: IssuingAuthority,
  call: Call,
  question: CommandQuestion,
): Promise<{ readonly kind: "authorised"; readonly macs: readonly Uint8Array[] } | Refused<CommandRefusal>> {
  const { ledger, cardKeys } = authority;
  const key = attemptKey(authority, call, question);
  const { cardNumber, cardChallenge, hostChallenge, counter } = question;
  const detail = { case: key.caseId, attempt: key.attempt, card: cardNumber, command: question.command.name };
  const planned = await planFor(authority, key, question);
  if (planned.kind === "refused") {
    const event = { kind: "card.commandRefused", result: "refused", detail: { ...detail, reason: planned.reason } };
    await ledger.recordEvent(actingFor(call), { ...event, kind: "card.commandRefused", result: "refused" });
    return planned;
  }
  const { commands, session, command } = planned;
  if (!planned.again) {
    const step = { hostChallenge, fromCounter: session.counter, toCounter: counter + commands.length - 1, command };
    const event = { kind: "card.commandAuthorised", result: "done", detail: { ...detail, counter } } as const;
    const moved = !(await ledger.advanceCardSession(actingFor(call), key, step, event));
    if (moved) return refused("counterWrong");
  }
  const macs = await cardKeys.authorise({ cardNumber, cardChallenge, hostChallenge, counter, commands });
  return { kind: "authorised", macs };
}

interface Planned {
  readonly kind: "planned";
  readonly commands: readonly { ins: number; p1: number; p2: number; dataDigest: Uint8Array }[];
  readonly session: CardSessionRecord;
  /** What the session remembers of this operation. */
  readonly command: Uint8Array;
  /** The last operation once more, after its answer was lost. */
  readonly again: boolean;
}

async function planFor(
  authority: IssuingAuthority,
  key: AttemptKey,
  question: CommandQuestion,
): Promise<Planned | Refused<CommandRefusal>> {
  const { cardNumber, cardChallenge, hostChallenge, cardCryptogram, counter } = question;
  const attempt = await authority.ledger.readAttempt(key);
  if (attempt?.cardNumber !== cardNumber || !(await mayTalk(authority, attempt))) return refused("caseNotOpen");
  const session = await authority.ledger.readCardSession(key, hostChallenge);
  if (session === undefined || Buffer.compare(session.cardChallenge, cardChallenge) !== 0) {
    return refused("sessionUnknown");
  }
  const operation = await operationOf(authority, attempt, question.command);
  if ("reason" in operation) return operation;
  const command = operationDigest(counter, operation);
  const again = session.lastCommand !== undefined && Buffer.compare(session.lastCommand, command) === 0;
  if (!again && counter !== session.counter + 1) return refused("counterWrong");
  const proof = { cardNumber, cardChallenge, hostChallenge, cardCryptogram };
  if (session.counter === 0 && !(await authority.cardKeys.verifyCard(proof))) return refused("cardNotAuthentic");
  const commands = planCommands(operation).map(({ ins, p1, p2, payloadDigest }) => ({
    ...{ ins, p1, p2 },
    dataDigest: payloadDigest,
  }));
  return { kind: "planned", commands, session, command, again };
}

/** What a command may do in a state: a key is made while nothing is requested, a certificate stored once it is issued. */
async function operationOf(
  authority: IssuingAuthority,
  attempt: CaseRecord,
  command: NamedCardCommand,
): Promise<CardOperation | Refused<CommandRefusal>> {
  const makingKey = attempt.state === "open";
  switch (command.name) {
    case "generateKey":
      if (!makingKey) return refused("commandNotNow");
      if (command.algorithm !== subscriberAlgorithm(authority)) return refused("algorithmNotOfTheSuite");
      return { name: command.name, algorithm: command.algorithm, caseChallenge: attempt.challenge };
    case "setPassword":
      return makingKey ? command : refused("commandNotNow");
    case "erase":
      // Not while a certificate for the key is under way: whether it was issued decides what erasing means.
      return attempt.state === "requested" ? refused("commandNotNow") : command;
    case "storeCertificate":
    case "storeAuthorityCertificate":
      return await storing(authority, attempt, command);
  }
}

async function storing(
  authority: IssuingAuthority,
  attempt: CaseRecord,
  command: Extract<NamedCardCommand, { name: "storeCertificate" | "storeAuthorityCertificate" }>,
): Promise<CardOperation | Refused<CommandRefusal>> {
  const { serial } = attempt;
  const other = command.name === "storeCertificate" && command.serial !== serial;
  if (attempt.state !== "issued" || serial === undefined || other) return refused("commandNotNow");
  const stored = await authority.ledger.readCertificate(attempt.key.authority, serial);
  const generation = stored && authority.generations.get(stored.generation);
  if (stored === undefined || generation === undefined) throw new Error("an issued certificate is not in the ledger");
  return command.name === "storeCertificate"
    ? { name: command.name, certificate: stored.certificate }
    : { name: command.name, certificate: generation.certificate };
}

/** The card's name for the suite's subscriber key. */
function subscriberAlgorithm(authority: IssuingAuthority): KeyAlgorithm {
  const { subscriberKey } = suiteOf(authority.definition);
  if (subscriberKey.kind === "ec") return "p-384";
  return subscriberKey.bits === 1024 ? "rsa-1024" : "rsa-2048";
}

function operationDigest(counter: number, operation: CardOperation): Uint8Array {
  const hash = createHash("sha256").update(`${counter}\0${operation.name}\0`);
  switch (operation.name) {
    case "generateKey":
      return hash.update(operation.algorithm).digest();
    case "setPassword":
      return hash.update(operation.commitment).digest();
    case "storeCertificate":
    case "storeAuthorityCertificate":
      return hash.update(operation.certificate).digest();
    case "erase":
      return hash.digest();
  }
}
