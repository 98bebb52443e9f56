/** The registry of verifiers in memory: read anew when the ledger says that it changed, and every few seconds. */
import type { VerifierCredential, VerifierKind, VerifierOnRecord } from "@mitome/ca";
import { parseCertificate, parseSerialNumber, type VerificationKey, verificationKey } from "@mitome/x509";
import type pg from "pg";
import { type FactRow, factColumns, factOf } from "../ca/verifier-facts.ts";
import { openPrimaryPool } from "../connection.ts";
import { openListener } from "./open-listener.ts";

type ClientCertificate = Extract<VerifierCredential, { readonly kind: "clientCertificate" }>;

/** A verifier as found by one of its client certificates. */
export interface VerifierWithKey {
  readonly verifier: VerifierOnRecord;
  readonly credential: ClientCertificate;
  readonly key: VerificationKey;
  readonly usedThisMonth: number;
}

interface VerifierFactRow extends FactRow {
  readonly verifier: string;
}

interface CredentialRow {
  readonly verifier: string;
  readonly fingerprint: string;
  readonly serial: string;
  readonly certificate: Uint8Array;
  readonly not_before: Date;
  readonly not_after: Date;
  readonly withdrawn_at: Date | null;
}

const readAnewEvery = 5_000;

/** Verifiers in PostgreSQL, as `ca_responder` may know them. */
export class PostgresVerifierRegistry {
  readonly #url: string;
  readonly #pool: pg.Pool;
  #byFingerprint: ReadonlyMap<string, VerifierWithKey> = new Map();
  #listener: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #isOutdated = false;
  #closed = false;

  constructor(url: string) {
    this.#url = url;
    this.#pool = openPrimaryPool(url, 1);
  }

  /** Reads the registry for the first time. Throws when it cannot be read. */
  async open(): Promise<void> {
    await this.#readAnew();
    this.#keepReading();
  }

  byFingerprint(fingerprint: string): VerifierWithKey | undefined {
    return this.#byFingerprint.get(fingerprint);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#reading?.catch(() => undefined);
    await this.#listener?.end().catch(() => undefined);
    await this.#pool.end();
  }

  #keepReading(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(async () => {
      // Without the ledger the last reading stands; status, which it is asked for, does not.
      await this.#refresh().catch(() => undefined);
      this.#keepReading();
    }, readAnewEvery).unref();
  }

  async #refresh(): Promise<void> {
    // What is being read may be from before the change that asks for this.
    this.#isOutdated = true;
    this.#reading ??= this.#readUntilCurrent().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #readUntilCurrent(): Promise<void> {
    while (this.#isOutdated && !this.#closed) {
      this.#isOutdated = false;
      await this.#readAnew();
    }
  }

  async #readAnew(): Promise<void> {
    this.#listener ??= await this.#listen();
    const verifiers = await this.#pool.query<{ id: string; kind: VerifierKind }>(
      "select id, kind from ca.known_verifier",
    );
    const facts = await this.#pool.query<VerifierFactRow>(`
      select verifier, ${factColumns} from ca.verifier_fact order by verifier, sequence`);
    const credentials = await this.#pool.query<CredentialRow>(`
      select verifier, fingerprint, serial, certificate, not_before, not_after, withdrawn_at
      from ca.verifier_credential where kind = 'clientCertificate'`);
    const uses = await this.#pool.query<{ verifier: string; uses: number }>(`
      select verifier, sum(uses)::bigint as uses from access.monthly_use
      where month = to_char(now() at time zone 'Asia/Tokyo', 'YYYY-MM') group by verifier`);
    const used = new Map(uses.rows.map((row) => [row.verifier, row.uses]));
    const onRecord = new Map(
      verifiers.rows.map(({ id, kind }) => {
        const own = facts.rows.filter(({ verifier }) => verifier === id).map(factOf);
        return [id, { id, kind, facts: own }];
      }),
    );
    this.#byFingerprint = new Map(
      credentials.rows.flatMap((row) => {
        const verifier = onRecord.get(row.verifier);
        const serial = parseSerialNumber(row.serial);
        if (verifier === undefined || serial === undefined) return [];
        const key = verificationKey(parseCertificate(row.certificate).subjectPublicKeyInfo);
        const credential: ClientCertificate = {
          ...{ kind: "clientCertificate", verifierId: verifier.id, fingerprint: row.fingerprint, serial },
          ...{ notBefore: row.not_before, notAfter: row.not_after, withdrawnAt: row.withdrawn_at },
        };
        return [[row.fingerprint, { verifier, credential, key, usedThisMonth: used.get(verifier.id) ?? 0 }]];
      }),
    );
  }

  async #listen(): Promise<pg.Client> {
    const client = await openListener(this.#url, "verifier", () => void this.#refresh().catch(() => undefined));
    client.once("end", () => {
      if (this.#listener === client) this.#listener = undefined;
    });
    return client;
  }
}
