import type { ObjectIdentifier } from "../object-identifier.ts";
import { type PathCertificate, readPathCertificate } from "./path-certificate.ts";
import type { PathName } from "./path-name.ts";
import { type PathInputs, type TrustAnchor, trustAnchorOf } from "./path-state.ts";
import type { PathStore } from "./path-store.ts";
import { isUndetermined, type Rejection, reject } from "./rejection.ts";
import { type RejectedBranch, searchPath } from "./search-path.ts";
import { extendedKeyUsageRejection, type TargetDemands, targetNameRejection } from "./target-rules.ts";
import {
  BudgetExhausted,
  type Limits,
  type RevocationMode,
  type SignatureCache,
  type TraceStep,
  ValidationRun,
} from "./validation-run.ts";

/** What is asked: is there a valid path from one of these trust anchors to this certificate at this time? */
export interface PathRequest extends PathInputs, Partial<TargetDemands> {
  /** Certificates in DER, self-signed or not: their subjects and keys are trusted. */
  readonly trustAnchors: readonly Uint8Array[];
  /** A certificate in DER. */
  readonly target: Uint8Array;
  /** Certificates and lists that a path may be made of. */
  readonly store: PathStore;
  readonly time: Date;
  readonly revocation: RevocationMode;
  readonly limits?: Limits;
  readonly signatures?: SignatureCache;
}

/** What was done on the way to a verdict. */
interface Account {
  readonly trace: readonly TraceStep[];
  readonly branches: readonly RejectedBranch[];
  /** Names whose entries in a directory may bring what was missing. */
  readonly asked: readonly PathName[];
}

/** The answer: what is not understood or not known is never "valid". `path` are subjects from the trust anchor to the target. */
export type PathVerdict = Account &
  (
    | {
        readonly kind: "valid";
        readonly path: readonly string[];
        readonly certificates: readonly PathCertificate[];
        /** Sorted; RFC 5280 §6.1.6. */
        readonly userConstrainedPolicySet: readonly ObjectIdentifier[];
      }
    | { readonly kind: "invalid" | "undetermined"; readonly path: readonly string[]; readonly rejection: Rejection }
  );

/** RFC 5280 §6: looks for a valid path and says which, or why there is none. Never throws, whatever the octets are. */
export function validateCertificationPath(request: PathRequest): PathVerdict {
  const { time, store, revocation, limits, signatures } = request;
  const run = new ValidationRun(time, store, revocation, limits, signatures);
  const account = (branches: readonly RejectedBranch[]): Account => ({
    trace: run.trace,
    branches,
    asked: [...run.asked.values()],
  });
  const refuse = (found: Rejection, branches: readonly RejectedBranch[] = []): PathVerdict => {
    const path = branches.find((branch) => branch.rejection === found)?.subjects ?? [];
    const rejection = withUnreadable(found, store);
    return { ...account(branches), kind: isUndetermined(rejection) ? "undetermined" : "invalid", path, rejection };
  };
  const reading = readPathCertificate(request.target);
  if (reading.kind === "malformed") return refuse(reject("malformedCertificate", `the target: ${reading.why}`));
  for (const problem of store.unreadable) run.note("what was given", "RFC 5280 §4.1, §5.1", `left out ${problem}`);
  const target = reading.certificate;
  try {
    const anchors = readAnchors(run, request.trustAnchors);
    // What a trust anchor certified may stand in its own entry (issuedByThisCA) rather than in that of its subject.
    for (const { name } of anchors) run.asked.set(name.key, name);
    const goal = { anchors, inputs: request, accept: acceptance(request) };
    const search = searchPath(run, target, goal);
    if (search.kind === "rejected") return refuse(search.rejection, search.branches);
    const { anchor, certificates, userConstrainedPolicySet } = search.path;
    const path = [anchor.name.text, ...certificates.map(({ subject }) => subject.text)];
    return { ...account(search.branches), kind: "valid", path, certificates, userConstrainedPolicySet };
  } catch (problem) {
    if (problem instanceof BudgetExhausted)
      return refuse(reject("budgetExhausted", `the search was given up after ${problem.message}`, target.subject.text));
    throw problem;
  }
}

/** Where something was missing, what was given and could not be read may be what was missing. */
function withUnreadable(rejection: Rejection, { unreadable }: PathStore): Rejection {
  const isMissing = rejection.reason === "noIssuer" || rejection.reason === "revocationUndetermined";
  if (!isMissing || unreadable.length === 0) return rejection;
  return { ...rejection, message: `${rejection.message}; left out ${unreadable.slice(0, 3).join("; ")}` };
}

function readAnchors(run: ValidationRun, trustAnchors: readonly Uint8Array[]): readonly TrustAnchor[] {
  const anchors = new Map<string, TrustAnchor>();
  for (const der of trustAnchors) {
    const reading = readPathCertificate(der);
    if (reading.kind === "certificate")
      anchors.set(reading.certificate.fingerprint, trustAnchorOf(reading.certificate));
    else run.note("a trust anchor", "RFC 5280 §4.1", `left out: ${reading.why}`);
  }
  return [...anchors.values()];
}

/** What the caller demands of the target, checked on a path that holds otherwise. */
function acceptance(
  request: PathRequest,
): (path: { certificates: readonly PathCertificate[] }) => Rejection | undefined {
  const demands: TargetDemands = {
    requiredEku: request.requiredEku ?? [],
    dnsName: request.dnsName,
    ipAddress: request.ipAddress,
    emailAddress: request.emailAddress,
  };
  return ({ certificates }) => {
    const target = certificates.at(-1);
    return extendedKeyUsageRejection(certificates, demands) ?? (target && targetNameRejection(target, demands));
  };
}
