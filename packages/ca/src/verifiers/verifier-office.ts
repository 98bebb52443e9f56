/** What keeping the registry of verifiers needs from the world. */
import type { AuditEvent } from "@mitome/audit";
import type { Acting, Clock, Randomness } from "../ports.ts";
import type { UseCount } from "./information-fees.ts";
import type { ReportDemand } from "./report-demand.ts";
import type { Verifier } from "./verifier.ts";
import type { VerifierCredential, WithdrawalReason } from "./verifier-credential.ts";
import type { VerifierFact } from "./verifier-standing.ts";

/** Everything that is kept of a verifier. */
export interface VerifierOnFile {
  readonly verifier: Verifier;
  /** How often it has notified who it is: once, and with each change. */
  readonly revision: number;
  /** In the order in which they were recorded. */
  readonly facts: readonly VerifierFact[];
  /** In the order in which they were given. */
  readonly credentials: readonly VerifierCredential[];
}

/** A credential to be given: of a client certificate also what it is, and SHA-256 of its canonical key. */
export interface CredentialToGive {
  readonly id: string;
  readonly credential: VerifierCredential;
  readonly certified: { readonly certificate: Uint8Array; readonly keyHash: Uint8Array } | undefined;
}

/** The registry in the ledger. Every act commits together with its audit event; each call may throw LedgerUnavailable. */
export interface VerifierLedger {
  all(): Promise<readonly VerifierOnFile[]>;
  find(id: string): Promise<VerifierOnFile | undefined>;
  register(acting: Acting, verifier: Verifier, event: AuditEvent): Promise<"registered" | "exists">;
  /** Puts what a verifier notified in place of that revision, which stays on record; `moved` when there is a newer one. */
  changeRegistration(
    acting: Acting,
    changed: { readonly verifier: Verifier; readonly revision: number },
    event: AuditEvent,
  ): Promise<"changed" | "moved">;
  /** Adds a fact after so many others; `moved` when another was added meanwhile. */
  recordFact(
    acting: Acting,
    recorded: { readonly verifier: string; readonly after: number; readonly fact: VerifierFact },
    event: AuditEvent,
  ): Promise<"recorded" | "moved">;
  /** Whether any client certificate, living or not, has this key. */
  hasKey(keyHash: Uint8Array): Promise<boolean>;
  /** A new name to bind with takes the place of the one before it; `keySeenBefore` for a key that has a certificate. */
  giveCredential(acting: Acting, given: CredentialToGive, event: AuditEvent): Promise<"given" | "keySeenBefore">;
  /** Ends a living credential, and a certificate's standing as a machine's with it; `false` when it has ended already. */
  withdrawCredential(
    acting: Acting,
    credential: VerifierCredential,
    at: Date,
    reason: WithdrawalReason,
    event: AuditEvent,
  ): Promise<boolean>;
  /** A client certificate in DER by its fingerprint. */
  certificate(verifier: string, fingerprint: string): Promise<Uint8Array | undefined>;
}

/** Reports demanded of verifiers, in the ledger. */
export interface ReportDemandLedger {
  /** `noVerifier` when there is none of this id, `recordedBefore` when there is a demand of this one. */
  record(
    acting: Acting,
    demand: Omit<ReportDemand, "answeredAt">,
    event: AuditEvent,
  ): Promise<"recorded" | "recordedBefore" | "noVerifier">;
  /** `false` when no such demand waits for an answer. */
  recordAnswer(acting: Acting, id: string, answeredAt: Date, event: AuditEvent): Promise<boolean>;
  /** All, oldest first. */
  all(): Promise<readonly ReportDemand[]>;
}

/** Names to bind with in the directory. Each call may throw RepositoryUnavailable; the same call twice is harmless. */
export interface BindDirectory {
  /** Lets a name bind with this password, in place of any other, and read the lists. */
  set(bindName: string, password: string): Promise<void>;
  /** Whether a name that may bind may read the lists; connections that are open follow at their next request. */
  permit(bindName: string, permitted: boolean): Promise<void>;
  /** Ends a name. */
  end(bindName: string): Promise<void>;
}

/** Certifies a verifier's key under the equipment root; the answer is DER, or why there is none. */
export type CertifyVerifier = (
  acting: Acting,
  verifier: string,
  certificationRequest: Uint8Array,
) => Promise<Uint8Array | { readonly kind: "refused"; readonly reason: string }>;

/** All of it together. */
export interface VerifierOffice {
  readonly verifiers: VerifierLedger;
  readonly demands: ReportDemandLedger;
  readonly certify: CertifyVerifier;
  /** `undefined` where no directory is configured. */
  readonly binds: BindDirectory | undefined;
  /** Uses in a month of Japan, `YYYY-MM`; `undefined` where the records cannot be read. */
  readonly usesIn: ((month: string) => Promise<readonly UseCount[]>) | undefined;
  readonly clock: Pick<Clock, "now">;
  readonly randomness: Randomness;
}
