/**
 * What the responder needs from the world: the ledger's knowledge of certificates, the registry of verifiers, a place for
 * access records and a signing key. A rejection means "unable for now": the answer is then tryLater, and nothing is guessed.
 */
import type { AccessRecord, CertificateStanding, VerifierCredential, VerifierOnRecord } from "@mitome/ca";
import type { Der, SerialNumber, SignatureAlgorithm, VerificationKey } from "@mitome/x509";

/** Whose key issued a certificate: an authority's, of one generation. */
export interface IssuingGeneration {
  readonly authority: string;
  readonly generation: number;
}

/** What the ledger knows of one certificate. */
export type CertificateStatus = Pick<CertificateStanding, "state" | "notAfter" | "revocation">;

/** One reading of the ledger: the instant of its snapshot, and those certificates that it knows. */
export interface StatusReading {
  readonly asOf: Date;
  readonly certificates: ReadonlyMap<SerialNumber, CertificateStatus>;
}

/** A revocation that was heard of; `everything` when some may have been missed. */
export type RevocationNotice = { readonly authority: string; readonly serial: SerialNumber } | "everything";

/** The ledger's knowledge of certificates. */
export interface StatusSource {
  /** Reads the ledger now. It never answers from an older reading. */
  read(issuer: IssuingGeneration, serials: readonly SerialNumber[]): Promise<StatusReading>;
  /** Whom to tell of each revocation as soon as it is committed, by whichever process. */
  onRevocation(heard: (notice: RevocationNotice) => void): void;
  /** True once every notice of a revocation that was committed before the call has been heard; false when nobody listens. */
  caughtUp(): Promise<boolean>;
  /**
   * Until when an earlier reading stands if no notice of it came: the last proof that notices arrive, and a configured
   * bound. In the past when the ledger has been lost for longer.
   */
  freshUntil(): Date;
}

/** A verifier as found by one of its client certificates; facts and uses are as fresh as the registry. */
export interface RegisteredVerifier {
  readonly verifier: VerifierOnRecord;
  readonly credential: Extract<VerifierCredential, { readonly kind: "clientCertificate" }>;
  /** The certificate's key. */
  readonly key: VerificationKey;
  /** Uses that count already in this month, in Japan. */
  readonly usedThisMonth: number;
}

/** The registry of verifiers, in memory. */
export interface VerifierRegistry {
  /** By SHA-256 of a client certificate, lower-case hexadecimal. */
  byFingerprint(fingerprint: string): RegisteredVerifier | undefined;
}

/** An access record of one issuer's certificates. */
export type IssuerAccessRecord = AccessRecord & IssuingGeneration;

/** Where access records are kept and counted. */
export interface AccessRecords {
  /** The record on a line, with its end, as it waits on disk until it is stored; once under each id, which is a UUID. */
  lineOf(id: string, record: IssuerAccessRecord): string;
  /**
   * Resolves once all are durable: lines of {@link lineOf} in UTF-8. One whose id is there already
   * stays as it is. Rejects with `AccessRecordsRefused` where one of them will never be taken; then none is stored.
   */
  store(lines: Uint8Array): Promise<void>;
}

/** The responder's own key. */
export interface ResponseSigner {
  readonly algorithm: SignatureAlgorithm;
  /** Signature in X.509's form. */
  sign(tbs: Der<"ResponseData">): Promise<Uint8Array>;
}
