import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ResidentRecord } from "@mitome/ra";
import type postgres from "postgres";
import { kanaKey } from "./kana-key.ts";

/** Replaces the register by these residents, in one transaction by COPY. `sql` connects as the register's owner. Returns how many. */
export async function loadResidents(sql: postgres.Sql, residents: Iterable<ResidentRecord>): Promise<number> {
  let count = 0;
  function* lines(): Generator<string> {
    for (const resident of residents) {
      count += 1;
      yield `${columnsOf(resident).map(copyText).join("\t")}\n`;
    }
  }
  await sql.begin(async (on) => {
    await on`truncate register.resident`;
    const copy = await on`copy register.resident (resident_code, version, municipality, name, furigana, alias, address,
      date_of_birth, gender, kana_key) from stdin`.writable();
    await pipeline(Readable.from(lines()), copy);
  });
  await sql`analyze register.resident`;
  return count;
}

function columnsOf(resident: ResidentRecord): readonly (string | null)[] {
  const key = kanaKey(resident.furigana);
  if (key === null) throw new RangeError("a resident's furigana is not kana");
  const { residentCode, registerVersion, municipality, name, furigana, alias, address, dateOfBirth, gender } = resident;
  return [
    residentCode,
    String(registerVersion),
    municipality,
    name,
    furigana,
    alias,
    address,
    dateOfBirth,
    gender,
    key,
  ];
}

// PostgreSQL, COPY text format: backslash, tab and line ends are escaped, \N is null.
function copyText(value: string | null): string {
  if (value === null) return "\\N";
  return value.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}

/** Whether somebody is in the register. */
export async function isFilled(sql: postgres.Sql): Promise<boolean> {
  const [row] = await sql<{ filled: boolean }[]>`select exists (select from register.resident) as filled`;
  return row?.filled === true;
}
