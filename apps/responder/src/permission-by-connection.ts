import { isLiveCredential, mayUse, type Permission, type VerifierRight } from "@mitome/ca";
import type { AskerRefusal } from "./identify-asker.ts";
import type { VerifierRegistry } from "./ports.ts";

/** Whether the client certificate of a connection is one of a verifier with this right; `client` is its fingerprint. */
export function permissionByConnection<Right extends VerifierRight>(
  right: Right,
  client: string | undefined,
  registry: VerifierRegistry,
  now: Date,
):
  | Permission<Right>
  | { readonly kind: "refused"; readonly reason: AskerRefusal; readonly verifier: string | undefined } {
  const asker = client === undefined ? undefined : registry.byFingerprint(client);
  if (asker === undefined) {
    return { kind: "refused", reason: client === undefined ? "nobody" : "notRegistered", verifier: undefined };
  }
  const { verifier, credential, usedThisMonth } = asker;
  if (!isLiveCredential(credential, now)) return { kind: "refused", reason: "credentialEnded", verifier: verifier.id };
  const decision = mayUse(verifier, { right, confirmer: undefined, usedThisMonth }, now);
  return decision.kind === "refused" ? { ...decision, verifier: verifier.id } : decision;
}
