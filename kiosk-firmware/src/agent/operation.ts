import type { AgentCommand, AgentMessage, AgentResult, AgentStep, GatewayMessage, SealedPassword } from "@mitome/card";
import type { ConnectedCard } from "./pcsc-client.ts";

/** What an operation asks of the CA by way of the server. */
export type Need = Extract<AgentMessage, { type: "need" }>;
/** What comes back. */
export type NeedAnswer = Extract<GatewayMessage, { type: "answer" }>["answer"];
/** One operation's command, e.g. `CommandFor<"makeKey">`. */
export type CommandFor<Name extends AgentCommand["operation"]> = Extract<AgentCommand, { operation: Name }>;
/** A rule's no. */
export type Refused = Extract<AgentResult, { kind: "refused" }>;

/** The server could not bring what the operation needs from the CA. Safe to retry. */
export class AuthorityUnavailable extends Error {
  override readonly name = "AuthorityUnavailable";
}

/** The connection to the server was lost while the operation needed it. Safe to retry. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** What an operation works with. One operation, one exclusive hold of one card. */
export interface OperationContext {
  readonly card: ConnectedCard;
  /** Throws {@link AuthorityUnavailable} or {@link ConnectionLost}. */
  need(need: Need): Promise<NeedAnswer>;
  /** Runs an irreversible step: journalled on disk before and after its effect. */
  step<T>(step: AgentStep, effect: () => Promise<T>): Promise<T>;
  /** Tells the server where the operation is. */
  progress(step: AgentStep): void;
  /** Opens the command's sealed password; `undefined` when it was not sealed for this command. The caller overwrites it. */
  openPassword(sealed: SealedPassword): Promise<Uint8Array | undefined>;
  now(): Date;
  random(length: number): Uint8Array;
}

/** A refusal. */
export function refused(reason: Refused["reason"], more: { triesLeft?: number; why?: string } = {}): Refused {
  return { kind: "refused", reason, ...more };
}

/** Steps at which tests kill the agent are named `agent.<operation>.<step>.before|after`. */
export type CrashPoint = (name: string) => void;
