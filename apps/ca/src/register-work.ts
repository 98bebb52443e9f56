/** What of a municipality's register changes a person has to look at: `register-work.ts <config.json> <municipality>`. */
import { PostgresRegisterChangeLedger } from "@mitome/db/ca";
import { runScript } from "./operator-script.ts";

await runScript("register-work", ["<municipality>"], async ({ ledger, configuration }, municipality = "") => ({
  work: await new PostgresRegisterChangeLedger(ledger).listWork(configuration.authority, municipality),
}));
