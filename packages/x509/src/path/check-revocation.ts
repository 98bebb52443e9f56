import type { CertificateListEntry } from "../crl-entries.ts";
import { MalformedDer } from "../der.ts";
import type { DistributionPoint } from "../extension-contents.ts";
import { findEntry } from "./find-entry.ts";
import { freshnessProblem, isDeltaOf, newestFirst } from "./list-freshness.ts";
import { coveredReasons, entriesOf, listIssuers, scopeProblem } from "./list-scope.ts";
import { findListSigner, type PathPosition } from "./list-signer.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathCertificateList } from "./path-certificate-list.ts";
import type { PathGeneralName } from "./path-general-name.ts";
import { type Rejection, reject } from "./rejection.ts";
import { allReasons, type ReasonMask } from "./revocation-reasons.ts";
import type { ValidationRun } from "./validation-run.ts";

type Point = DistributionPoint<PathGeneralName>;

/** What one list said: not on it, revoked, or nothing for this reason. */
type Finding =
  | { readonly kind: "unrevoked"; readonly reasons: ReasonMask }
  | { readonly kind: "revoked"; readonly entry: CertificateListEntry }
  | { readonly kind: "unusable"; readonly why: string };

/**
 * RFC 5280 §6.3.3: whether the certificate at this position of a path that holds otherwise is revoked, by the lists at hand.
 * All reasons have to be covered; where they are not, revocation is undetermined.
 */
export function revocationRejection(run: ValidationRun, position: PathPosition): Rejection | undefined {
  const { certificate } = position;
  const memory = `${certificate.fingerprint} ${position.path.anchor.certificate.fingerprint}`;
  if (run.unrevoked.has(memory)) return undefined;
  const known = run.revoked.get(certificate.fingerprint);
  if (known !== undefined) return known;
  if (run.inProgress.has(certificate.fingerprint))
    return reject("revocationUndetermined", "its status depends on itself", certificate.subject.text);
  run.inProgress.add(certificate.fingerprint);
  try {
    const rejection = searchLists(run, position);
    if (rejection === undefined) run.unrevoked.add(memory);
    else if (rejection.reason === "revoked") run.revoked.set(certificate.fingerprint, rejection);
    return rejection;
  } finally {
    run.inProgress.delete(certificate.fingerprint);
  }
}

function searchLists(run: ValidationRun, position: PathPosition): Rejection | undefined {
  const { certificate } = position;
  const about = certificate.subject.text;
  const problems: string[] = [];
  let reasons: ReasonMask = 0;
  for (const point of pointsOf(certificate)) {
    for (const list of listsAt(run, certificate, point)) {
      if (reasons === allReasons) return undefined;
      const finding = consultList(run, position, point, list, reasons);
      if (finding.kind === "revoked") return revoked(finding.entry, about);
      const shown = `the list of ${list.issuer.text} from ${list.thisUpdate.toISOString()}`;
      if (finding.kind === "unrevoked") {
        reasons |= finding.reasons;
        run.pass(about, "RFC 5280 §6.3.3", `not revoked by ${shown}`);
      } else if (!problems.includes(`${shown}: ${finding.why}`)) {
        problems.push(`${shown}: ${finding.why}`);
        run.note(about, "RFC 5280 §6.3.3", `${shown} is of no use: ${finding.why}`);
      }
    }
  }
  if (reasons === allReasons) return undefined;
  const what =
    reasons === 0 ? "no list at hand says whether it is revoked" : "the lists at hand leave some reasons open";
  return reject("revocationUndetermined", [what, ...problems].join("; "), about);
}

function revoked({ reason, revocationDate }: CertificateListEntry, about: string): Rejection {
  return reject("revoked", `revoked at ${revocationDate.toISOString()}, ${reason ?? "unspecified"}`, about);
}

/**
 * The certificate's points, and then, as RFC 5280 §6.3.3 ends, one without reasons or cRLIssuer named as the certificate's
 * issuer: for lists of his that no distribution point names.
 */
