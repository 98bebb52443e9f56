import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import {
  type AgentCommand,
  type AgentResult,
  type AgentStep,
  agentResult,
  agentStep,
  type UnfinishedCommand,
} from "@mitome/card";
import { z } from "zod";

const accepted = z.strictObject({
  kind: z.literal("accepted"),
  at: z.iso.datetime(),
  commandId: z.uuid(),
  commandNumber: z.int(),
  expiresAt: z.iso.datetime(),
  operation: z.string(),
  caseId: z.string(),
  attempt: z.int(),
  cardNumber: z.string().nullable(),
});

const entry = z.discriminatedUnion("kind", [
  accepted,
  z.strictObject({
    kind: z.literal("step"),
    at: z.iso.datetime(),
    commandId: z.uuid(),
    step: agentStep,
    phase: z.enum(["before", "after"]),
  }),
  z.strictObject({ kind: z.literal("result"), at: z.iso.datetime(), commandId: z.uuid(), result: agentResult }),
  z.strictObject({ kind: z.literal("acknowledged"), at: z.iso.datetime(), commandId: z.uuid() }),
]);
type Entry = z.infer<typeof entry>;

interface Known {
  readonly command: z.infer<typeof accepted>;
  step: AgentStep | null;
  phase: "before" | "after" | null;
  result: AgentResult | null;
  acknowledged: boolean;
}

/** What the journal says of a command's number. */
export type Acceptance = "accepted" | "running" | "replayed" | { readonly result: AgentResult };

// Expired commands are refused by their time; their numbers are kept a day longer in case the clock is set back.
const FORGET_AFTER = 24 * 3600 * 1000;

/**
 * The agent's journal: one file of JSON lines, each on disk (fsync) before the agent goes on. It holds every accepted command, the
 * last irreversible step before and after its effect, the result, and the server's acknowledgement. Never a password, nor anything
 * from which one could be found.
 */
export class Journal {
  readonly #path: string;
  readonly #now: () => Date;
  readonly #commands = new Map<string, Known>();
  #file: number;

  constructor(path: string, now: () => Date) {
    this.#path = path;
    this.#now = now;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (existsSync(path)) this.#load();
    // What was running when the agent died is over: its card lost power, its state is read anew.
    for (const known of this.#commands.values()) {
      known.result ??= { kind: "interrupted", reason: "agentRestarted", step: known.step };
    }
    this.#file = this.#compact();
  }

  /** Accepts a command once. A number or id seen before is not accepted again: its result, if there is one, is its answer. */
  accept(command: AgentCommand): Acceptance {
    const same = this.#commands.get(command.commandId);
    if (same !== undefined) {
      if (same.result !== null && !same.acknowledged) return { result: same.result };
      return same.result === null ? "running" : "replayed";
    }
    for (const known of this.#commands.values()) {
      if (known.command.commandNumber === command.commandNumber) return "replayed";
    }
    const { commandId, commandNumber, expiresAt, operation, caseId, attempt, cardNumber } = command;
    const about = { commandId, commandNumber, expiresAt, operation, caseId, attempt, cardNumber };
    this.#append({ kind: "accepted", at: this.#at(), ...about });
    return "accepted";
  }

  /** Records that an irreversible step is about to take effect, or took effect. */
  step(commandId: string, step: AgentStep, phase: "before" | "after"): void {
    this.#append({ kind: "step", at: this.#at(), commandId, step, phase });
  }

  /** Records how a command ended. */
  result(commandId: string, result: AgentResult): void {
    this.#append({ kind: "result", at: this.#at(), commandId, result });
  }

  /** The server has the result safely. */
  acknowledge(commandId: string): void {
    if (this.#commands.get(commandId)?.acknowledged === false) {
      this.#append({ kind: "acknowledged", at: this.#at(), commandId });
    }
  }

  /** Commands that ended but whose results the server has not acknowledged. */
  unfinished(): UnfinishedCommand[] {
    return [...this.#commands.values()].flatMap(({ command, step, phase, result, acknowledged }) =>
      acknowledged || result === null
        ? []
        : [
            {
              commandId: command.commandId,
              operation: command.operation,
              caseId: command.caseId,
              attempt: command.attempt,
              cardNumber: command.cardNumber,
              step,
              phase,
              result,
            },
          ],
    );
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.#file);
  }

  #at(): string {
    return this.#now().toISOString();
  }

  #append(written: Entry): void {
    writeSync(this.#file, `${JSON.stringify(written)}\n`);
    fsyncSync(this.#file);
    this.#apply(written);
  }

  #apply(written: Entry): void {
    if (written.kind === "accepted") {
      const fresh = { command: written, step: null, phase: null, result: null, acknowledged: false };
      this.#commands.set(written.commandId, fresh);
      return;
    }
    const known = this.#commands.get(written.commandId);
    if (known === undefined) return;
    if (written.kind === "step") {
      known.step = written.step;
      known.phase = written.phase;
    } else if (written.kind === "result") known.result = written.result;
    else known.acknowledged = true;
  }

  #load(): void {
    const lines = readFileSync(this.#path, "utf8").split("\n");
    // The last line is empty, or was torn by a crash before it was safe: what it would have said had not happened yet.
    for (const line of lines.slice(0, -1)) this.#apply(entry.parse(JSON.parse(line)));
  }

  // Rewrites the file with what still matters, so that it stays small.
  #compact(): number {
    const oldest = this.#now().getTime() - FORGET_AFTER;
    const kept: Entry[] = [];
    for (const [commandId, known] of this.#commands) {
      if (known.acknowledged && Date.parse(known.command.expiresAt) < oldest) {
        this.#commands.delete(commandId);
        continue;
      }
      const { at } = known.command;
      kept.push(known.command);
      if (known.step !== null && known.phase !== null) {
        kept.push({ kind: "step", at, commandId, step: known.step, phase: known.phase });
      }
      if (known.result !== null) kept.push({ kind: "result", at, commandId, result: known.result });
      if (known.acknowledged) kept.push({ kind: "acknowledged", at, commandId });
    }
    const fresh = openSync(`${this.#path}.new`, "w", 0o600);
    writeSync(fresh, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
    fsyncSync(fresh);
    renameSync(`${this.#path}.new`, this.#path);
    const directory = openSync(dirname(this.#path), "r");
    fsyncSync(directory);
    closeSync(directory);
    return fresh;
  }
}
