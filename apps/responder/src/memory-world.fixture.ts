/** The responder's ports in memory, which can fail, and a responder that stands in them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateAnswer, RevocationReason, VerifierFact, VerifierKind } from "@mitome/ca";
import { type SerialNumber, verificationKey } from "@mitome/x509";
import type { ResponderConfiguration } from "./configuration.ts";
import { type Holder, makeAuthority, makeResponder } from "./hierarchy.fixture.ts";
import { fingerprintOf } from "./identify-asker.ts";
import type {
  AccessRecords,
  CertificateStatus,
  IssuerAccessRecord,
  IssuingGeneration,
  RegisteredVerifier,
  RevocationNotice,
  StatusReading,
  StatusSource,
  VerifierRegistry,
} from "./ports.ts";
import { type RunningResponder, startResponder } from "./start-responder.ts";

/** A ledger in memory; `reachable` and `hears` are its connections. */
export class MemoryStatus implements StatusSource {
  reachable = true;
  hears = true;
  /** Notices come only when they are waited for. */
  slow = false;
  readonly late: RevocationNotice[] = [];
  /** Readings made. */
  readings = 0;
  /** Awaited between a reading and its answer. */
  pause: Promise<void> | undefined;
  readonly #now: () => Date;
  readonly #certificates = new Map<string, CertificateStatus>();
  readonly #listeners: ((notice: RevocationNotice) => void)[] = [];

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Puts a certificate into the ledger as it is; a valid one until 2030 unless told. */
  put(issuer: IssuingGeneration, serial: SerialNumber, changes: Partial<CertificateStatus> = {}): void {
    const notAfter = new Date("2030-12-31T14:59:59Z");
    this.#certificates.set(keyOf(issuer, serial), { state: "valid", notAfter, revocation: undefined, ...changes });
  }

  /** Revokes it and has everybody hear of it. */
  revoke(issuer: IssuingGeneration, serial: SerialNumber, reason: RevocationReason, revokedAt: Date): void {
    this.put(issuer, serial, { state: "revoked", revocation: { reason, revokedAt } });
    if (!this.hears) return;
    const notice = { authority: issuer.authority, serial };
    if (this.slow) this.late.push(notice);
    else this.tell(notice);
  }

  tell(notice: RevocationNotice): void {
    for (const heard of this.#listeners) heard(notice);
  }

  async read(issuer: IssuingGeneration, serials: readonly SerialNumber[]): Promise<StatusReading> {
    this.readings += 1;
    if (!this.reachable) throw new Error("the ledger is away");
    const found = serials.flatMap((serial) => {
      const certificate = this.#certificates.get(keyOf(issuer, serial));
      return certificate === undefined ? [] : [[serial, certificate] as const];
    });
    const asOf = this.#now();
    await this.pause;
    return { asOf, certificates: new Map(found) };
  }

  onRevocation(heard: (notice: RevocationNotice) => void): void {
    this.#listeners.push(heard);
  }

  async caughtUp(): Promise<boolean> {
    const late = this.late.splice(0);
    for (const notice of late) this.tell(notice);
    return true;
  }

  freshUntil(): Date {
    return new Date(this.#now().getTime() + (this.hears ? 5_000 : -1));
  }
}

function keyOf({ authority, generation }: IssuingGeneration, serial: SerialNumber): string {
  return `${authority}:${generation}:${serial}`;
}

const past = new Date("2026-01-01T00:00:00Z");
/** What was recorded of a verifier that may ask. */
export const admittedFacts: readonly VerifierFact[] = [
  { kind: "notified", effectiveAt: past },
  { kind: "agreed", termsVersion: "2026-11-1", effectiveAt: past },
  { kind: "rightGranted", right: "ocsp", effectiveAt: past },
  { kind: "started", effectiveAt: past },
];

/** A registry in memory. */
export class MemoryRegistry implements VerifierRegistry {
  readonly #byFingerprint = new Map<string, RegisteredVerifier>();

  register(
    { certificate }: Holder,
    id: string,
    {
      kind = "verifier",
      facts = admittedFacts,
    }: { readonly kind?: VerifierKind; readonly facts?: readonly VerifierFact[] } = {},
  ): void {
    const fingerprint = fingerprintOf(certificate.der);
    const { serialNumber: serial, validity } = certificate;
    this.#byFingerprint.set(fingerprint, {
      verifier: { id, kind, facts },
      credential: { kind: "clientCertificate", verifierId: id, fingerprint, serial, ...validity, withdrawnAt: null },
      key: verificationKey(certificate.subjectPublicKeyInfo),
      usedThisMonth: 0,
    });
  }