function pointsOf(certificate: PathCertificate): readonly Point[] {
  const issuer = { kind: "directoryName", name: certificate.issuer } as const;
  const last = { fullName: [issuer], nameRelativeToCRLIssuer: undefined, reasons: undefined, cRLIssuer: undefined };
  return [...(certificate.extensions.cRLDistributionPoints ?? []), last];
}

/** Complete lists that may speak of the certificate at this point, the newest first. */
function listsAt(run: ValidationRun, certificate: PathCertificate, point: Point): readonly PathCertificateList[] {
  for (const name of entriesOf(certificate, point)) run.asked.set(name.key, name);
  const lists = listIssuers(certificate, point).flatMap((issuer) => run.listsOf(issuer));
  return newestFirst(lists.filter(({ deltaCRLIndicator }) => deltaCRLIndicator === undefined));
}

function consultList(
  run: ValidationRun,
  position: PathPosition,
  point: Point,
  list: PathCertificateList,
  known: ReasonMask,
): Finding {
  try {
    run.step();
    const problem = scopeProblem(position.certificate, point, list) ?? criticalProblem(list);
    if (problem !== undefined) return { kind: "unusable", why: problem };
    const reasons = coveredReasons(point, list);
    // RFC 5280 §6.3.3 (e): a list that adds no reason is not looked at.
    if ((reasons & ~known) === 0) return { kind: "unusable", why: "it covers no further reason" };
    return consultSigned(run, position, point, list, reasons);
  } catch (problem) {
    if (problem instanceof MalformedDer) return { kind: "unusable", why: problem.message };
    throw problem;
  }
}

/** RFC 5280 §5.2: with a critical extension that is not understood a list is not used. */
function criticalProblem({ unprocessedCritical: [oid] }: PathCertificateList): string | undefined {
  return oid === undefined ? undefined : `its critical extension ${oid} is not understood`;
}

function consultSigned(
  run: ValidationRun,
  position: PathPosition,
  point: Point,
  list: PathCertificateList,
  reasons: ReasonMask,
): Finding {
  const deltas = newestFirst(run.listsOf(list.issuer).filter((delta) => isUsableDelta(delta, list, run.time)));
  const problem = freshnessProblem(list, run.time);
  // RFC 5280 §6.3.3 (a): a list past its nextUpdate still serves as the base of a delta that is not.
  if (problem !== undefined && (deltas.length === 0 || run.time < list.thisUpdate))
    return { kind: "unusable", why: problem };
  const signer = findListSigner(run, position, point, list);
  if (signer.kind === "none") return { kind: "unusable", why: signer.why };
  const delta = deltas.find((candidate) => run.signatureRejection(candidate, signer.key) === undefined);
  if (problem !== undefined && delta === undefined) return { kind: "unusable", why: problem };
  return readStatus(position.certificate, list, delta, reasons);
}

function isUsableDelta(delta: PathCertificateList, complete: PathCertificateList, time: Date): boolean {
  return (
    isDeltaOf(delta, complete) && criticalProblem(delta) === undefined && freshnessProblem(delta, time) === undefined
  );
}

/** RFC 5280 §6.3.3 (i)–(l): the delta speaks first; removeFromCRL takes back what the complete list says. */
function readStatus(
  certificate: PathCertificate,
  list: PathCertificateList,
  delta: PathCertificateList | undefined,
  reasons: ReasonMask,
): Finding {
  const onComplete = findEntry(list, certificate);
  if (onComplete.kind === "unusable") return onComplete;
  const onDelta = delta === undefined ? ({ kind: "absent" } as const) : findEntry(delta, certificate);
  if (onDelta.kind === "unusable") return onDelta;
  if (onDelta.kind === "entry" && onDelta.entry.reason === "removeFromCRL") return { kind: "unrevoked", reasons };
  const found = onDelta.kind === "entry" ? onDelta : onComplete;
  return found.kind === "entry" ? { kind: "revoked", entry: found.entry } : { kind: "unrevoked", reasons };
}
