import { z } from "zod";
import { IntentClient, signatureOf } from "./instance-client.ts";
import type { SignerRefusal } from "./signer-connection.ts";
import { type AuditHead, type ExpectedList, wireBytes } from "./signer-protocol.ts";

const subscriberIdAnswer = z.looseObject({ subscriberId: z.string().regex(/^[0-9a-f]{64}$/) });
const publicKeyAnswer = z.looseObject({ spki: wireBytes });

/**
 * An authority's signer, as `apps/ca` sees it: intents of residents and machines, not of the authority's own keys.
 * Refusals are values; HsmUnavailable is thrown when the signer, its token or its ledger cannot answer now (safe to ask
 * again).
 */
export class SignerClient extends IntentClient {
  /** The stable pseudonym of a resident code: HMAC-SHA256 in the token, 64 hex digits. */
  async subscriberId(residentCode: string): Promise<{ kind: "subscriberId"; subscriberId: string } | SignerRefusal> {
    const reply = await this.connection.request({ op: "subscriberId", residentCode });
    return reply.kind === "answer"
      ? { kind: "subscriberId", subscriberId: subscriberIdAnswer.parse(reply.value).subscriberId }
      : reply;
  }

  /** Has the signer read a partition's first revocations, so many of them, before a list of them is to be signed. */
  async expectList(list: ExpectedList): Promise<{ kind: "read" } | SignerRefusal> {
    const reply = await this.connection.request({ op: "expectList", ...list });
    return reply.kind === "answer" ? { kind: "read" } : reply;
  }

  /**
   * Signs a recorded list of revoked certificates under the fence it was taken with; the signer makes its octets again
   * from the ledger's revocations.
   */
  async signList(listId: string, fence: bigint): Promise<{ kind: "signed"; signature: Uint8Array } | SignerRefusal> {
    return signatureOf(await this.connection.request({ op: "signList", listId, fence: fence.toString() }));
  }

  /** Signs the heads of the audit streams together (ECDSA P-256, DER), over `auditHeadsMessage(heads)`. */
  async signHeads(heads: readonly AuditHead[]): Promise<{ kind: "signed"; signature: Uint8Array } | SignerRefusal> {
    return signatureOf(await this.connection.request({ op: "signHeads", heads }));
  }

  /** SubjectPublicKeyInfo (DER) of a key pair in the token, by label. */
  async publicKey(label: string): Promise<{ kind: "publicKey"; spki: Uint8Array } | SignerRefusal> {
    const reply = await this.connection.request({ op: "publicKey", label });
    return reply.kind === "answer" ? { kind: "publicKey", spki: publicKeyAnswer.parse(reply.value).spki } : reply;
  }
}
