import type { ObjectIdentifier } from "../object-identifier.ts";
import type { PathCertificate } from "./path-certificate.ts";
import { initialState, type PathInputs, type TrustAnchor } from "./path-state.ts";
import { prepareForNext } from "./prepare-for-next.ts";
import { processCertificate } from "./process-certificate.ts";
import { type WorkingKey, workingKey } from "./public-key.ts";
import { type Rejection, reject } from "./rejection.ts";
import type { ValidationRun } from "./validation-run.ts";
import { wrapUp } from "./wrap-up.ts";

/** A path that holds by RFC 5280 §6.1 but for revocation; `keys[i]` is the key that signed `certificates[i]`. */
export interface CheckedPath {
  readonly anchor: TrustAnchor;
  readonly certificates: readonly PathCertificate[];
  readonly keys: readonly WorkingKey[];
  /** The key of the last certificate. */
  readonly targetKey: WorkingKey;
  readonly userConstrainedPolicySet: readonly ObjectIdentifier[];
}

/** RFC 5280 §6.1 but for revocation, over certificates from the one that the trust anchor issued to the target. */
export function checkPath(
  run: ValidationRun,
  anchor: TrustAnchor,
  certificates: readonly PathCertificate[],
  inputs: PathInputs,
): CheckedPath | Rejection {
  let state = initialState(anchor, inputs, certificates.length);
  const keys: WorkingKey[] = [];
  for (const [index, certificate] of certificates.entries()) {
    const isFinal = index === certificates.length - 1;
    keys.push(state.workingKey);
    const graph = processCertificate(run, state, certificate, isFinal);
    if ("reason" in graph) return graph;
    if (isFinal) {
      const policies = wrapUp(state, graph, certificate, inputs);
      if ("reason" in policies) return policies;
      run.pass(certificate.subject.text, "RFC 5280 §6.1.5", `policies for the user: ${policies.join(" ") || "none"}`);
      const targetKey = workingKey(certificate.publicKey, state.workingKey.info);
      return { anchor, certificates, keys, targetKey, userConstrainedPolicySet: policies };
    }
    const next = prepareForNext(state, graph, certificate);
    if ("reason" in next) return next;
    run.pass(certificate.subject.text, "RFC 5280 §6.1.4", "may issue the next certificate");
    state = next;
  }
  return reject("noIssuer", "a path without certificates");
}
