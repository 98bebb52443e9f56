import type { DistributionPoint } from "../extension-contents.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathCertificateList } from "./path-certificate-list.ts";
import type { PathGeneralName } from "./path-general-name.ts";
import type { PathInputs } from "./path-state.ts";
import { anyPolicy } from "./policy-extensions.ts";
import { needsParameters, type WorkingKey } from "./public-key.ts";
import { searchPath } from "./search-path.ts";
import type { CheckedPath } from "./validate-path.ts";
import type { ValidationRun } from "./validation-run.ts";

/** A certificate and where it stands in a path that holds but for the revocation of it and what follows it. */
export interface PathPosition {
  readonly path: CheckedPath;
  readonly index: number;
  readonly certificate: PathCertificate;
}

/** The key that signed a list and was allowed to, or why there is none. */
export type ListSigner =
  | { readonly kind: "signer"; readonly key: WorkingKey }
  | { readonly kind: "none"; readonly why: string };

/** For a list's signer any policy will do, and the user's subtrees speak of targets. */
const signerInputs: PathInputs = {
  userInitialPolicySet: [anyPolicy],
  initialExplicitPolicy: false,
  initialPolicyMappingInhibit: false,
  initialAnyPolicyInhibit: false,
  initialSubtrees: { permittedSubtrees: [], excludedSubtrees: [] },
};

/**
 * RFC 5280 §6.3.3 (f), (g): who signed a list. An authority above the certificate in its own path, or any other holder of the
 * issuer's name with a valid path from the same trust anchor: a key of his for lists, his next one, or another authority.
 */
export function findListSigner(
  run: ValidationRun,
  position: PathPosition,
  point: Pick<DistributionPoint<PathGeneralName>, "cRLIssuer">,
  list: PathCertificateList,
): ListSigner {
  const own = signerAbove(run, position, list) ?? signerItself(run, position, point, list);
  if (own !== undefined) return { kind: "signer", key: own };
  const problems: string[] = [];
  for (const candidate of run.certificatesOf(list.issuer)) {
    const answer = tryCandidate(run, position, list, candidate);
    if (typeof answer !== "string") return { kind: "signer", key: answer };
    problems.push(answer);
  }
  return { kind: "none", why: problems[0] ?? "its signature is not right under its issuer's key" };
}

/** The trust anchor or an authority of the path so far, whose certificate already is known to hold. */
function signerAbove(
  run: ValidationRun,
  { path, index }: PathPosition,
  list: PathCertificateList,
): WorkingKey | undefined {
  const holders = [path.anchor.certificate, ...path.certificates.slice(0, index)];
  for (const [at, holder] of holders.entries()) {
    const key = path.keys[at];
    if (key === undefined || holder.subject.key !== list.issuer.key || !maySignLists(holder)) continue;
    if (run.signatureRejection(list, key) === undefined) return key;
  }
  return undefined;
}

/**
 * The certificate whose status is asked, where its authority named its holder as the cRLIssuer of this very point: then he
 * alone publishes his own revocation. Without that no list tells of the key that signed it.
 */
function signerItself(
  run: ValidationRun,
  { path, index, certificate }: PathPosition,
  { cRLIssuer }: Pick<DistributionPoint<PathGeneralName>, "cRLIssuer">,
  list: PathCertificateList,
): WorkingKey | undefined {
  if (cRLIssuer === undefined || certificate.subject.key !== list.issuer.key || !maySignLists(certificate))
    return undefined;
  const key = path.keys[index + 1] ?? path.targetKey;
  return run.signatureRejection(list, key) === undefined ? key : undefined;
}

/** "If a key usage extension is present in the CRL issuer's certificate, verify that the cRLSign bit is set." */
function maySignLists({ extensions }: PathCertificate): boolean {
  return extensions.keyUsage?.includes("cRLSign") !== false;
}

/** His key, or why it is not accepted. */
function tryCandidate(
  run: ValidationRun,
  { path, certificate }: PathPosition,
  list: PathCertificateList,
  candidate: PathCertificate,
): WorkingKey | string {
  run.step();
  if (!maySignLists(candidate)) return "its signer's keyUsage does not allow cRLSign";
  const plainKey = run.workingKey(candidate.publicKey, undefined);
  if (!needsParameters(candidate.publicKey) && run.signatureRejection(list, plainKey) !== undefined)
    return "its signature is not right under its issuer's key";
  if (candidate.fingerprint === certificate.fingerprint || run.inProgress.has(candidate.fingerprint))
    return "it is signed by the certificate whose status it is to tell";
  const found = searchPath(run, candidate, { anchors: [path.anchor], inputs: signerInputs });
  if (found.kind === "rejected") return `its signer has no valid path: ${found.rejection.message}`;
  const rejection = run.signatureRejection(list, found.path.targetKey);
  return rejection === undefined ? found.path.targetKey : rejection.message;
}
