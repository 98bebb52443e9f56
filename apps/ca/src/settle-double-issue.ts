/**
 * Of one person's certificates that are valid together revokes all but the oldest at once (千葉県運用規程 4-2-3); a letter
 * to him waits from then on. Interrupted, the same once more: `settle-double-issue.ts <config.json> <serial,serial>`.
 */
import { settleDoubleIssue } from "@mitome/ca";
import { PostgresRevocationLedger } from "@mitome/db/ca";
import { parseSerialNumber } from "@mitome/x509";
import { CannotDo, runScript } from "./operator-script.ts";
import { registerAuthority } from "./register-desk.ts";

await runScript("settle-double-issue", ["<serial,serial>"], async (desk, list = "") => {
  const authority = { ...(await registerAuthority(desk)), revocations: new PostgresRevocationLedger(desk.ledger) };
  const serials = list.split(",").map((text) => {
    const serial = parseSerialNumber(text);
    if (serial === undefined) throw new CannotDo(`${text} is no serial number`);
    return serial;
  });
  const answer = await settleDoubleIssue(authority, desk.acting, serials);
  if (answer.kind === "settled") return { revoked: answer.revoked };
  const { reason } = answer;
  throw new CannotDo("serial" in answer ? `${answer.serial}: ${reason}` : reason);
});
