import { z } from "zod";
import { type SignerAddress, SignerConnection, type SignerRefusal } from "./signer-connection.ts";
import {
  type AuditHead,
  type EnrolmentTicket,
  type IntentFields,
  type SignerStatus,
  signerStatus,
  wireBytes,
} from "./signer-protocol.ts";

export type { SignerAddress, SignerRefusal } from "./signer-connection.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const base64OrNull = (bytes: Uint8Array | null): string | null => (bytes === null ? null : base64(bytes));

const macAnswer = z.looseObject({ mac: wireBytes });
const macsAnswer = z.looseObject({ macs: z.array(wireBytes) });
const signatureAnswer = z.looseObject({ signature: wireBytes });
const rightAnswer = z.looseObject({ right: z.boolean() });
const subscriberIdAnswer = z.looseObject({ subscriberId: z.string().regex(/^[0-9a-f]{64}$/) });
const publicKeyAnswer = z.looseObject({ spki: wireBytes });
const openSessionAnswer = z.looseObject({ hostChallenge: wireBytes, hostCryptogram: wireBytes });

/**
 * An authority's signer, as `apps/ca` sees it. Refusals are values; HsmUnavailable is thrown when the signer, its token
 * or its ledger cannot answer now (safe to ask again).
 */
export class SignerClient {
  readonly #connection: SignerConnection;

  constructor(address: SignerAddress) {
    this.#connection = new SignerConnection(address);
  }

  /** Whether the token is ready, locked (not activated) or unavailable, and where the journal stands. */
  async status(): Promise<SignerStatus> {
    const reply = await this.#connection.request({ op: "status" });
    if (reply.kind !== "answer") throw new Error(`status was answered ${reply.kind}`);
    return signerStatus.parse(reply.value);
  }

  /** Inspects an intent as `sign` will and returns its MAC (HMAC-SHA256, 32 bytes) by a key in the token. */
  async macIntent(intent: IntentFields): Promise<{ kind: "mac"; mac: Uint8Array } | SignerRefusal> {
    const reply = await this.#connection.request(wireIntent(intent));
    return reply.kind === "answer" ? { kind: "mac", mac: macAnswer.parse(reply.value).mac } : reply;
  }

  /**
   * Signs the TBS of a recorded intent under the fence it was taken with. The signature is in the form its certificate
   * carries it (RSA: PKCS#1 v1.5 octets; ECDSA: DER Ecdsa-Sig-Value) and was verified by the signer.
   */
  async sign(intentId: string, fence: bigint): Promise<{ kind: "signed"; signature: Uint8Array } | SignerRefusal> {
    const reply = await this.#connection.request({ op: "sign", intentId, fence: fence.toString() });
    return reply.kind === "answer"
      ? { kind: "signed", signature: signatureAnswer.parse(reply.value).signature }
      : reply;
  }

  /** The stable pseudonym of a resident code: HMAC-SHA256 in the token, 64 hex digits. */
  async subscriberId(residentCode: string): Promise<{ kind: "subscriberId"; subscriberId: string } | SignerRefusal> {
    const reply = await this.#connection.request({ op: "subscriberId", residentCode });
    return reply.kind === "answer"
      ? { kind: "subscriberId", subscriberId: subscriberIdAnswer.parse(reply.value).subscriberId }
      : reply;
  }

  /** Signs the heads of the audit streams together (ECDSA P-256, DER), over `auditHeadsMessage(heads)`. */
  async signHeads(heads: readonly AuditHead[]): Promise<{ kind: "signed"; signature: Uint8Array } | SignerRefusal> {
    const reply = await this.#connection.request({ op: "signHeads", heads });
    return reply.kind === "answer"
      ? { kind: "signed", signature: signatureAnswer.parse(reply.value).signature }
      : reply;
  }

  /** SubjectPublicKeyInfo (DER) of a key pair in the token, by label. */
  async publicKey(label: string): Promise<{ kind: "publicKey"; spki: Uint8Array } | SignerRefusal> {
    const reply = await this.#connection.request({ op: "publicKey", label });
    return reply.kind === "answer" ? { kind: "publicKey", spki: publicKeyAnswer.parse(reply.value).spki } : reply;
  }

  /** Whether an enrolment ticket carries the MAC that only the operator's socket hands out. */
  async verifyTicket(
    ticket: EnrolmentTicket,
    mac: Uint8Array,
  ): Promise<{ kind: "verified"; right: boolean } | SignerRefusal> {
    const reply = await this.#connection.request(wireTicket("verifyTicket", ticket, { mac: base64(mac) }));
    return reply.kind === "answer" ? { kind: "verified", right: rightAnswer.parse(reply.value).right } : reply;
  }

  close(): void {
    this.#connection.close();
  }
}

/** The operator's socket: activation and enrolment tickets. Its path is readable by operators alone. */
export class OperatorClient {
  readonly #connection: SignerConnection;

  constructor(address: SignerAddress) {
    this.#connection = new SignerConnection(address);
  }

  async status(): Promise<SignerStatus> {
    const reply = await this.#connection.request({ op: "status" });
    if (reply.kind !== "answer") throw new Error(`status was answered ${reply.kind}`);
    return signerStatus.parse(reply.value);
  }

