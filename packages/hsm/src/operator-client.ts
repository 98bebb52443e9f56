import type { EnrolmentTicket } from "@mitome/ca";
import { IntentClient, macOf } from "./instance-client.ts";
import type { SignerRefusal } from "./signer-connection.ts";
import { base64 } from "./signer-protocol.ts";

/**
 * The operator's socket: activation, the clock, enrolment tickets, and the intents by which the authority's own keys are
 * certified. Its path is readable by operators alone.
 */
export class OperatorClient extends IntentClient {
  /** Logs in with the token's PIN, which is held in the signer's memory until deactivation. */
  async activate(pin: string): Promise<{ kind: "activated" } | SignerRefusal> {
    const reply = await this.connection.request({ op: "activate", pin });
    return reply.kind === "answer" ? { kind: "activated" } : reply;
  }

  /** Lets running operations end, logs out and forgets the PIN. */
  async deactivate(): Promise<{ kind: "deactivated" } | SignerRefusal> {
    const reply = await this.connection.request({ op: "deactivate" });
    return reply.kind === "answer" ? { kind: "deactivated" } : reply;
  }

  /** Says that two people have found this machine's clock right; what was recorded before no longer speaks against it. */
  async confirmClock(first: string, second: string): Promise<{ kind: "confirmed" } | SignerRefusal> {
    const reply = await this.connection.request({ op: "confirmClock", first, second });
    return reply.kind === "answer" ? { kind: "confirmed" } : reply;
  }

  /** MACs an enrolment ticket (HMAC-SHA256, 32 bytes); `apps/ca` cannot make one. */
  async makeTicket(ticket: EnrolmentTicket): Promise<{ kind: "mac"; mac: Uint8Array } | SignerRefusal> {
    const onWire = { ...ticket, codeKey: base64(ticket.codeKey) };
    return macOf(await this.connection.request({ op: "makeTicket", ticket: onWire }));
  }
}
