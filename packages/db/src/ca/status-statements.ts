/** The ledger's acts of revocation and lists, as in `statements.ts`, and what is asked of both. */
import { auditColumns, auditValues } from "./audit-row.ts";

const audited = (cte: string) => `insert into ca.audit_event (${auditColumns}) select ${auditValues} from ${cte}`;

/** $1 authority, $2 serial. */
export const standing = `
  select serial, municipality, state, not_after, ended_at, revocation_reason from ca.certificate
  where serial = $2::text and authority = $1::text`;

/** $1 authority, $2 municipality, $3 case. */
export const earlierRequest = `
  select request_hash, serial from ca.revocation_request
  where case_id = $3::uuid and municipality = $2::text and authority = $1::text`;

/**
 * $10 authority, $11 serial, $12 reason, $13 cause, $14 instant; $15 municipality of the request, if there is one, with
 * $16 case, $17 hash, $18 payload, $19 signature and $20 certificate of who asked.
 */
export const recordRevocation = `
  with revoked as (
    update ca.certificate set state = 'revoked', ended_at = $14::timestamptz, revocation_reason = $12::text,
      revocation_cause = $13::text
    where serial = $11::text and authority = $10::text and state = 'valid'
    returning authority, serial
  ), asked as (
    insert into ca.revocation_request (authority, municipality, case_id, request_hash, serial, request,
      request_signature, requester_certificate, accepted_at)
    select authority, $15::text, $16::uuid, $17::bytea, serial, $18::bytea, $19::bytea, $20::bytea, $14::timestamptz
    from revoked where $15::text is not null
  ), audited as (${audited("revoked")})
  select count(*) = 1 as acted from revoked`;

/**
 * An operational certificate has its status from its intent on. $10 intent, $11 authority, $12 generation, $13 kind,
 * $14 serial, $15 TBS, $16 request, $17 MAC, $18 owner, $19 lease in seconds, $20 notBefore, $21 notAfter.
 */
export const recordOperationalCertificateIntent = `
  with intended as (
    insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, request, mac, state, owner, lease_until)
    values ($10::uuid, $11::text, $12::integer, $13::text, $14::text, $15::bytea, $16::bytea, $17::bytea, 'recorded',
      $18::uuid, now() + make_interval(secs => $19::integer))
    returning id, authority, serial, generation
  ), pending as (
    insert into ca.certificate (authority, serial, generation, intent, not_before, not_after, state)
    select authority, serial, generation, id, $20::timestamptz, $21::timestamptz, 'pending' from intended
  ), audited as (${audited("intended")})
  select count(*) = 1 as acted from intended`;

/** $10 intent, $11 fence, $12 certificate. */
export const recordOperationalCertificate = `
  with signed as (
    update ca.signing_intent set state = 'signed', lease_until = null
    where id = $10::uuid and state = 'recorded' and fence = $11::bigint
    returning authority, serial
  ), valid as (
    update ca.certificate c set state = 'valid' from signed
    where c.serial = signed.serial and c.authority = signed.authority and c.state = 'pending'
  ), content as (
    insert into ca.certificate_content (authority, serial, certificate) select authority, serial, $12::bytea from signed
  ), audited as (${audited("signed")})
  select count(*) = 1 as acted from signed`;

const planColumns = "number, this_update, next_update, next_publish, through, kept_from";
const ofPartition = "partition = $3::text and generation = $2::integer and authority = $1::text";

/** $1 authority. In one statement: a list made meanwhile is in all that it says, or in nothing of it. */
export const readPartitions = `
  select authority, generation, partition, revocations, coalesce(last.number, 0) as last_number, newest.*
  from ca.crl_partition p
  left join lateral (
    select number from ca.crl
    where partition = p.partition and generation = p.generation and authority = p.authority
    order by number desc limit 1
  ) last on true
  left join lateral (
    select ${planColumns} from ca.crl
    where partition = p.partition and generation = p.generation and authority = p.authority and state = 'signed'
    order by number desc limit 1
  ) newest on true
  where authority = $1::text`;
/** $1 authority, $2 generation, $3 partition. */
export const readPartition = `${readPartitions} and generation = $2::integer and partition = $3::text`;

/** $1–$3 partition, $4 id, $5–$10 plan, $11 owner, $12 lease in seconds. */
export const draftList = `
  with entered as (
    insert into ca.crl_partition (authority, generation, partition) values ($1::text, $2::integer, $3::text)
    on conflict do nothing
  )
  insert into ca.crl (authority, generation, partition, id, ${planColumns}, state, owner, lease_until)
  values ($1::text, $2::integer, $3::text, $4::uuid, $5::bigint, $6::timestamptz, $7::timestamptz, $8::timestamptz,
    $9::bigint, $10::timestamptz, 'drafted', $11::uuid, now() + make_interval(secs => $12::integer))
  on conflict do nothing
  returning id`;

