import {
  authorityRejection,
  certificateSigningRejection,
  criticalExtensionRejection,
  validityRejection,
} from "./certificate-rules.ts";
import { revocationRejection } from "./check-revocation.ts";
import { orderCandidates } from "./order-candidates.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathInputs, TrustAnchor } from "./path-state.ts";
import { needsParameters } from "./public-key.ts";
import { isUndetermined, type Rejection, reject } from "./rejection.ts";
import { type CheckedPath, checkPath } from "./validate-path.ts";
import type { ValidationRun } from "./validation-run.ts";

/** What a path has to lead to, and from where. */
export interface PathGoal {
  readonly anchors: readonly TrustAnchor[];
  readonly inputs: PathInputs;
  /** A further rule about a whole path that holds otherwise. */
  readonly accept?: (path: CheckedPath) => Rejection | undefined;
}

/** A way that led nowhere: subjects from the certificate where it ended, or the trust anchor, to the target. */
export interface RejectedBranch {
  readonly subjects: readonly string[];
  readonly rejection: Rejection;
}

/** A valid path, or the rejection of the branch that came furthest, and every branch. */
export type PathSearch =
  | { readonly kind: "found"; readonly path: CheckedPath; readonly branches: readonly RejectedBranch[] }
  | { readonly kind: "rejected"; readonly rejection: Rejection; readonly branches: readonly RejectedBranch[] };

/** Looks for a valid path from a trust anchor to `target`, depth first, the likeliest issuers before the others. */
export function searchPath(run: ValidationRun, target: PathCertificate, goal: PathGoal): PathSearch {
  const branches: RejectedBranch[] = [];
  const path = extend(run, goal, [target], branches);
  if (path !== undefined) return { kind: "found", path, branches };
  const rejection = furthest(branches) ?? reject("noIssuer", "no way leads to a trust anchor", target.subject.text);
  return { kind: "rejected", rejection, branches };
}

/** `chain` begins with the certificate whose issuer is looked for and ends with the target. */
function extend(
  run: ValidationRun,
  goal: PathGoal,
  chain: readonly PathCertificate[],
  branches: RejectedBranch[],
): CheckedPath | undefined {
  const [first] = chain;
  if (first === undefined) return undefined;
  const giveUp = (rejection: Rejection, issuer?: string): undefined => {
    const subjects = [...(issuer === undefined ? [] : [issuer]), ...chain.map(({ subject }) => subject.text)];
    branches.push({ subjects, rejection });
    run.fail(rejection.certificate ?? first.subject.text, rejection);
    return undefined;
  };
  let tried = 0;
  for (const anchor of goal.anchors) {
    if (anchor.name.key !== first.issuer.key) continue;
    tried += 1;
    run.step();
    const found = completePath(run, goal, anchor, chain);
    if (!("reason" in found)) return found;
    giveUp(found, anchor.name.text);
  }
  for (const candidate of orderCandidates(first, run.certificatesOf(first.issuer), run.time)) {
    // Behind a trust anchor's own certificate there is only what was tried with the trust anchor.
    if (goal.anchors.some(({ certificate }) => isSameHolder(certificate, candidate))) continue;
    run.step();
    const rejection = linkRejection(run, chain, candidate);
    if (rejection?.reason !== "loop") tried += 1;
    if (rejection !== undefined) giveUp(rejection, candidate.subject.text);
    else {
      const found = extend(run, goal, [candidate, ...chain], branches);
      if (found !== undefined) return found;
    }
  }
  if (tried === 0) {
    const message = `no trust anchor and no further certificate has its issuer's name, ${first.issuer.text}`;
    giveUp(reject("noIssuer", message, first.subject.text));
  }
  return undefined;
}

/** RFC 5280 §6.1 over the whole path, and then revocation from the top down, as §6.1.3 (a)(3) has it. */
function completePath(
  run: ValidationRun,
  { inputs, accept }: PathGoal,
  anchor: TrustAnchor,
  chain: readonly PathCertificate[],
): CheckedPath | Rejection {
  run.note(anchor.name.text, "RFC 5280 §6.1.1 (d)", `trust anchor of a path of ${chain.length} certificates`);
  const path = checkPath(run, anchor, chain, inputs);
  if ("reason" in path) return path;
  const rejection = accept?.(path);
  if (rejection !== undefined) return rejection;
  if (run.revocation === "none") return path;
  for (const [index, certificate] of chain.entries()) {
    const status = revocationRejection(run, { path, index, certificate });
    if (status === undefined) continue;
    if (run.revocation === "required" || !isUndetermined(status)) return status;
    run.note(certificate.subject.text, status.clause, status.message);
  }
  return path;
}

/** Why `candidate` cannot stand before `chain`, whatever comes before it: what is seen at once is not searched further. */
function linkRejection(
  run: ValidationRun,
  chain: readonly PathCertificate[],
  candidate: PathCertificate,
): Rejection | undefined {
  const about = candidate.subject.text;
  if (chain.some((certificate) => isSameHolder(certificate, candidate)))
    return reject("loop", "it stands in the path already", about);
  if (chain.length >= run.limits.pathLength)
    return reject("budgetExhausted", `more than ${run.limits.pathLength} certificates`, about);
  const rejection =
    validityRejection(candidate, run.time) ??
    authorityRejection(candidate) ??
    certificateSigningRejection(candidate) ??
    criticalExtensionRejection(candidate) ??
    pathLengthRejection(chain, candidate);
  if (rejection !== undefined) return rejection;
  const [first] = chain;
  if (first === undefined || needsParameters(candidate.publicKey)) return undefined;
  const signature = run.signatureRejection(first, run.workingKey(candidate.publicKey, undefined));
  return signature && { ...signature, certificate: first.subject.text };
}

/** RFC 5280 §6.1: no certificate twice. The same name and key in another one leads nowhere new either (RFC 4158 §2.4.2). */
function isSameHolder(one: PathCertificate, other: PathCertificate): boolean {
  return (
    one.fingerprint === other.fingerprint ||
    (one.subject.key === other.subject.key && Buffer.compare(one.publicKey.encoded, other.publicKey.encoded) === 0)
  );
}

/** RFC 5280 §6.1.4 (l), (m), seen from below: authorities that would follow the candidate, self-issued ones not counted. */
function pathLengthRejection(
  chain: readonly PathCertificate[],
  { extensions, subject }: PathCertificate,
): Rejection | undefined {
  const limit = extensions.basicConstraints?.pathLenConstraint;
  const following = chain.slice(0, -1).filter(({ isSelfIssued }) => !isSelfIssued).length;
  if (limit === undefined || following <= limit) return undefined;
  return reject(
    "pathTooLong",
    `pathLenConstraint allows ${limit} further authorities, ${following} follow`,
    subject.text,
  );
}

/** The first of the branches with the most certificates that are no loops: the order of candidates is that of likelihood. */
function furthest(branches: readonly RejectedBranch[]): Rejection | undefined {
  const ends = branches.filter(({ rejection }) => rejection.reason !== "loop");
  const longest = Math.max(...ends.map(({ subjects }) => subjects.length));
  return ends.find(({ subjects }) => subjects.length === longest)?.rejection;
}
