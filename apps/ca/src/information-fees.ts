/**
 * What verifiers owe for a month (情報提供手数料, 千葉県運用規程 2-1-4(10)): `information-fees.ts <config.json> <YYYY-MM>`
 * writes into the current directory `information-fees-<YYYY-MM>.csv` with everybody's, and for each verifier its statement,
 * `information-fees-<YYYY-MM>-<verifier>.pdf`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import {
  type FeeStatement,
  type FeeTable,
  feeStatementsCsv,
  inChargeAt,
  informationFees,
  isMonth,
  japaneseMonth,
  parseFeeTable,
} from "@mitome/ca";
import { PostgresVerifierLedger } from "@mitome/db/ca";
import { readUseCounts } from "@mitome/db/status";
import { feeStatementPaper } from "../documents/fee-statement-paper.ts";
import { practiceMark } from "../documents/practice-mark.ts";
import { loadDefinition } from "./load-authority.ts";
import { CannotDo, type OperatorDesk, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";
import { withPrinter } from "./with-printer.ts";

await runScript("information-fees", ["<YYYY-MM>"], async (desk, month = "") => {
  const { accessDatabase, feeTable, authority } = desk.configuration;
  if (accessDatabase === undefined) throw new CannotDo("the configuration has no accessDatabase");
  if (!isMonth(month)) throw new CannotDo(`no month: ${month}`);
  if (month >= japaneseMonth(systemClock.now())) throw new CannotDo(`${month} is not over in Japan`);
  const counts = await readUseCounts(accessDatabase, authority, { from: month, to: month });
  const fees = informationFees(counts, readFees(feeTable));
  if (fees.kind === "refused") throw new CannotDo(`the fee table has no fee for ${fees.method} in ${fees.month}`);
  const { statements } = fees;
  const names = await new PostgresVerifierLedger(desk.ledger).names();
  const papers = await printStatements(desk, statements, names);
  const file = `information-fees-${month}.csv`;
  writeFileSync(file, feeStatementsCsv(statements, names));
  const yen = statements.reduce((sum, { totalYen }) => sum + totalYen, 0);
  return { file, papers, verifiers: statements.length, yen };
});

async function printStatements(
  { configuration, ledger }: OperatorDesk,
  statements: readonly FeeStatement[],
  names: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  if (statements.length === 0) return [];
  const definition = await loadDefinition(ledger.reader, configuration.authority);
  const madeAt = systemClock.now();
  const madeBy = inChargeAt(configuration.designatedBodies, definition, madeAt);
  return await withPrinter(configuration, async (printer) => {
    const papers: string[] = [];
    for (const statement of statements) {
      const { verifierId, month } = statement;
      const verifier = names.get(verifierId) ?? verifierId;
      const page = feeStatementPaper({ statement, verifier, madeBy, madeAt }, practiceMark(definition));
      const paper = `information-fees-${month}-${verifierId}.pdf`;
      writeFileSync(paper, await printer.print(page));
      papers.push(paper);
    }
    return papers;
  });
}

function readFees(file: string | undefined): FeeTable {
  if (file === undefined) throw new CannotDo("the configuration has no feeTable");
  const parsed = parseFeeTable(JSON.parse(readFileSync(file, "utf8")));
  if (parsed.kind === "malformed") throw new CannotDo(`${file}: ${parsed.field} is not right`);
  return parsed.table;
}
