import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ObjectIdentifier } from "../object-identifier.ts";
import type { PathStore } from "./path-store.ts";
import type { PathRequest, PathVerdict } from "./validate-certification-path.ts";
import type { SignatureCache } from "./validation-run.ts";

/** NIST's Public Key Interoperability Test Suite stands beside the project, not in it. */
export const pkitsFolder = join(import.meta.dirname, "../../../../../shared/conformance/pkits");

/** Why the suite cannot be run here; `undefined` where it can. */
export const pkitsMissing: string | undefined = existsSync(join(pkitsFolder, "cases.json"))
  ? undefined
  : "NIST PKITS is missing: ../shared/conformance/pkits beside the project has its certs, crls and cases.json";

/** One run of the suite. */
export interface PkitsCase {
  readonly id: string;
  readonly name: string;
  readonly trustAnchor: string;
  readonly certs: readonly string[];
  readonly path: readonly string[];
  readonly crls: readonly string[];
  readonly userInitialPolicySet: readonly ObjectIdentifier[];
  readonly initialExplicitPolicy: boolean;
  readonly initialPolicyMappingInhibit: boolean;
  readonly initialAnyPolicyInhibit: boolean;
  readonly expected: "valid" | "invalid";
  readonly expectedUserConstrainedPolicySet?: readonly ObjectIdentifier[];
}

const read = (kind: "certs" | "crls", name: string): Uint8Array => readFileSync(join(pkitsFolder, kind, name));

/** The suite's runs, of `cases.json` or `extra-cases.json`. */
export function pkitsCases(file: "cases.json" | "extra-cases.json"): readonly PkitsCase[] {
  return pkitsMissing === undefined ? JSON.parse(readFileSync(join(pkitsFolder, file), "utf8")) : [];
}

export const pkitsCertificate = (name: string): Uint8Array => read("certs", name);
export const pkitsList = (name: string): Uint8Array => read("crls", name);
/** Every certificate and list of the suite. */
export const pkitsAll = (): { certificates: readonly Uint8Array[]; lists: readonly Uint8Array[] } => ({
  certificates: readdirSync(join(pkitsFolder, "certs")).map(pkitsCertificate),
  lists: readdirSync(join(pkitsFolder, "crls")).map(pkitsList),
});

/** The suite's certificates are valid from 2010 through 2030. */
export const pkitsTime = new Date("2026-11-22T03:00:00Z");

/** The question of a run, to be answered out of this store. */
export function pkitsRequest(one: PkitsCase, store: PathStore, signatures: SignatureCache): PathRequest {
  return {
    trustAnchors: [pkitsCertificate(one.trustAnchor)],
    target: pkitsCertificate(one.path.at(-1) ?? ""),
    store,
    time: pkitsTime,
    revocation: "required",
    userInitialPolicySet: one.userInitialPolicySet,
    initialExplicitPolicy: one.initialExplicitPolicy,
    initialPolicyMappingInhibit: one.initialPolicyMappingInhibit,
    initialAnyPolicyInhibit: one.initialAnyPolicyInhibit,
    initialSubtrees: { permittedSubtrees: [], excludedSubtrees: [] },
    signatures,
  };
}

/** What a verdict says of a run, with as much as the suite says of it. */
export function pkitsOutcome(one: PkitsCase, verdict: PathVerdict): unknown {
  const policies = verdict.kind === "valid" ? verdict.userConstrainedPolicySet : [];
  const found = { id: one.id, outcome: verdict.kind === "valid" ? "valid" : "invalid" };
  const isPolicyKnown = one.expected === "valid" && one.expectedUserConstrainedPolicySet !== undefined;
  return isPolicyKnown ? { ...found, policies } : found;
}

/** What the suite says of a run, as `pkitsOutcome` has it. */
export function pkitsExpected({ id, expected: outcome, expectedUserConstrainedPolicySet: policies }: PkitsCase) {
  return outcome === "valid" && policies !== undefined
    ? { id, outcome, policies: [...policies].sort() }
    : { id, outcome };
}
