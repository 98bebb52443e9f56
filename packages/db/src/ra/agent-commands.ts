import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "../database.ts";
import { agentCommand, terminal } from "./tables.ts";

/** A command given to a terminal, kept until and after its result is known. `result` is null while it is not. */
export interface AgentCommandRecord {
  readonly commandId: string;
  readonly terminal: string;
  readonly commandNumber: number;
  readonly caseId: string;
  readonly effectKey: string;
  readonly operation: string;
  readonly result: unknown;
}

/** Commands to device agents. A terminal's command numbers rise and are used once. */
export interface AgentCommandStore {
  /** Takes the terminal's next command number. */
  nextNumber(terminal: string): Promise<number>;
  issue(command: Omit<AgentCommandRecord, "result">, at: Date): Promise<void>;
  /** Records a result once; a second one for the same command, or one from another terminal, is ignored. */
  end(commandId: string, terminal: string, result: unknown, at: Date): Promise<void>;
  /** The newest command of an effect. */
  newestOf(caseId: string, effectKey: string): Promise<AgentCommandRecord | null>;
}

const columns = {
  commandId: agentCommand.commandId,
  terminal: agentCommand.terminal,
  commandNumber: agentCommand.commandNumber,
  caseId: agentCommand.caseId,
  effectKey: agentCommand.effectKey,
  operation: agentCommand.operation,
  result: agentCommand.result,
};

/** {@link AgentCommandStore} in PostgreSQL. */
export function agentCommandStore(database: Database): AgentCommandStore {
  return {
    nextNumber: (name) =>
      database.run(async (on) => {
        const [taken] = await on
          .insert(terminal)
          .values({ terminal: name, lastCommandNumber: 1 })
          .onConflictDoUpdate({
            target: terminal.terminal,
            set: { lastCommandNumber: sql`${terminal.lastCommandNumber} + 1` },
          })
          .returning({ number: terminal.lastCommandNumber });
        if (taken === undefined) throw new Error("an upsert answered no row");
        return taken.number;
      }),

    issue: (command, at) =>
      database.run(async (on) => void (await on.insert(agentCommand).values({ ...command, issuedAt: at }))),

    end: (commandId, from, result, at) =>
      database.run(async (on) => {
        const unanswered = and(
          eq(agentCommand.commandId, commandId),
          eq(agentCommand.terminal, from),
          isNull(agentCommand.result),
        );
        await on.update(agentCommand).set({ result, endedAt: at }).where(unanswered);
      }),

    newestOf: (caseId, effectKey) =>
      database.run(async (on) => {
        const [newest] = await on
          .select(columns)
          .from(agentCommand)
          .where(and(eq(agentCommand.caseId, caseId), eq(agentCommand.effectKey, effectKey)))
          .orderBy(desc(agentCommand.issuedAt), desc(agentCommand.commandNumber))
          .limit(1);
        return newest ?? null;
      }),
  };
}
