/** Revokes a machine's certificate at once: `revoke-equipment.ts <config.json> <fingerprint> <reason>`. */
import { CannotDo, runScript } from "./operator-script.ts";

await runScript("revoke-equipment", ["<fingerprint>", "<reason>"], async (desk, fingerprint = "", reason = "") => {
  const event = { kind: "equipment.revoked", result: "done", detail: { fingerprint, reason } } as const;
  const revoked = await desk.operators.revokeEquipment(desk.acting, fingerprint, reason, event);
  if (!revoked) throw new CannotDo("no machine with this fingerprint is in force");
  return { revoked: fingerprint };
});