/** $1–$3 partition, $4 how many revocations a stretch has, $5 a revocation. */
export const missingStretches = `
  select number from generate_series(1, $5::bigint / $4::integer) number
  where not exists (select from ca.crl_stretch s where ${ofPartition} and s.number = number.number) order by 1`;

/**
 * Lasting once the list is recorded, which waits for all that was written before. $1–$3 partition, $4 number, $5 when the
 * last of its certificates ends, $6 ends, $7 entries.
 */
export const keepStretch = `
  insert into ca.crl_stretch (authority, generation, partition, number, last_end, ends, entries)
  select $1::text, $2::integer, $3::text, $4::integer, $5::timestamptz, $6::bytea, $7::bytea
  from set_config('synchronous_commit', 'off', true)
  on conflict do nothing`;

/**
 * Stretches of a list after $6: up to $4, without those of which every certificate had ended before $5. $7 how many.
 */
const stretchesOf = (columns: string) => `
  select ${columns} from ca.crl_stretch
  where ${ofPartition} and number > $6::integer and number <= $4::integer and last_end >= $5::timestamptz
  order by number limit $7::integer`;
export const readEnds = stretchesOf("number, ends");
export const readStretches = stretchesOf("number, ends, entries");

/**
 * With the octets that are the list's own: a draft has none in the ledger. $10 list, $11 fence, $12 hash, $13 entries,
 * $14 lease in seconds, $15 stretches, $16 octets of the whole, $17 those before its entries, $18 those after the stretches.
 */
export const recordList = `
  with recorded as (
    update ca.crl set state = 'recorded', tbs_hash = $12::bytea, entries = $13::bigint, stretches = $15::integer,
      tbs_length = $16::bigint, lease_until = now() + make_interval(secs => $14::integer)
    where id = $10::uuid and state = 'drafted' and fence = $11::bigint
    returning id
  ), kept as (
    insert into ca.crl_part (list, part, octets)
    select id, part, octets from recorded, (values (0, $17::bytea), (1, $18::bytea)) own (part, octets)
  ), audited as (${audited("recorded")})
  select count(*) = 1 as acted from recorded`;

/** $1 list. */
export const stretchesOfList = "select stretches from ca.crl where id = $1::uuid";

/** Drafts that nobody goes on with: they leave nothing but stretches, which any list has. $1 authority. */
export const giveUpDrafts = `
  update ca.crl set state = 'discarded', lease_until = null, fence = fence + 1
  where authority = $1::text and lease_until < now() and state = 'drafted'`;

/** $1 run, $2 lease in seconds, $3 authority, $4 limit. */
export const takeExpiredLists = `
  update ca.crl
  set owner = $1::uuid, fence = fence + 1, attempts = attempts + 1, lease_until = now() + make_interval(secs => $2::integer)
  where id in (
    select id from ca.crl where authority = $3::text and lease_until < now() and state = 'recorded'
    order by lease_until limit $4::integer for update skip locked)
  returning id, fence, authority, generation, partition, ${planColumns}, tbs_hash`;

/** $10 list, $11 fence, $12 signature. */
export const recordListSignature = `
  with signed as (
    update ca.crl set state = 'signed', lease_until = null, signature = $12::bytea
    where id = $10::uuid and state = 'recorded' and fence = $11::bigint
    returning authority, generation, partition
  ), wanted as (
    insert into ca.publication (authority, object, generation, partition)
    select authority, 'list', generation, partition from signed
    on conflict (object, generation, partition, authority)
    do update set wanted = publication.wanted + 1,
      wanted_since = case when publication.done = publication.wanted then now() else publication.wanted_since end
  ), audited as (${audited("signed")})
  select count(*) = 1 as acted from signed`;

/** $10 list, $11 fence. */
export const discardList = `
  with given_up as (
    update ca.crl set state = 'discarded', lease_until = null
    where id = $10::uuid and state = 'recorded' and fence = $11::bigint
    returning 1
  ), audited as (${audited("given_up")})
  select count(*) = 1 as acted from given_up`;

/** $4 through, $5 accepted long before, $6 after. */
export const countOwed = `
  select count(*) as found from ca.revoked_certificate
  where ${ofPartition} and sequence > $6::bigint and (sequence <= $4::bigint or revoked_at < $5::timestamptz)`;
/** $1–$3 partition, $4 and $5 between which numbers, $6 names of reasons. */
export const readRevocations = `
  select coalesce(ca.numbered_revocations($1::text, $2::integer, $3::text, $4::bigint, $5::bigint, $6::text[]), '')`;
