import type { ObjectIdentifier } from "../object-identifier.ts";
import type { PathCertificate } from "./path-certificate.ts";
import { type Rejection, reject } from "./rejection.ts";

/** What the caller wants of the target beside a valid path. */
export interface TargetDemands {
  /** Purposes that all have to be allowed. */
  readonly requiredEku: readonly ObjectIdentifier[];
  /** A host name as A-labels. */
  readonly dnsName: string | undefined;
  /** 4 or 16 octets. */
  readonly ipAddress: Uint8Array | undefined;
  readonly emailAddress: string | undefined;
}

const anyExtendedKeyUsage = "2.5.29.37.0";

/**
 * RFC 5280 §4.2.1.12: a certificate with extKeyUsage is for the purposes that stand in it. One of an authority bounds those
 * of what it issued: nobody passes on what he does not have.
 */
export function extendedKeyUsageRejection(
  certificates: readonly PathCertificate[],
  { requiredEku }: TargetDemands,
): Rejection | undefined {
  for (const { extensions, subject } of certificates) {
    const allowed = extensions.extKeyUsage;
    if (allowed === undefined || allowed.includes(anyExtendedKeyUsage)) continue;
    const missing = requiredEku.find((purpose) => !allowed.includes(purpose));
    if (missing !== undefined)
      return reject("extendedKeyUsage", `extKeyUsage does not allow the purpose ${missing}`, subject.text);
  }
  return undefined;
}

/** RFC 5280 §4.2.1.6, RFC 9525 §6: the name asked for stands in subjectAltName; a subject is never read as a host or address. */
export function targetNameRejection(target: PathCertificate, demands: TargetDemands): Rejection | undefined {
  const { dnsName, ipAddress, emailAddress } = demands;
  const names = target.extensions.subjectAltName ?? [];
  const refuse = (what: string): Rejection =>
    reject("targetNameMismatch", `${what} is not in subjectAltName`, target.subject.text);
  if (dnsName !== undefined && !names.some((name) => name.kind === "dNSName" && isHost(name.text, dnsName)))
    return refuse(`the host ${JSON.stringify(dnsName)}`);
  if (
    ipAddress !== undefined &&
    !names.some((name) => name.kind === "iPAddress" && Buffer.compare(name.octets, ipAddress) === 0)
  )
    return refuse(`the address ${Buffer.from(ipAddress).toString("hex")}`);
  if (
    emailAddress !== undefined &&
    !names.some((name) => name.kind === "rfc822Name" && isMailbox(name.text, emailAddress))
  )
    return refuse(`the mailbox ${JSON.stringify(emailAddress)}`);
  return undefined;
}

/** RFC 9525 §6.3: labels without regard to case; a wildcard is the whole leftmost label, stands for one, above two others. */
function isHost(presented: string, wanted: string): boolean {
  const pattern = presented.toLowerCase();
  const host = wanted.toLowerCase();
  if (!pattern.startsWith("*.")) return pattern === host && !pattern.includes("*");
  const domain = pattern.slice(1);
  const labels = domain.split(".");
  if (domain.includes("*") || labels.length < 3 || labels.slice(1).includes("")) return false;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === domain;
}

/** RFC 5280 §7.5: the host without regard to case, the local part exactly. */
function isMailbox(presented: string, wanted: string): boolean {
  const lowerHost = (mailbox: string): string => mailbox.replace(/@[^@]*$/, (host) => host.toLowerCase());
  return lowerHost(presented) === lowerHost(wanted);
}
