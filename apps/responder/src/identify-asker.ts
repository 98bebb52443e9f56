/** Who asks: by the client certificate of the connection, or by the signature of the request (千葉県運用規程 4-4-4-3). */
import { createHash } from "node:crypto";
import { isLiveCredential, mayUse, type Permission, type UseRefusal } from "@mitome/ca";
import {
  DerReader,
  type OcspRequest,
  type OcspRequestSignature,
  readGeneralNames,
  verifySignature,
} from "@mitome/x509";
import type { RegisteredVerifier, VerifierRegistry } from "./ports.ts";

/** Why somebody is not answered. */
export type AskerRefusal =
  | UseRefusal
  | "nobody"
  | "notRegistered"
  | "credentialEnded"
  | "signatureWrong"
  | "credentialsDiffer";

/** A verifier that may ask, or why not; `verifier` where it is known. */
export type AskerDecision =
  | Permission<"ocsp">
  | { readonly kind: "refused"; readonly reason: AskerRefusal; readonly verifier: string | undefined };

/** SHA-256 of a certificate in lower-case hexadecimal. */
export function fingerprintOf(certificate: Uint8Array): string {
  return createHash("sha256").update(certificate).digest("hex");
}

/** Decides whether this request is answered; `client` is the fingerprint of the connection's certificate. */
export function identifyAsker(
  request: Pick<OcspRequest, "requestorName" | "signature">,
  client: string | undefined,
  registry: VerifierRegistry,
  now: Date,
): AskerDecision {
  const bySignature = request.signature && signerOf(request.signature, registry);
  const byConnection = client === undefined ? undefined : (registry.byFingerprint(client) ?? "notRegistered");
  // A signature that is there has to be right, whatever the connection says.
  const asker = bySignature ?? byConnection ?? "nobody";
  if (typeof asker === "string") return { kind: "refused", reason: asker, verifier: undefined };
  const { verifier, credential, usedThisMonth } = asker;
  const refused = (reason: AskerRefusal) => ({ kind: "refused", reason, verifier: verifier.id }) as const;
  if (typeof byConnection === "object" && byConnection.verifier.id !== verifier.id) return refused("credentialsDiffer");
  if (!isLiveCredential(credential, now)) return refused("credentialEnded");
  const confirmer = confirmerNamedBy(request.requestorName);
  const decision = mayUse(verifier, { right: "ocsp", confirmer, usedThisMonth }, now);
  return decision.kind === "refused" ? refused(decision.reason) : decision;
}

/** The verifier whose registered key made the signature; the certificate that came with it only says which to try. */
function signerOf(
  { tbsRequest, algorithm, signature, certificates }: OcspRequestSignature,
  registry: VerifierRegistry,
): RegisteredVerifier | "notRegistered" | "signatureWrong" {
  for (const certificate of certificates) {
    const registered = registry.byFingerprint(fingerprintOf(certificate));
    if (registered === undefined) continue;
    // SHA-1 identifies here and never signs.
    if (algorithm === undefined || algorithm === "sha1WithRSAEncryption") return "signatureWrong";
    return verifySignature(registered.key, algorithm, tbsRequest, signature) ? registered : "signatureWrong";
  }
  return "notRegistered";
}

/** The 署名確認者 that requestorName names: the common name of a directoryName; `undefined` for any other form. */
function confirmerNamedBy(requestorName: Uint8Array | undefined): string | undefined {
  if (requestorName === undefined) return undefined;
  try {
    const [name] = readGeneralNames(new DerReader(requestorName));
    return name?.kind === "directoryName" ? name.name.findLast(({ type }) => type === "CN")?.value : undefined;
  } catch {
    // A name of other string types or forms than are read here names nobody who is listed.
    return undefined;
  }
}