  /** Logs in with the token's PIN, which is held in the signer's memory until deactivation. */
  async activate(pin: string): Promise<{ kind: "activated" } | SignerRefusal> {
    const reply = await this.#connection.request({ op: "activate", pin });
    return reply.kind === "answer" ? { kind: "activated" } : reply;
  }

  /** Lets running operations end, logs out and forgets the PIN. */
  async deactivate(): Promise<{ kind: "deactivated" } | SignerRefusal> {
    const reply = await this.#connection.request({ op: "deactivate" });
    return reply.kind === "answer" ? { kind: "deactivated" } : reply;
  }

  /** MACs an enrolment ticket (HMAC-SHA256, 32 bytes); `apps/ca` cannot make one. */
  async makeTicket(ticket: EnrolmentTicket): Promise<{ kind: "mac"; mac: Uint8Array } | SignerRefusal> {
    const reply = await this.#connection.request(wireTicket("makeTicket", ticket, {}));
    return reply.kind === "answer" ? { kind: "mac", mac: macAnswer.parse(reply.value).mac } : reply;
  }

  close(): void {
    this.#connection.close();
  }
}

/** A card and the two challenges of its session (16 bytes each). */
export interface CardSessionFields {
  readonly cardNumber: string;
  readonly cardChallenge: Uint8Array;
  readonly hostChallenge: Uint8Array;
}

/** A command the card accepts only with its MAC: the header octets and SHA-256 of the payload. */
export interface CardCommandFields {
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly dataDigest: Uint8Array;
}

/** The instance that holds the card master key. Session keys never leave its token; only MACs do. */
export class CardSignerClient {
  readonly #connection: SignerConnection;

  constructor(address: SignerAddress) {
    this.#connection = new SignerConnection(address);
  }

  async status(): Promise<SignerStatus> {
    const reply = await this.#connection.request({ op: "status" });
    if (reply.kind !== "answer") throw new Error(`status was answered ${reply.kind}`);
    return signerStatus.parse(reply.value);
  }

  /** Draws a host challenge in the token and answers the card's challenge with the host cryptogram. */
  async openSession(
    cardNumber: string,
    cardChallenge: Uint8Array,
  ): Promise<{ kind: "opened"; hostChallenge: Uint8Array; hostCryptogram: Uint8Array } | SignerRefusal> {
    const request = { op: "openSession", cardNumber, cardChallenge: base64(cardChallenge) } as const;
    const reply = await this.#connection.request(request);
    return reply.kind === "answer" ? { kind: "opened", ...openSessionAnswer.parse(reply.value) } : reply;
  }

  /** Whether the card's cryptogram proves that it holds its card key. */
  async verifyCard(
    session: CardSessionFields,
    cardCryptogram: Uint8Array,
  ): Promise<{ kind: "verified"; right: boolean } | SignerRefusal> {
    const request = { op: "verifyCard", ...wireSession(session), cardCryptogram: base64(cardCryptogram) } as const;
    const reply = await this.#connection.request(request);
    return reply.kind === "answer" ? { kind: "verified", right: rightAnswer.parse(reply.value).right } : reply;
  }

  /** Authorises commands in order, the first under `counter`, each next under one more. */
  async authorise(
    session: CardSessionFields,
    counter: number,
    commands: readonly CardCommandFields[],
  ): Promise<{ kind: "authorised"; macs: Uint8Array[] } | SignerRefusal> {
    const wireCommands = commands.map((command) => ({ ...command, dataDigest: base64(command.dataDigest) }));
    const request = { op: "authorise", ...wireSession(session), counter, commands: wireCommands } as const;
    const reply = await this.#connection.request(request);
    return reply.kind === "answer" ? { kind: "authorised", macs: macsAnswer.parse(reply.value).macs } : reply;
  }

  /** Whether the card's MAC says that it made this public key itself, for this case. */
  async verifyOrigin(
    session: CardSessionFields,
    origin: {
      readonly counter: number;
      readonly caseChallenge: Uint8Array;
      readonly spki: Uint8Array;
      readonly mac: Uint8Array;
    },
  ): Promise<{ kind: "verified"; right: boolean } | SignerRefusal> {
    const reply = await this.#connection.request({
      op: "verifyOrigin",
      ...wireSession(session),
      counter: origin.counter,
      caseChallenge: base64(origin.caseChallenge),
      spki: base64(origin.spki),
      mac: base64(origin.mac),
    });
    return reply.kind === "answer" ? { kind: "verified", right: rightAnswer.parse(reply.value).right } : reply;
  }

  close(): void {
    this.#connection.close();
  }
}

function wireIntent(intent: IntentFields) {
  return {
    op: "macIntent",
    intent: {
      ...intent,
      tbs: base64(intent.tbs),
      request: base64OrNull(intent.request),
      requestSignature: base64OrNull(intent.requestSignature),
      requesterCertificate: base64OrNull(intent.requesterCertificate),
    },
  } as const;
}

function wireTicket(op: "makeTicket" | "verifyTicket", ticket: EnrolmentTicket, rest: { readonly mac?: string }) {
  return { op, ticket: { ...ticket, codeKey: base64(ticket.codeKey) }, ...rest };
}

function wireSession(session: CardSessionFields) {
  return {
    cardNumber: session.cardNumber,
    cardChallenge: base64(session.cardChallenge),
    hostChallenge: base64(session.hostChallenge),
  };
}
