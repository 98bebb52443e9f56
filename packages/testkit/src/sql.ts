import { openPool } from "@mitome/db/connection";

type Row = Record<string, unknown>;

/** Statements as a role may run them, written in place: each value becomes a parameter. */
export interface RoleSql {
  <Found extends object = Row>(text: TemplateStringsArray, ...values: readonly unknown[]): Promise<Found[]>;
  /** A statement without values. */
  run<Found extends object = Row>(text: string): Promise<Found[]>;
  end(): Promise<void>;
}

/** Connects as the role of a URL when the first statement is run. Errors are the driver's own, with its `code`. */
export function sqlAs(url: string): RoleSql {
  const pool = openPool(url, 2);
  const tag = async <Found extends object>(text: TemplateStringsArray, ...values: readonly unknown[]) => {
    const numbered = text.reduce((before, after, index) => `${before}$${index}${after}`);
    return (await pool.query<Found & Row>(numbered, [...values])).rows;
  };
  return Object.assign(tag, {
    run: async <Found extends object>(text: string) => (await pool.query<Found & Row>(text)).rows,
    end: () => pool.end(),
  });
}