  byFingerprint(fingerprint: string): RegisteredVerifier | undefined {
    return this.#byFingerprint.get(fingerprint);
  }
}

/** An access record as the database has it. */
export interface StoredAccessRecord extends IssuingGeneration {
  readonly id: string;
  readonly verifierId: string;
  readonly confirmer: string | null;
  readonly at: string;
  readonly method: "ocsp";
  readonly answers: readonly CertificateAnswer[];
}

/** Access records in memory, each once. */
export class MemoryAccessRecords implements AccessRecords {
  reachable = true;
  readonly #byId = new Map<string, StoredAccessRecord>();

  get stored(): readonly StoredAccessRecord[] {
    return [...this.#byId.values()];
  }

  lineOf(id: string, record: IssuerAccessRecord): string {
    return `${JSON.stringify({ id, ...record })}\n`;
  }

  async store(lines: Uint8Array): Promise<void> {
    if (!this.reachable) throw new Error("the database is away");
    for (const line of Buffer.from(lines).toString().split("\n").slice(0, -1)) {
      const stored: StoredAccessRecord = JSON.parse(line);
      if (!this.#byId.has(stored.id)) this.#byId.set(stored.id, stored);
    }
  }
}

/** A responder in a world of its own, for one authority of two generations. */
export interface World {
  readonly directory: string;
  /** Generations 1 and 2 of "chiba", and the responder of each. */
  readonly authorities: readonly [Holder, Holder];
  readonly responders: readonly [Holder, Holder];
  readonly status: MemoryStatus;
  readonly registry: MemoryRegistry;
  readonly records: MemoryAccessRecords;
  readonly configuration: ResponderConfiguration;
  start(): Promise<RunningResponder>;
  remove(): void;
}

/** Makes one; its keys are files in a directory of its own. */
export function makeWorld(now: () => Date, changes: Partial<ResponderConfiguration> = {}): World {
  const directory = mkdtempSync(join(tmpdir(), "responder-"));
  const authorities = [makeAuthority(), makeAuthority()] as const;
  const responders = [makeResponder(authorities[0]), makeResponder(authorities[1])] as const;
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const generations = authorities.map((authority, at) => ({
    ...{ authority: "chiba", generation: at + 1 },
    issuerCertificate: write(`authority${at + 1}.pem`, authority.pem.certificate),
    responderCertificate: write(`responder${at + 1}.pem`, responders[at]?.pem.certificate ?? ""),
    responderKey: write(`responder${at + 1}.key`, responders[at]?.pem.key ?? ""),
  }));
  const configuration: ResponderConfiguration = {
    listeners: [{ kind: "http", host: "127.0.0.1", port: 0, shared: false }],
    ...{ generations, answerLife: 300, preparedAnswers: 1_000, patience: 2_000 },
    ...{ spool: join(directory, "spool"), mostWaitingRecords: 100_000 },
    ...changes,
  };
  const status = new MemoryStatus(now);
  const registry = new MemoryRegistry();
  const records = new MemoryAccessRecords();
  return {
    ...{ directory, authorities, responders, status, registry, records, configuration },
    start: () => startResponder(configuration, { status, registry, records, now }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
