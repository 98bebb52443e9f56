/** What the revocation brake counts, and who let it go. */
import type { AuditEvent } from "@mitome/audit";
import type { Acting, BrakeLedger, RevocationRelease } from "@mitome/ca";
import { auditColumns, auditValues } from "./audit-row.ts";
import { readRows } from "./ledger-connection.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";

/** $1 authority, $2 municipality, $3 instant. */
const revokedSince = `
  select count(*) as found from ca.certificate
  where municipality = $2::text and authority = $1::text and state = 'revoked' and ended_at > $3::timestamptz
    and revocation_cause <> 'authorityKeyCompromised'`;

/** $1 authority, $2 municipality, $3 instant, $4 most. */
const validAt = `
  select count(*) as found from (
    select from ca.certificate
    where municipality = $2::text and authority = $1::text and state in ('valid', 'revoked')
      and not_before <= $3::timestamptz and not_after >= $3::timestamptz
      and (ended_at is null or ended_at > $3::timestamptz)
    limit $4::bigint
  ) valid`;

/** $1 authority, $2 municipality, $3 instant. */
const releasesAt = `
  select count(*) as found from ca.revocation_release
  where municipality = $2::text and authority = $1::text and released_at <= $3::timestamptz and until > $3::timestamptz`;

/** $10 authority, $11 municipality, $12 and $13 who, $14 why, $15 from and $16 until when. */
const release = `
  with released as (
    insert into ca.revocation_release (authority, municipality, first, second, because, released_at, until)
    select authority, code, $12::text, $13::text, $14::text, $15::timestamptz, $16::timestamptz
    from ca.municipality where authority = $10::text and code = $11::text
    returning 1
  ), audited as (
    insert into ca.audit_event (${auditColumns}) select ${auditValues} from released
  )
  select count(*) = 1 as acted from released`;

/** The brake's part of a {@link PostgresLedger}, over the same connections. */
export class PostgresRevocationBrake implements BrakeLedger {
  readonly #ledger: PostgresLedger;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
  }

  async revokedSince(authority: string, municipality: string, since: Date): Promise<number> {
    return await this.#count(revokedSince, [authority, municipality, since]);
  }

  async validAt(authority: string, municipality: string, at: Date, most: number): Promise<number> {
    return await this.#count(validAt, [authority, municipality, at, most]);
  }

  async isReleased(authority: string, municipality: string, at: Date): Promise<boolean> {
    return (await this.#count(releasesAt, [authority, municipality, at])) > 0;
  }

  /** Records a release, by ca_owner; `false` when the authority has no such municipality. */
  async release(
    acting: Acting,
    authority: string,
    { municipality, by: [first, second], because, releasedAt, until }: RevocationRelease,
    event: AuditEvent,
  ): Promise<boolean> {
    const values = [authority, municipality, first, second, because, releasedAt, until];
    return await this.#ledger.lanes.act(acting, event, release, values);
  }

  async #count(query: string, values: readonly unknown[]): Promise<number> {
    const [row] = await readRows<{ found: number }>(this.#ledger.reader, query, values);
    return row?.found ?? 0;
  }
}
