import { maximumClockSkew } from "@mitome/ca";
import { signWithToken, type Token } from "@mitome/hsm";
import { HsmUnavailable, type IntentFields, type RefusalReason } from "@mitome/hsm/signer-client";
import { type SignatureAlgorithm, type VerificationKey, verifySignature } from "@mitome/x509";
import type { InspectedStretches } from "./inspected-stretches.ts";
import { type Inspected, type Inspector, sha256Hex, signingKeyLabel } from "./inspection.ts";
import { type IntentLedger, isActive } from "./intent-ledger.ts";
import { type IntentSocket, isServedOn } from "./intent-sockets.ts";
import type { Journal } from "./journal.ts";
import type { CrashPoint } from "./signer-configuration.ts";
import type { Answer } from "./socket-server.ts";
import type { TrustedClock } from "./trusted-clock.ts";

/** What signing needs. */
export interface SigningParts {
  readonly token: Token;
  readonly ledger: IntentLedger;
  readonly inspector: Inspector;
  readonly stretches: InspectedStretches;
  readonly journal: Journal;
  readonly clock: TrustedClock;
  /** Ends the process at a named point; only tests name one. */
  readonly reach: (point: CrashPoint) => void;
}

/**
 * Signs the TBS of a recorded intent. Nothing in the request is signed, and nothing in the row is believed: the row's
 * MAC, the signatures of those who asked and the rule book are checked here again, in recovery as well.
 * Throws TokenLocked, KeyMissing, HsmUnavailable.
 */
export async function signIntent(
  parts: SigningParts,
  socket: IntentSocket,
  { intentId, fence }: { readonly intentId: string; readonly fence: string },
): Promise<Answer> {
  const { ledger, inspector, clock } = parts;
  // 1. Read the row through our own role.
  const row = await ledger.readIntent(intentId);
  if (row === undefined) return { kind: "refused", reason: "intentUnknown" };
  if (row.state !== "recorded") return { kind: "refused", reason: "intentNotOpen", detail: row.state };
  if (!isServedOn(socket, row.intent.kind)) return { kind: "refused", reason: "operatorsOnly" };
  if (row.fence !== BigInt(fence)) return { kind: "refused", reason: "fenceWrong" };
  // 2. Its key is activated, and the clock may be believed.
  const now = clock.now();
  if (!isActive(row.activation, now)) return { kind: "notActivated" };
  const recordedAt = new Date(row.createdAt.getTime() - maximumClockSkew);
  if (clock.check([parts.journal.newestEntry, recordedAt]) === "untrusted") {
    return { kind: "refused", reason: "clockUntrusted" };
  }
  // 3. It is what was decided: the MAC. 4. It may be signed: the inspection.
  const inspected = inspector.inspectRecorded(row.intent, row.mac, row.livingRequester, now);
  if (inspected.kind === "macWrong") return { kind: "refused", reason: "macWrong" };
  if (inspected.kind === "wrong") return { kind: "refused", reason: "inspectionFailed", detail: inspected.detail };
  const asked = askedWith(row.intent, inspected);
  const usedBefore = useRefusal(parts.journal, intentId, asked);
  if (usedBefore !== undefined) return { kind: "refused", reason: usedBefore };
  // 5. Journal, sign, verify, journal.
  const label = signingKeyLabel(row.intent.authority, row.intent.kind, row.intent.generation);
  const signature = await signJournalled(parts, {
    intent: intentId,
    ...asked,
    label,
    content: wholeContent(inspected.signatureAlgorithm, inspected.tbs),
    // The window may have ended while the journal was written.
    mayStill: () => isActive(row.activation, clock.now()),
  });
  return signature === undefined ? { kind: "notActivated" } : answerSignature(signature);
}

/** What an intent was asked for with, and may not be again for another: SHA-256 of the request, and an enrolment's ticket. */
type Asked = Pick<JournalledSignature, "request" | "ticket">;

