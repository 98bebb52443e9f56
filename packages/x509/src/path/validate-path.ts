import type { ObjectIdentifier } from "../object-identifier.ts";
import type { PathCertificate } from "./path-certificate.ts";
import { initialState, type PathInputs, type PathState, type TrustAnchor } from "./path-state.ts";
import type { PolicyGraph } from "./policy-graph.ts";
import { prepareForNext } from "./prepare-for-next.ts";
import { processCertificate } from "./process-certificate.ts";
import type { WorkingKey } from "./public-key.ts";
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
  let state = initialState(run, anchor, inputs, certificates.length);
  const keys: WorkingKey[] = [];
  for (const [index, certificate] of certificates.entries()) {
    const isFinal = index === certificates.length - 1;
    keys.push(state.workingKey);
    const graph = processCertificate(run, state, certificate, isFinal);
    if ("reason" in graph) return graph;
    if (isFinal) return finish(run, state, graph, { anchor, certificates, keys }, inputs);
    const next = prepareForNext(run, state, graph, certificate);
    if ("reason" in next) return next;
    run.pass(certificate.subject.text, "RFC 5280 §6.1.4", "may issue the next certificate");
    state = next;
  }
  return reject("noIssuer", "a path without certificates");
}

/** RFC 5280 §6.1.5, §6.1.6: the path with what is known of its target, whose key must be one that can be used. */
function finish(
  run: ValidationRun,
  state: PathState,
  graph: PolicyGraph,
  path: Pick<CheckedPath, "anchor" | "certificates" | "keys">,
  inputs: PathInputs,
): CheckedPath | Rejection {
  const target = path.certificates.at(-1);
  if (target === undefined) return reject("noIssuer", "a path without certificates");
  const policies = wrapUp(state, graph, target, inputs);
  if ("reason" in policies) return policies;
  const targetKey = run.workingKey(target.publicKey, state.workingKey.info);
  const about = target.subject.text;
  if (targetKey.kind === "unusable") return reject("unusableKey", `it has ${targetKey.why}`, about);
  run.pass(about, "RFC 5280 §6.1.5", `policies for the user: ${policies.join(" ") || "none"}`);
  return { ...path, targetKey, userConstrainedPolicySet: policies };
}
