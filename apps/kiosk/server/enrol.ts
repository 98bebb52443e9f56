/**
 * `node apps/kiosk/server/enrol.ts <config.json>`: gives this server its first equipment certificate. Makes the key here,
 * redeems the one-time code at the authority's enrolment listener, and writes key and certificate for `main.ts`.
 */
import { createHash, createHmac, generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createEnrolmentClient } from "@mitome/ca-api/client";
import { assembleCertificationRequest, brandDer, encodeCertificationRequestInfo } from "@mitome/x509";
import { z } from "zod";

const Enrolment = z.strictObject({
  /** The authority's enrolment listener. */
  url: z.url(),
  /** PEM of the equipment root, and where key and certificate go. */
  root: z.string().startsWith("/"),
  certificate: z.string().startsWith("/"),
  key: z.string().startsWith("/"),
  /** `<ticket id>.<secret>.<SHA-256 of the root's DER, hexadecimal>`, as the operator handed it over. */
  code: z.string().max(512),
});

/** Redeems a code; throws with a sentence when the authority does not take it. */
export async function enrol({ url, root, certificate, key, code }: z.infer<typeof Enrolment>): Promise<void> {
  const { ticketId, secret, rootHash } = readCode(code);
  const rootPem = readFileSync(root, "utf8");
  const found = createHash("sha256").update(new X509Certificate(rootPem).raw).digest("hex");
  if (found !== rootHash) throw new Error("the root certificate is not the one that the code names");
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = brandDer<"SubjectPublicKeyInfo">(pair.publicKey.export({ type: "spki", format: "der" }));
  // Who the machine is stands in the ticket; the request's own subject counts for nothing.
  const info = encodeCertificationRequestInfo([{ type: "CN", value: "equipment" }], spki);
  const csr = assembleCertificationRequest(info, "ecdsa-with-SHA256", sign("sha256", info, pair.privateKey));
  const codeKey = createHash("sha256").update(secret).digest();
  const mac = createHmac("sha256", codeKey).update("mitome-enrolment-v1\0").update(csr).digest();
  const client = createEnrolmentClient({ url, root: rootPem });
  try {
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    const answer = await client.calls.enrolment.redeem.mutate({ ticketId, csr: base64(csr), mac: base64(mac) });
    if (answer.kind === "refused") throw new Error(`the authority did not enrol this machine: ${answer.reason}`);
    const issued = new X509Certificate(Buffer.from(answer.certificate, "base64"));
    writeFileSync(key, pair.privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    writeFileSync(certificate, issued.toString());
  } finally {
    await client.close();
  }
}

function readCode(code: string): { ticketId: string; secret: string; rootHash: string } {
  const [ticketId, secret, rootHash, ...more] = code.split(".");
  if (!ticketId || !secret || !rootHash || more.length > 0)
    throw new Error("the code is not of the form ticket.secret.root");
  return { ticketId, secret, rootHash };
}

if (process.argv[1] === import.meta.filename) {
  const [file = ""] = process.argv.slice(2);
  await enrol(Enrolment.parse(JSON.parse(readFileSync(file, "utf8"))));
  process.stdout.write(`${JSON.stringify({ enrolled: true })}\n`);
}
