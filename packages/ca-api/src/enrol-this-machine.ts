/** The program `enrol.ts <config.json>` of every machine: its first certificate, with the one-time code it was handed. */
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { argv, exit, stderr, stdout } from "node:process";
import { type EquipmentIdentity, type EquipmentKind, equipmentIdentityIn, equipmentUrn } from "@mitome/x509";
import { z } from "zod";
import { EnrolmentFailed, enrolMachine } from "./enrol.ts";

const path = z.string().startsWith("/");

const enrolmentConfiguration = z.strictObject({
  /** The authority's enrolment listener, `https://host:port`. */
  url: z.url({ protocol: /^https$/ }),
  /** The one-time code, as the operator handed it over; it names the equipment root by its hash. */
  code: z.string().min(1).max(200),
  /** What the certificate must say. */
  authority: z.string().min(1).max(32),
  municipality: z.string().regex(/^(?:\d{6}|-)$/),
  place: z.string().min(1).max(64),
  /** Where root, certificate and key are written, PEM. */
  root: path,
  certificate: path,
  key: path,
});

/**
 * Has this machine's new key certified as one of this kind and writes root, certificate and key (0600, never sent
 * anywhere). A refused code, or one made for another machine, is said in a sentence with exit status 1, and nothing is
 * written.
 */
export async function enrolThisMachine(kind: EquipmentKind): Promise<void> {
  const [, , file = ""] = argv;
  const { url, code, root, certificate, key, ...asked } = enrolmentConfiguration.parse(
    JSON.parse(readFileSync(file, "utf8")),
  );
  try {
    const machine = await enrolMachine(url, code);
    requireIdentity(new X509Certificate(machine.certificate), { ...asked, kind });
    writeFileSync(key, machine.key, { mode: 0o600 });
    writeFileSync(certificate, machine.certificate);
    writeFileSync(root, machine.root);
  } catch (error) {
    if (!(error instanceof EnrolmentFailed)) throw error;
    stderr.write(`${error.message}\n`);
    exit(1);
  }
  stdout.write(`${JSON.stringify({ enrolled: asked.place })}\n`);
}

function requireIdentity(certificate: X509Certificate, asked: EquipmentIdentity): void {
  const identity = equipmentIdentityIn(certificate.raw);
  if (identity === undefined || equipmentUrn(identity) !== equipmentUrn(asked))
    throw new EnrolmentFailed("otherMachine");
}
