import { z } from "zod";
import { type SignerAddress, SignerConnection, type SignerRefusal } from "./signer-connection.ts";
import {
  type AuditHead,
  base64,
  type EnrolmentTicket,
  type IntentFields,
  type SignerStatus,
  signerStatus,
  wireBytes,
  wireTicket,
} from "./signer-protocol.ts";

const base64OrNull = (bytes: Uint8Array | null): string | null => (bytes === null ? null : base64(bytes));

const macAnswer = z.looseObject({ mac: wireBytes });
const signatureAnswer = z.looseObject({ signature: wireBytes });
const rightAnswer = z.looseObject({ right: z.boolean() });
const subscriberIdAnswer = z.looseObject({ subscriberId: z.string().regex(/^[0-9a-f]{64}$/) });
const publicKeyAnswer = z.looseObject({ spki: wireBytes });

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
