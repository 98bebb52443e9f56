/** Enters a 署名検証者等 in the registry, as it notified itself: `register-verifier.ts <config.json> <registration.json>`. */
import { readFileSync } from "node:fs";
import { parseVerifier } from "@mitome/ca";
import { PostgresVerifierLedger } from "@mitome/db/ca";
import { CannotDo, runScript } from "./operator-script.ts";

await runScript("register-verifier", ["<registration.json>"], async ({ ledger, acting }, file = "") => {
  const parsed = parseVerifier(JSON.parse(readFileSync(file, "utf8")));
  if (parsed.kind === "malformed") throw new CannotDo(`${file}: ${parsed.field} is not right`);
  const { id, kind } = parsed.verifier;
  const event = { kind: "verifier.registered", result: "done", detail: { verifier: id, kind } } as const;
  return { verifier: id, outcome: await new PostgresVerifierLedger(ledger).register(acting, parsed.verifier, event) };
});
