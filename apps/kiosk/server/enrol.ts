/**
 * `node apps/kiosk/server/enrol.ts <config.json>`: gives this server its first equipment certificate. The key is made
 * here; the one-time code is redeemed at the authority's enrolment listener; key, certificate and root are written for
 * `main.ts`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { enrolMachine } from "@mitome/ca-api/enrol";
import { z } from "zod";

const path = z.string().startsWith("/");
const Enrolment = z.strictObject({
  /** The authority's enrolment listener. */
  url: z.url(),
  /** As the operator handed it over; names the root that the listener must stand under. */
  code: z.string().min(1).max(512),
  /** Where the PEM files go. */
  root: path,
  certificate: path,
  key: path,
});

const [file = ""] = process.argv.slice(2);
const { url, code, root, certificate, key } = Enrolment.parse(JSON.parse(readFileSync(file, "utf8")));
const machine = await enrolMachine(url, code);
writeFileSync(key, machine.key, { mode: 0o600 });
writeFileSync(certificate, machine.certificate);
writeFileSync(root, machine.root);
process.stdout.write(`${JSON.stringify({ enrolled: true })}\n`);
