/**
 * What verifiers owe for a month (情報提供手数料, 千葉県運用規程 2-1-4(10)): `information-fees.ts <config.json> <YYYY-MM>`
 * writes `information-fees-<YYYY-MM>.csv` into the current directory.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type FeeTable, feeStatementsCsv, informationFees, isMonth, japaneseMonth, parseFeeTable } from "@mitome/ca";
import { PostgresVerifierLedger } from "@mitome/db/ca";
import { readUseCounts } from "@mitome/db/status";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

await runScript("information-fees", ["<YYYY-MM>"], async ({ configuration, ledger }, month = "") => {
  const { accessDatabase, feeTable, authority } = configuration;
  if (accessDatabase === undefined) throw new CannotDo("the configuration has no accessDatabase");
  if (!isMonth(month)) throw new CannotDo(`no month: ${month}`);
  if (month >= japaneseMonth(systemClock.now())) throw new CannotDo(`${month} is not over in Japan`);
  const counts = await readUseCounts(accessDatabase, authority, { from: month, to: month });
  const fees = informationFees(counts, readFees(feeTable));
  if (fees.kind === "refused") throw new CannotDo(`the fee table has no fee for ${fees.method} in ${fees.month}`);
  const { statements } = fees;
  const file = `information-fees-${month}.csv`;
  writeFileSync(file, feeStatementsCsv(statements, await new PostgresVerifierLedger(ledger).names()));
  const yen = statements.reduce((sum, { totalYen }) => sum + totalYen, 0);
  return { file, verifiers: statements.length, yen };
});

function readFees(file: string | undefined): FeeTable {
  if (file === undefined) throw new CannotDo("the configuration has no feeTable");
  const parsed = parseFeeTable(JSON.parse(readFileSync(file, "utf8")));
  if (parsed.kind === "malformed") throw new CannotDo(`${file}: ${parsed.field} is not right`);
  return parsed.table;
}
