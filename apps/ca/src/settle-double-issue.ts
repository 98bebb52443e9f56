/**
 * Of one person's certificates that are valid together revokes all but the oldest at once (千葉県運用規程 4-2-3); a letter
 * to him waits from then on: `settle-double-issue.ts <config.json> <serial,serial>`.
 */
import { decideDoubleIssue, revokeByAuthority } from "@mitome/ca";
import { PostgresRevocationLedger } from "@mitome/db/ca";
import { parseSerialNumber } from "@mitome/x509";
import { CannotDo, runScript } from "./operator-script.ts";
import { registerAuthority } from "./register-desk.ts";

await runScript("settle-double-issue", ["<serial,serial>"], async (desk, list = "") => {
  const authority = { ...(await registerAuthority(desk)), revocations: new PostgresRevocationLedger(desk.ledger) };
  const { id } = authority.definition;
  const certificates = [];
  for (const text of new Set(list.split(","))) {
    const serial = parseSerialNumber(text);
    const standing = serial && (await authority.revocations.standing(id, serial));
    const stored = serial && (await desk.ledger.readCertificate(id, serial));
    if (standing?.state !== "valid" || stored === undefined) throw new CannotDo(`${text} is no valid certificate`);
    certificates.push(stored);
  }
  if (certificates.length < 2) throw new CannotDo("two certificates or more are a double issue");
  const revoked: string[] = [];
  for (const { serial, cause } of decideDoubleIssue(certificates)) {
    const answer = await revokeByAuthority(authority, desk.acting, { serial, cause }, "governor");
    if (answer.kind === "refused") throw new CannotDo(`${serial} is not revoked: ${answer.reason}`);
    revoked.push(serial);
  }
  return { revoked };
});
