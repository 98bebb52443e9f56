import type { ObjectIdentifier } from "../object-identifier.ts";
import type { NameConstraints } from "./name-constraints.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathName } from "./path-name.ts";
import { initialPolicyGraph, type PolicyGraph } from "./policy-graph.ts";
import type { PublicKeyInfo, WorkingKey } from "./public-key.ts";
import type { ValidationRun } from "./validation-run.ts";

/** A key and name that are trusted without proof (RFC 5280 §6.1.1 (d)); the certificate, self-signed or not, that brought them. */
export interface TrustAnchor {
  readonly name: PathName;
  readonly publicKey: PublicKeyInfo;
  readonly certificate: PathCertificate;
}

/** The trust anchor that a certificate brings: its subject and key, nothing else that it says. */
export function trustAnchorOf(certificate: PathCertificate): TrustAnchor {
  return { name: certificate.subject, publicKey: certificate.publicKey, certificate };
}

/** RFC 5280 §6.1.1 (c), (e)–(i). */
export interface PathInputs {
  readonly userInitialPolicySet: readonly ObjectIdentifier[];
  readonly initialExplicitPolicy: boolean;
  readonly initialPolicyMappingInhibit: boolean;
  readonly initialAnyPolicyInhibit: boolean;
  readonly initialSubtrees: NameConstraints;
}

/** RFC 5280 §6.1.2: what each certificate is checked against and what it changes for the next. */
export interface PathState {
  readonly policyGraph: PolicyGraph;
  /** Each element is one certificate's (or the user's): a name must satisfy all of them. */
  readonly nameConstraints: readonly NameConstraints[];
  readonly explicitPolicy: number;
  readonly inhibitAnyPolicy: number;
  readonly policyMapping: number;
  readonly workingKey: WorkingKey;
  readonly workingIssuerName: PathName;
  readonly maxPathLength: number;
}

/** RFC 5280 §6.1.2 for a path of `length` certificates. */
export function initialState(run: ValidationRun, anchor: TrustAnchor, inputs: PathInputs, length: number): PathState {
  return {
    policyGraph: initialPolicyGraph,
    nameConstraints: [inputs.initialSubtrees],
    explicitPolicy: inputs.initialExplicitPolicy ? 0 : length + 1,
    inhibitAnyPolicy: inputs.initialAnyPolicyInhibit ? 0 : length + 1,
    policyMapping: inputs.initialPolicyMappingInhibit ? 0 : length + 1,
    workingKey: run.workingKey(anchor.publicKey, undefined),
    workingIssuerName: anchor.name,
    maxPathLength: length,
  };
}
