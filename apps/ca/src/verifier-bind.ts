/**
 * Gives a verifier a name and password to bind with in the directory:
 * `verifier-bind.ts <config.json> <verifier> <password-file>`; the file holds the password and nothing else.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { bindNameOf } from "@mitome/ca";
import { PostgresVerifierLedger } from "@mitome/db/ca";
import { hashBindPassword, serviceName, setVerifierBind } from "@mitome/directory";
import { loadAuthority } from "./load-authority.ts";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

await runScript("verifier-bind", ["<verifier>", "<password-file>"], async (desk, verifier = "", file = "") => {
  const { ledger, acting, configuration } = desk;
  const { directory } = configuration;
  if (directory === undefined) throw new CannotDo("no directory is configured");
  const registry = new PostgresVerifierLedger(ledger);
  if ((await registry.read(verifier)) === undefined) throw new CannotDo(`no verifier ${verifier}`);
  const { definition } = await loadAuthority(ledger.reader, configuration.authority);
  const bindName = bindNameOf({ id: verifier });
  const { trustFile, ...access } = directory;
  const registrar = { ...access, bindName: serviceName(definition, "registrar"), ...(trustFile && { trustFile }) };
  await setVerifierBind(registrar, definition, bindName, await hashBindPassword(readFileSync(file, "utf8")));
  const credential = { kind: "ldapBind", verifierId: verifier, bindName } as const;
  const event = {
    kind: "verifier.credentialGiven",
    result: "done",
    detail: { verifier, credential: bindName },
  } as const;
  const given = { ...credential, notBefore: systemClock.now(), withdrawnAt: null };
  await registry.giveCredential(acting, randomUUID(), given, undefined, event);
  return { verifier, bindName };
});
