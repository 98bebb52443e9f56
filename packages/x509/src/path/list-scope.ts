import { MalformedDer } from "../der.ts";
import type { DistributionPoint } from "../extension-contents.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathCertificateList } from "./path-certificate-list.ts";
import { directoryNameKey, generalNameKey, type PathGeneralName } from "./path-general-name.ts";
import { type PathName, relativeName } from "./path-name.ts";
import { type ReasonMask, reasonMask } from "./revocation-reasons.ts";

type Point = DistributionPoint<PathGeneralName>;

/** RFC 5280 §6.3.3 (b)(1): whose lists speak of a certificate at this point: cRLIssuer's, or else the certificate's issuer's. */
export function listIssuers(certificate: PathCertificate, { cRLIssuer }: Point): readonly PathName[] {
  if (cRLIssuer === undefined) return [certificate.issuer];
  return cRLIssuer.flatMap((name) => (name.kind === "directoryName" ? [name.name] : []));
}

/**
 * RFC 5280 §6.3.3 (b): why this list does not speak of the certificate at this point, if so. The list's issuer is one of
 * `listIssuers`. Throws `MalformedDer` for a relative name that is none.
 */
export function scopeProblem(
  certificate: PathCertificate,
  point: Point,
  { issuer, issuingDistributionPoint: idp }: PathCertificateList,
): string | undefined {
  // (b)(1)
  if (point.cRLIssuer !== undefined && idp?.indirectCRL !== true) return "it is of another issuer, but not indirect";
  if (idp === undefined) return undefined;
  // (b)(2)(i)
  const issuing = pointNames(idp, issuer);
  if (issuing !== undefined && !isSamePoint(issuing, certificate, point)) return "it is of another distribution point";
  // (b)(2)(ii)–(iv)
  const isAuthority = certificate.extensions.basicConstraints?.cA === true;
  if (idp.onlyContains === "userCerts" && isAuthority) return "it is of users' certificates only";
  if (idp.onlyContains === "caCerts" && !isAuthority) return "it is of authorities' certificates only";
  if (idp.onlyContains === "attributeCerts") return "it is of attribute certificates only";
  return undefined;
}

/** Names of entries in a directory that may hold this point's lists; none of a relative name that cannot be read. */
export function entriesOf(certificate: PathCertificate, point: Point): readonly PathName[] {
  const { fullName = [], nameRelativeToCRLIssuer: relative } = point;
  const whole = fullName.flatMap((name) => (name.kind === "directoryName" ? [name.name] : []));
  if (relative === undefined) return whole;
  try {
    return listIssuers(certificate, point).map((issuer) => relativeName(issuer, relative));
  } catch (problem) {
    if (problem instanceof MalformedDer) return whole;
    throw problem;
  }
}

/** RFC 5280 §6.3.3 (d): the reasons that this list answers for at this point. */
export function coveredReasons(point: Point, { issuingDistributionPoint: idp }: PathCertificateList): ReasonMask {
  return reasonMask(point.reasons) & reasonMask(idp?.onlySomeReasons);
}

function isSamePoint(issuing: ReadonlySet<string>, certificate: PathCertificate, point: Point): boolean {
  const [parent = certificate.issuer] = listIssuers(certificate, point);
  const names = pointNames(point, parent) ?? new Set((point.cRLIssuer ?? []).map(generalNameKey));
  return [...names].some((name) => issuing.has(name));
}

/** Keys of a point's names; a relative one lies below `parent` (RFC 5280 §4.2.1.13). `undefined` where it has no name. */
function pointNames(
  { fullName, nameRelativeToCRLIssuer }: Pick<Point, "fullName" | "nameRelativeToCRLIssuer">,
  parent: PathName,
): ReadonlySet<string> | undefined {
  if (fullName !== undefined) return new Set(fullName.map(generalNameKey));
  if (nameRelativeToCRLIssuer === undefined) return undefined;
  return new Set([directoryNameKey(relativeName(parent, nameRelativeToCRLIssuer).key)]);
}
