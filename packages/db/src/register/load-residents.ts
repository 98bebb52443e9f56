import type { ResidentRecord } from "@mitome/ra";
import { sql } from "drizzle-orm";
import type { Database } from "../database.ts";
import { kanaKey } from "./kana-key.ts";
import { resident } from "./tables.ts";

/** Residents in one statement: ten parameters each, of the 65,535 that the protocol allows. */
const atOnce = 1_000;

/**
 * Replaces the register by these residents, in one transaction; `database` is reached as the register's owner.
 * Returns how many.
 */
export async function loadResidents(database: Database, residents: Iterable<ResidentRecord>): Promise<number> {
  let count = 0;
  await database.transaction(async (on) => {
    await on.execute(sql`truncate ${resident}`);
    for (const some of inParts(residents)) {
      await on.insert(resident).values(some.map(rowOf));
      count += some.length;
    }
  });
  await database.run((on) => on.execute(sql`analyze ${resident}`));
  return count;
}

function* inParts(residents: Iterable<ResidentRecord>): Generator<readonly ResidentRecord[]> {
  let part: ResidentRecord[] = [];
  for (const one of residents) {
    part.push(one);
    if (part.length < atOnce) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function rowOf({ registerVersion, ...written }: ResidentRecord): typeof resident.$inferInsert {
  const key = kanaKey(written.furigana);
  if (key === null) throw new RangeError("a resident's furigana is not kana");
  return { ...written, version: registerVersion, kanaKey: key };
}

/** Whether somebody is in the register. */
export function isFilled(database: Database): Promise<boolean> {
  return database.run(async (on) => {
    const [somebody] = await on.select({ municipality: resident.municipality }).from(resident).limit(1);
    return somebody !== undefined;
  });
}
