/** What an authority publishes: its certificates, its operational certificates and its newest lists. */
import {
  type AuthorityDefinition,
  authorityPartition,
  type ProvisionReport,
  parseAuthorityDefinition,
  parseProvisionReport,
  type RevocationReason,
  suiteOf,
} from "@mitome/ca";
import { parseCertificate } from "@mitome/x509";
import type pg from "pg";
import { readDefinition, readKeys } from "../ca/enter-authority.ts";
import { readRows } from "../ca/ledger-connection.ts";
import { PostgresPublishedLists, type PublishedList } from "../ca/published-lists.ts";
import { openPool } from "../connection.ts";
import { openListener } from "./open-listener.ts";

/** A certificate that is no subscriber's. */
export interface CertificateOnRecord {
  readonly kind: "selfSigned" | "operational";
  readonly generation: number;
  readonly der: Uint8Array;
  readonly notBefore: Date;
  readonly revocation: { readonly at: Date; readonly reason: RevocationReason } | undefined;
}

/** One reading; lists are the newest of each partition that has one, of every key generation. */
export interface PublicReading {
  readonly readAt: Date;
  readonly definition: AuthorityDefinition;
  /** Key generations that are certified, oldest first. */
  readonly generations: readonly number[];
  readonly certificates: readonly CertificateOnRecord[];
  readonly lists: readonly PublishedList[];
  /** 失効情報等の提供状況報告書, of all time. */
  readonly reports: readonly ReportOnRecord[];
}

/** A report as it was published. */
interface ReportOnRecord {
  readonly id: string;
  readonly title: string;
  readonly report: ProvisionReport;
  readonly publishedAt: Date;
  /** Whether it is there on paper too. */
  readonly onPaper: boolean;
}

interface RevocationColumns {
  readonly serial: string;
  readonly revoked_at: Date | null;
  readonly reason: RevocationReason | null;
}

interface ReportRow {
  readonly id: string;
  readonly title: string;
  readonly report: unknown;
  readonly published_at: Date;
  readonly on_paper: boolean;
}

interface OperationalRow extends RevocationColumns {
  readonly generation: number;
  readonly certificate: Uint8Array;
  readonly not_before: Date;
}

const operationalCertificates = `
  select generation, serial, certificate, not_before, revoked_at, reason from ca.operational_certificate
  where authority = $1::text order by generation, not_before, serial`;
const publishedReports = `
  select id, title, report, published_at, pdf is not null as on_paper from ca.published_report
  where authority = $1::text order by published_at`;
const paperOfReport = "select pdf from ca.published_report where authority = $1::text and id = $2::text";
const revokedOfAuthority = `
  select serial, revoked_at, reason from ca.certificate_status
  where authority = $1::text and partition = $2::text and state = 'revoked'`;

/** Reads them as `ca_responder`. */
export class PostgresPublicRecords {
  readonly #url: string;
  readonly #pool: pg.Pool;
  readonly #authority: string;
  readonly #hearers: (() => void)[] = [];
  #listener: pg.Client | undefined;

  constructor(url: string, authority: string) {
    this.#url = url;
    this.#pool = openPool(url, 2);
    this.#authority = authority;
  }

  /** Whom to tell when something new is to be published; what was missed is seen by the next reading. */
  onChange(heard: () => void): void {
    this.#hearers.push(heard);
  }

  /** Reads the ledger now. Rejects while it is away, and when it has no such authority. */
  async read(): Promise<PublicReading> {
    this.#listener ??= await this.#listen();
    const readAt = new Date();
    const definition = await this.#definition();
    const [keys, operational, revoked, lists, reports] = await Promise.all([
      readKeys(this.#pool, this.#authority),
      readRows<OperationalRow>(this.#pool, operationalCertificates, [this.#authority]),
      readRows<RevocationColumns>(this.#pool, revokedOfAuthority, [this.#authority, authorityPartition]),
      this.#lists(definition).newest(),
      readRows<ReportRow>(this.#pool, publishedReports, [this.#authority]),
    ]);
    const revocations = new Map(revoked.map((row) => [row.serial, revocationOf(row)]));
    const selfSigned = keys.flatMap(({ purpose, number, certificate }): CertificateOnRecord[] => {
      if (purpose !== "residents" || certificate === undefined) return [];
      const { serialNumber, validity } = parseCertificate(certificate);
      const { notBefore } = validity;
      const revocation = revocations.get(serialNumber);
      return [{ kind: "selfSigned", generation: number, der: certificate, notBefore, revocation }];
    });
    const certificates = [
      ...selfSigned,
      ...operational.map(
        (row): CertificateOnRecord => ({
          ...{ kind: "operational", generation: row.generation, der: row.certificate, notBefore: row.not_before },
          revocation: revocationOf(row),
        }),
      ),
    ];
    return {
      ...{ readAt, definition, certificates, lists, reports: reports.map(reportOf) },
      generations: selfSigned.map(({ generation }) => generation),
    };
  }

  /** DER of a list of a reading. */
  octets({ definition }: PublicReading, list: PublishedList): Promise<Uint8Array> {
    return this.#lists(definition).octets(list);
  }

  /** PDF of a report of a reading that is on paper. */
  async paper({ id }: ReportOnRecord): Promise<Uint8Array> {
    const [row] = await readRows<{ readonly pdf: Uint8Array }>(this.#pool, paperOfReport, [this.#authority, id]);
    if (row === undefined) throw new RangeError(`the ledger has no report ${id}`);
    return row.pdf;
  }

  async close(): Promise<void> {
    await this.#listener?.end().catch(() => undefined);
    await this.#pool.end();
  }

  #lists(definition: AuthorityDefinition): PostgresPublishedLists {
    return new PostgresPublishedLists(this.#pool, this.#authority, suiteOf(definition).signatureAlgorithm);
  }

  async #definition(): Promise<AuthorityDefinition> {
    const parsed = parseAuthorityDefinition(await readDefinition(this.#pool, this.#authority));
    if (parsed.kind === "definition") return parsed.definition;
    throw new RangeError(`the ledger has no authority ${this.#authority} that can be read`);
  }

  async #listen(): Promise<pg.Client> {
    const client = await openListener(this.#url, "publication", () => {
      for (const hearer of this.#hearers) hearer();
    });
    client.once("end", () => {
      if (this.#listener === client) this.#listener = undefined;
    });
    return client;
  }
}

function reportOf({
  id,
  title,
  report: text,
  published_at: publishedAt,
  on_paper: onPaper,
}: ReportRow): ReportOnRecord {
  const report = parseProvisionReport(text);
  if (report === undefined) throw new RangeError(`the ledger holds a report that is none: ${id}`);
  return { id, title, report, publishedAt, onPaper };
}

function revocationOf({ revoked_at: at, reason }: RevocationColumns): CertificateOnRecord["revocation"] {
  return at === null || reason === null ? undefined : { at, reason };
}
