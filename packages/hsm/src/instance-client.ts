import { z } from "zod";
import { type SignerAddress, SignerConnection, type SignerRefusal } from "./signer-connection.ts";
import { base64, type IntentFields, type SignerStatus, signerStatus, wireBytes } from "./signer-protocol.ts";

/** What every socket of a signer answers. */
export class InstanceClient {
  protected readonly connection: SignerConnection;

  constructor(address: SignerAddress) {
    this.connection = new SignerConnection(address);
  }

  /** Whether the token is ready, locked (not activated) or unavailable, and where the journal stands. */
  async status(): Promise<SignerStatus> {
    const reply = await this.connection.request({ op: "status" });
    if (reply.kind !== "answer") throw new Error(`status was answered ${reply.kind}`);
    return signerStatus.parse(reply.value);
  }

  close(): void {
    this.connection.close();
  }
}

const macAnswer = z.looseObject({ mac: wireBytes });
const signatureAnswer = z.looseObject({ signature: wireBytes });
const base64OrNull = (bytes: Uint8Array | null): string | null => (bytes === null ? null : base64(bytes));

/** A socket of an authority's signer: each has intents MACed and signed, but only of the kinds that are its own. */
export class IntentClient extends InstanceClient {
  /** Inspects an intent as `sign` will and returns its MAC (HMAC-SHA256, 32 bytes) by a key in the token. */
  async macIntent(intent: IntentFields): Promise<{ kind: "mac"; mac: Uint8Array } | SignerRefusal> {
    return macOf(await this.connection.request({ op: "macIntent", intent: wireIntent(intent) }));
  }

  /**
   * Signs the TBS of a recorded intent under the fence it was taken with. The signature is in the form its certificate
   * carries it (RSA: PKCS#1 v1.5 octets; ECDSA: DER Ecdsa-Sig-Value) and was verified by the signer.
   */
  async sign(intentId: string, fence: bigint): Promise<{ kind: "signed"; signature: Uint8Array } | SignerRefusal> {
    return signatureOf(await this.connection.request({ op: "sign", intentId, fence: fence.toString() }));
  }
}

type Reply = Awaited<ReturnType<SignerConnection["request"]>>;

/** A reply that carries a MAC, or the refusal. */
export function macOf(reply: Reply): { kind: "mac"; mac: Uint8Array } | SignerRefusal {
  return reply.kind === "answer" ? { kind: "mac", mac: macAnswer.parse(reply.value).mac } : reply;
}

/** A reply that carries a signature, or the refusal. */
export function signatureOf(reply: Reply): { kind: "signed"; signature: Uint8Array } | SignerRefusal {
  return reply.kind === "answer" ? { kind: "signed", signature: signatureAnswer.parse(reply.value).signature } : reply;
}

function wireIntent(intent: IntentFields) {
  return {
    ...intent,
    tbs: base64(intent.tbs),
    request: base64OrNull(intent.request),
    requestSignature: base64OrNull(intent.requestSignature),
    requesterCertificate: base64OrNull(intent.requesterCertificate),
  };
}
