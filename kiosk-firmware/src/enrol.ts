import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { EnrolmentFailed, enrolMachine } from "@mitome/ca-api/enrol";
import { z } from "zod";
import { equipmentIdentity } from "./agent/equipment.ts";

// node kiosk-firmware/src/enrol.ts <config.json>
// A new terminal gets its first equipment certificate with the one-time code that its installer was handed.

/** What the installer enters. Paths are absolute. */
export const enrolmentConfiguration = z.strictObject({
  /** The authority's enrolment listener, `https://host:port`. */
  url: z.url({ protocol: /^https$/ }),
  /** The one-time code; it names the equipment root by its hash. */
  code: z.string().max(200),
  /** What the certificate must say. */
  authority: z.string().min(1),
  municipality: z.string().regex(/^[0-9]{6}$/),
  terminal: z.string().min(1),
  /** Where root, certificate and key are written, PEM: `tls` of the agent's configuration. */
  ca: z.string(),
  cert: z.string(),
  key: z.string(),
});
/** See {@link enrolmentConfiguration}. */
export type EnrolmentConfiguration = z.infer<typeof enrolmentConfiguration>;

/**
 * Makes a P-256 key, has it certified with the code, and writes the three files; the key never leaves this machine. Throws
 * `EnrolmentFailed` with the authority's reason, or `otherMachine` when the code was made for another one; then nothing is written.
 */
export async function enrol(configuration: EnrolmentConfiguration): Promise<void> {
  const { authority, municipality, terminal, ca, cert, key } = configuration;
  const machine = await enrolMachine(configuration.url, configuration.code);
  const asked = { authority, kind: "agent", municipality, place: terminal };
  const identity = equipmentIdentity(new X509Certificate(machine.certificate));
  if (JSON.stringify(identity) !== JSON.stringify(asked)) throw new EnrolmentFailed("otherMachine");
  writeFileSync(key, machine.key, { mode: 0o600 });
  writeFileSync(ca, machine.root);
  writeFileSync(cert, machine.certificate);
}

if (import.meta.main) {
  const configuration = enrolmentConfiguration.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
  await enrol(configuration);
  console.log(JSON.stringify({ enrolled: configuration.terminal }));
}