function askedWith({ kind, request }: IntentFields, inspected: Extract<Inspected, { kind: "right" }>): Asked {
  const ticket = inspected.ticket?.ticket.ticketId ?? null;
  const once = kind === "subscriber" || ticket !== null; // a renewal is signed by its machine, and may be repeated
  return { ticket, request: once && request !== null ? sha256Hex(request) : null };
}

// One request of a municipality becomes one certificate. One ticket enrols one machine: it may ask again with the same
// request after a lost answer, and gets a certificate of the same key.
function useRefusal(journal: Journal, intentId: string, { request, ticket }: Asked): RefusalReason | undefined {
  if (request === null) return undefined;
  if (ticket !== null) return journal.wasTicketOfAnother(ticket, request) ? "ticketUsed" : undefined;
  return journal.wasRequestOfAnother(request, intentId) ? "requestSignedBefore" : undefined;
}

/** What a signature is made over: the octets, or what the token needs of those that came piece by piece. */
export interface SignedContent {
  /** SHA-256, lower-case hexadecimal: the journal's name for these octets. */
  readonly tbs: string;
  sign(token: Token, label: string): Promise<Uint8Array>;
  isSignedBy(key: VerificationKey, signature: Uint8Array): boolean;
}

/** These octets under this algorithm. */
export function wholeContent(algorithm: SignatureAlgorithm, message: Uint8Array): SignedContent {
  return {
    tbs: sha256Hex(message),
    sign: (token, label) => signWithToken(token, label, algorithm, message),
    isSignedBy: (key, signature) => verifySignature(key, algorithm, message, signature),
  };
}

/** One signature to be made: what is signed, with which key, and for which intent if it is one. */
export interface JournalledSignature {
  readonly intent: string | null;
  /** SHA-256 of the request behind the intent, in hexadecimal: a municipality's, or an enrolment's with its ticket's id. */
  readonly request: string | null;
  readonly ticket: string | null;
  readonly label: string;
  readonly list?: { readonly partition: string; readonly number: number; readonly through: number };
  readonly content: SignedContent;
  readonly mayStill?: () => boolean;
}

/**
 * Makes one signature with its journal lines around it, each durable before the next step; undefined when it must not
 * be made any more. A signature that does not verify is never handed out. Throws as the token does.
 */
export async function signJournalled(
  parts: Pick<SigningParts, "token" | "inspector" | "journal" | "reach">,
  wanted: JournalledSignature,
): Promise<Uint8Array | undefined> {
  const { token, inspector, journal, reach } = parts;
  const { verificationKey } = inspector.publicKey(wanted.label);
  const { tbs } = wanted.content;
  const attempt = journal.attemptsOf(tbs) + 1;
  const ended = (outcome: "signed" | "failed" | "wrong", signature: Uint8Array | undefined) =>
    journal.append({
      kind: "outcome",
      tbs,
      attempt,
      outcome,
      signature: signature === undefined ? null : sha256Hex(signature),
    });

  await journal.append({
    kind: "attempt",
    intent: wanted.intent,
    request: wanted.request,
    ticket: wanted.ticket,
    ...(wanted.list === undefined ? {} : { list: wanted.list }),
    key: wanted.label,
    tbs,
    attempt,
  });
  reach("signer.beforeSign");
  if (wanted.mayStill?.() === false) {
    await ended("failed", undefined);
    return undefined;
  }
  let signature: Uint8Array;
  try {
    signature = await wanted.content.sign(token, wanted.label);
  } catch (error) {
    await ended("failed", undefined);
    throw error;
  }
  reach("signer.afterSign");
  if (!wanted.content.isSignedBy(verificationKey, signature)) {
    await ended("wrong", signature);
    throw new HsmUnavailable("deviceError");
  }
  await ended("signed", signature);
  reach("signer.afterJournal");
  return signature;
}

/** A signature as it travels on the socket. */
export function answerSignature(signature: Uint8Array): Answer {
  return { kind: "answer", fields: { signature: Buffer.from(signature).toString("base64") } };
}
