import { createHash } from "node:crypto";
import type { PathCertificate, Signed } from "./path-certificate.ts";
import type { PathCertificateList } from "./path-certificate-list.ts";
import type { PathName } from "./path-name.ts";
import type { PathStore } from "./path-store.ts";
import { needsParameters, type PublicKeyInfo, type WorkingKey, workingKey } from "./public-key.ts";
import { type Rejection, reject } from "./rejection.ts";
import { isRightSignature, signatureScheme } from "./signature-scheme.ts";

/** Whether revocation must be known, may be unknown, or is not looked at. */
export type RevocationMode = "required" | "if-available" | "none";

/** Answers of signature verification by content; whoever keeps it for several validations saves their repetition. */
export type SignatureCache = Map<string, boolean>;

/** One line of what was done: about which certificate or list, by which clause, with what outcome. */
export interface TraceStep {
  readonly about: string;
  readonly clause: string;
  readonly outcome: "passed" | "failed" | "noted";
  readonly text: string;
}

/** Work is counted rather than timed, so that the same inputs always give the same verdict. */
export interface Limits {
  /** Candidates tried and signatures verified. */
  readonly steps: number;
  /** Comparisons of a name with a subtree. */
  readonly comparisons: number;
  /** Certificates between trust anchor and target. */
  readonly pathLength: number;
}

const defaultLimits: Limits = { steps: 1_000, comparisons: 500_000, pathLength: 32 };

/** The search came to the end of its limits before it had an answer. */
export class BudgetExhausted extends Error {
  override readonly name = "BudgetExhausted";
}

/** What one validation has at hand and what it has done so far. */
export class ValidationRun {
  readonly time: Date;
  readonly store: PathStore;
  readonly revocation: RevocationMode;
  readonly limits: Limits;
  readonly trace: TraceStep[] = [];
  /** Names whose directory entries would be of use, by their keys. */
  readonly asked = new Map<string, PathName>();
  /** Certificates whose status is being determined: no list may depend on itself. */
  readonly inProgress = new Set<string>();
  /** Certificates found revoked, by fingerprint: they stay so on every other path. */
  readonly revoked = new Map<string, Rejection>();
  /** Certificates found unrevoked, by fingerprint and trust anchor. */
  readonly unrevoked = new Set<string>();
  readonly #signatures: SignatureCache;
  readonly #keys = new Map<PublicKeyInfo, WorkingKey>();
  #steps = 0;
  #comparisons = 0;

  constructor(
    time: Date,
    store: PathStore,
    revocation: RevocationMode,
    limits: Limits = defaultLimits,
    signatures: SignatureCache = new Map(),
  ) {
    this.time = time;
    this.store = store;
    this.revocation = revocation;
    this.limits = limits;
    this.#signatures = signatures;
  }

  /** Counts one candidate or signature; throws `BudgetExhausted` past the limit. */
  step(): void {
    this.#steps += 1;
    if (this.#steps > this.limits.steps) throw new BudgetExhausted(`more than ${this.limits.steps} steps`);
  }

  /** Counts comparisons of names; throws `BudgetExhausted` past the limit. */
  compare(count: number): void {
    this.#comparisons += count;
    if (this.#comparisons > this.limits.comparisons)
      throw new BudgetExhausted(`more than ${this.limits.comparisons} comparisons of names`);
  }

  note(about: string, clause: string, text: string): void {
    this.trace.push({ about, clause, outcome: "noted", text });
  }

  pass(about: string, clause: string, text: string): void {
    this.trace.push({ about, clause, outcome: "passed", text });
  }

  fail(about: string, { clause, message }: Rejection): void {
    this.trace.push({ about, clause, outcome: "failed", text: message });
  }

  certificatesOf(subject: PathName): readonly PathCertificate[] {
    this.asked.set(subject.key, subject);
    return this.store.certificatesOf(subject);
  }

  listsOf(issuer: PathName): readonly PathCertificateList[] {
    this.asked.set(issuer.key, issuer);
    return this.store.listsOf(issuer);
  }

  /** `workingKey`, made once in this run for a key that needs nothing of the key before it. */
  workingKey(info: PublicKeyInfo, before: PublicKeyInfo | undefined): WorkingKey {
    if (needsParameters(info)) return workingKey(info, before);
    const key = this.#keys.get(info) ?? workingKey(info, undefined);
    this.#keys.set(info, key);
    return key;
  }

  /** RFC 5280 §6.1.3 (a)(1), §6.3.3 (g): why the signature cannot be accepted under this key, if so. */
  signatureRejection(signed: Signed, key: WorkingKey): Rejection | undefined {
    if (key.kind === "unusable") return reject("unusableKey", `its issuer has ${key.why}`);
    const scheme = signatureScheme(signed.signatureAlgorithm);
    if (scheme === undefined) return reject("unsupportedAlgorithm", "a signature algorithm that is not accepted");
    const hash = createHash("sha256").update(key.info.encoded).update(signed.signatureAlgorithm);
    const content = hash.update(signed.tbs).update(signed.signature).digest("base64");
    let isRight = this.#signatures.get(content);
    if (isRight === undefined) {
      this.step();
      isRight = isRightSignature(scheme, key.key, signed.tbs, signed.signature);
      this.#signatures.set(content, isRight);
    }
    return isRight ? undefined : reject("badSignature", "the signature is not right under its issuer's key");
  }
}
