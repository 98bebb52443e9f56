import { createHash, createHmac, generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { checkServerIdentity } from "node:tls";
import { assembleCertificationRequest, brandDer, encodeCertificationRequestInfo } from "@mitome/x509";
import { z } from "zod";
import { equipmentIdentity, issuedBy } from "./agent/equipment.ts";

// node kiosk-firmware/src/enrol.ts <config.json>
// A new machine gets its first equipment certificate with the one-time code that its installer was handed.

/** What the installer enters. Paths are absolute. */
export const enrolmentConfiguration = z.strictObject({
  /** The authority's enrolment listener, `https://host:port`. */
  url: z.url({ protocol: /^https$/ }),
  /** PEM file of the pinned root of equipment certificates. */
  equipmentRoot: z.string(),
  authority: z.string().regex(/^[a-z0-9-]{1,32}$/),
  kind: z.string().regex(/^[a-z-]{1,32}$/),
  municipality: z.string().regex(/^([0-9]{6}|-)$/),
  place: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  ticketId: z.uuid(),
  /** The one-time code, ≥ 128 bits; if it has a second part after a dot, that is the SHA-256 of the root (DER) in base64url. */
  code: z.string().min(22).max(200),
  /** Where the certificate and its key are written, PEM. */
  cert: z.string(),
  key: z.string(),
});
/** See {@link enrolmentConfiguration}. */
export type EnrolmentConfiguration = z.infer<typeof enrolmentConfiguration>;

const answer = z.object({
  result: z.object({
    data: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("issued"), certificate: z.base64(), root: z.base64() }),
      z.object({ kind: z.literal("refused"), reason: z.string() }),
    ]),
  }),
});

/** How an enrolment ended; `refused` with the authority's reason, `otherRoot`, or `notWhatWasAsked`. */
export type Enrolment = { readonly kind: "enrolled" } | { readonly kind: "refused"; readonly reason: string };

/** Makes a P-256 key, has it certified with the code, and writes both files. The key never leaves this machine. */
export async function enrol(configuration: EnrolmentConfiguration, now: Date): Promise<Enrolment> {
  const { authority, kind, municipality, place, ticketId, code } = configuration;
  const rootPem = readFileSync(configuration.equipmentRoot, "utf8");
  const root = new X509Certificate(rootPem);
  const [, rootHash] = code.split(".");
  if (rootHash !== undefined && rootHash !== createHash("sha256").update(root.raw).digest("base64url")) {
    return { kind: "refused", reason: "otherRoot" };
  }
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = brandDer<"SubjectPublicKeyInfo">(new Uint8Array(publicKey.export({ format: "der", type: "spki" })));
  const info = encodeCertificationRequestInfo(
    [
      { type: "O", value: municipality === "-" ? authority : municipality },
      { type: "OU", value: kind },
      { type: "CN", value: place },
    ],
    spki,
  );
  const csr = assembleCertificationRequest(info, "ecdsa-with-SHA256", new Uint8Array(sign("sha256", info, privateKey)));
  const codeKey = createHash("sha256").update(code, "utf8").digest();
  const mac = createHmac("sha256", codeKey).update("mitome-enrolment-v1\0").update(csr).digest("base64");
  const body = { ticketId, csr: Buffer.from(csr).toString("base64"), mac };
  const { data } = answer.parse(await post(configuration.url, rootPem, body)).result;
  if (data.kind === "refused") return data;
  const certificate = new X509Certificate(Buffer.from(data.certificate, "base64"));
  const identity = equipmentIdentity(certificate);
  const asked = { authority, kind, municipality, place };
  const right =
    issuedBy(root, certificate, now) &&
    certificate.checkPrivateKey(privateKey) &&
    JSON.stringify(identity) === JSON.stringify(asked);
  if (!right) return { kind: "refused", reason: "notWhatWasAsked" };
  writeFileSync(configuration.key, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
  writeFileSync(configuration.cert, certificate.toString(), { mode: 0o644 });
  return { kind: "enrolled" };
}

function post(url: string, ca: string, body: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${url.replace(/\/$/, "")}/enrolment.redeem`,
      {
        method: "POST",
        ca,
        minVersion: "TLSv1.3",
        headers: { "content-type": "application/json" },
        checkServerIdentity: (host, certificate) => {
          const kind = equipmentIdentity(new X509Certificate(certificate.raw))?.kind;
          return (
            checkServerIdentity(host, certificate) ?? (kind === "authority-server" ? undefined : new Error(`a ${kind}`))
          );
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          if (response.statusCode !== 200) return reject(new Error(`the authority answered ${response.statusCode}`));
          resolve(JSON.parse(Buffer.concat(parts).toString("utf8")));
        });
      },
    );
    call.on("error", reject);
    call.end(JSON.stringify(body));
  });
}

if (import.meta.main) {
  const configuration = enrolmentConfiguration.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
  const enrolment = await enrol(configuration, new Date());
  console.log(JSON.stringify(enrolment));
  process.exit(enrolment.kind === "enrolled" ? 0 : 1);
}
