import type postgres from "postgres";
import { guarded } from "./store-unavailable.ts";

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

interface CommandRow {
  command_id: string;
  terminal: string;
  command_number: number;
  case_id: string;
  effect_key: string;
  operation: string;
  result: unknown;
}

const read = (row: CommandRow): AgentCommandRecord => ({
  commandId: row.command_id,
  terminal: row.terminal,
  commandNumber: row.command_number,
  caseId: row.case_id,
  effectKey: row.effect_key,
  operation: row.operation,
  result: row.result,
});

/** {@link AgentCommandStore} in PostgreSQL. */
export function agentCommandStore(sql: postgres.Sql): AgentCommandStore {
  const columns = sql`command_id, terminal, command_number, case_id, effect_key, operation, result`;
  return {
    nextNumber: (terminal) =>
      guarded(async () => {
        const [row] = await sql<
          { last_command_number: number }[]
        >`insert into ra.terminal (terminal, last_command_number)
          values (${terminal}, 1) on conflict (terminal)
          do update set last_command_number = ra.terminal.last_command_number + 1 returning last_command_number`;
        if (row === undefined) throw new Error("an upsert answered no row");
        return row.last_command_number;
      }),
    issue: (command, at) =>
      guarded(async () => {
        await sql`insert into ra.agent_command (command_id, terminal, command_number, case_id, effect_key, operation, issued_at)
          values (${command.commandId}, ${command.terminal}, ${command.commandNumber}, ${command.caseId},
            ${command.effectKey}, ${command.operation}, ${at})`;
      }),
    end: (commandId, terminal, result, at) =>
      guarded(async () => {
        await sql`update ra.agent_command set result = ${JSON.stringify(result)}::text::jsonb, ended_at = ${at}
          where command_id = ${commandId} and terminal = ${terminal} and result is null`;
      }),
    newestOf: (caseId, effectKey) =>
      guarded(async () => {
        const [row] = await sql<CommandRow[]>`select ${columns} from ra.agent_command
          where case_id = ${caseId} and effect_key = ${effectKey} order by issued_at desc, command_number desc limit 1`;
        return row === undefined ? null : read(row);
      }),
  };
}
