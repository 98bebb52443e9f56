/**
 * Takes a municipality's dropped file of register changes (異動等失効情報) with its detached signature of 64 octets; after an
 * interruption the same once more: `take-register-file.ts <config.json> <municipality> <file> <signature>`.
 */
import { readFileSync } from "node:fs";
import { EquipmentTrust, type RegisterFileAnswer, takeRegisterFile, verifyChangeFile } from "@mitome/ca";
import { readServerCertificates } from "@mitome/db/ca";
import { CannotDo, type OperatorDesk, runScript } from "./operator-script.ts";
import { registerAuthority } from "./register-desk.ts";
import { systemClock } from "./system-clock.ts";

await runScript(
  "take-register-file",
  ["<municipality>", "<file>", "<signature>"],
  async (desk, municipality = "", file = "", signature = "") => {
    const authority = await registerAuthority(desk);
    const signed = { file: readFileSync(file), signature: readFileSync(signature) };
    const trust = new EquipmentTrust(authority.definition.id, authority.equipmentRoot.subjectPublicKeyInfo);
    const servers = await serversOf(desk, trust, municipality);
    // Of several servers the one that signed; when none did, the refusal is recorded under any of them.
    const signer = servers.find(({ key }) => verifyChangeFile(key, signed)) ?? servers[0];
    if (signer === undefined) throw new CannotDo(`no server of ${municipality} is in force`);
    const answer = await takeRegisterFile(authority, desk.acting, signed, signer);
    if (answer.kind === "refused") throw new CannotDo(`the file is not taken: ${answer.reason}`);
    return { file: answer.file, ...countsOf(answer) };
  },
);

async function serversOf({ ledger, configuration }: OperatorDesk, trust: EquipmentTrust, municipality: string) {
  const now = systemClock.now();
  const certificates = await readServerCertificates(ledger.reader, configuration.authority, municipality, now);
  return certificates.flatMap((certificate) => trust.recognise(certificate) ?? []);
}

/** How many lines came to what; those on the work list by why. */
function countsOf({ lines }: Extract<RegisterFileAnswer, { kind: "taken" }>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const outcome = "why" in line ? line.why : line.outcome;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
