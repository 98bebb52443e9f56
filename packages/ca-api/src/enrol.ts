/** How a machine gets its first certificate, with a one-time code at the authority's enrolment listener, and its next. */
import { createHash, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { enrolmentCodeKey, enrolmentMac, parseEnrolmentCode, renewalMessage } from "@mitome/ca";
import { assembleCertificationRequest, brandDer, encodeCertificationRequestInfo } from "@mitome/x509";
import { type CaClient, createEnrolmentClient } from "./client.ts";

/** A machine's new identity, PEM. The key was made here and is nowhere else. */
export interface EnrolledMachine {
  readonly key: string;
  /** The certificate and the equipment root above it. */
  readonly certificate: string;
  readonly root: string;
}

/** Longest wait for a renewal, in milliseconds. */
const patience = 30_000;

/** Enrolment did not succeed; `reason` is the authority's, or `codeNotGood`, `authorityNotRecognised`. */
export class EnrolmentFailed extends Error {
  override readonly name = "EnrolmentFailed";
  readonly reason: string;
  constructor(reason: string) {
    super(`the machine was not enrolled: ${reason}`);
    this.reason = reason;
  }
}

/** A P-256 key with a certification request signed by it. */
export function makeMachineKey(): { readonly key: string; readonly csr: Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = brandDer<"SubjectPublicKeyInfo">(publicKey.export({ type: "spki", format: "der" }));
  // The name is the authority's to give: the request carries none of weight.
  const info = encodeCertificationRequestInfo([{ type: "CN", value: "enrolment" }], spki);
  const csr = assembleCertificationRequest(info, "ecdsa-with-SHA256", sign("sha256", info, privateKey));
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), csr };
}

/**
 * Redeems a code. Sends the same request again while the authority is unavailable: a lost answer does not burn the code.
 * @param url `https://localhost:…` of the enrolment listener
 */
export async function enrolMachine(url: string, codeText: string): Promise<EnrolledMachine> {
  const code = parseEnrolmentCode(codeText);
  if (code === undefined) throw new EnrolmentFailed("codeNotGood");
  const root = await recogniseRoot(new URL(url), code.rootHash);
  const { key, csr } = makeMachineKey();
  const mac = Buffer.from(enrolmentMac(enrolmentCodeKey(code), csr)).toString("base64");
  const client = createEnrolmentClient({ url, root });
  try {
    const redemption = { ticketId: code.ticketId, csr: Buffer.from(csr).toString("base64"), mac };
    const answer = await client.calls.enrolment.redeem.mutate(redemption);
    if (answer.kind === "refused") throw new EnrolmentFailed(answer.reason);
    return { key, certificate: `${pem(answer.certificate)}${pem(answer.root)}`, root: pem(answer.root) };
  } finally {
    await client.close();
  }
}

/**
 * A new key with the machine's next certificate: the request is signed with the present key and goes over a connection
 * of the present certificate, which stays good until it ends. Throws {@link EnrolmentFailed} when it is refused.
 */
export async function renewMachine(
  calls: Pick<CaClient["calls"], "equipment">,
  presentKey: KeyObject,
): Promise<EnrolledMachine> {
  const { key, csr } = makeMachineKey();
  const signature = sign("sha256", renewalMessage(csr), { key: presentKey, dsaEncoding: "ieee-p1363" });
  const request = { csr: Buffer.from(csr).toString("base64"), signature: signature.toString("base64") };
  const answer = await calls.equipment.renew.mutate(request, { signal: AbortSignal.timeout(patience) });
  if (answer.kind === "refused") throw new EnrolmentFailed(answer.reason);
  return { key, certificate: `${pem(answer.certificate)}${pem(answer.root)}`, root: pem(answer.root) };
}

/** PEM of a certificate in base64 DER. */
function pem(base64: string): string {
  return new X509Certificate(Buffer.from(base64, "base64")).toString();
}

/** The root that the server shows, if it is the one whose hash stands in the code. */
async function recogniseRoot({ hostname, port }: URL, rootHash: Uint8Array): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), minVersion: "TLSv1.3", rejectUnauthorized: false });
    socket.setTimeout(10_000, () => socket.destroy(new Error("timeout")));
    socket.once("error", () => reject(new EnrolmentFailed("authorityUnreachable")));
    socket.once("secureConnect", () => {
      const { issuerCertificate } = socket.getPeerCertificate(true);
      socket.destroy();
      const hash = createHash("sha256")
        .update(issuerCertificate?.raw ?? "")
        .digest();
      if (Buffer.compare(hash, rootHash) !== 0) reject(new EnrolmentFailed("authorityNotRecognised"));
      else resolve(new X509Certificate(issuerCertificate.raw).toString());
    });
  });
}
