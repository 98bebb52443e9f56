/** What the ledger is asked, and the lease moves that carry no act of their own. */

/** The newest record made while the clock was believed, and when two people last confirmed it. */
export const newestRecord = `
  select max(at) as at, max(at) filter (where kind = 'clock.confirmed') as confirmed
  from ca.audit_event where kind in ('audit.headsSigned', 'clock.confirmed')`;

/** `issued` while a certificate that is on it is valid. $1 authority, $2 card number, $3 instant. */
export const card = `
  select municipality, case
    when withdrawn then 'withdrawn'
    when exists (select from ca.issuance_case c where c.card_number = card.card_number and c.living) then 'inCase'
    when exists (
      select from ca.issuance_case c join ca.certificate using (authority, serial)
      where c.card_number = card.card_number and c.state = 'delivered' and ended_at is null and not_after >= $3::timestamptz)
      then 'issued'
    else 'inStock' end as state
  from ca.card where authority = $1::text and card_number = $2::text`;

const caseColumns = "state, card_number, challenge, request_hash, serial, refusal::text as refusal";
const thisCase = "authority = $1::text and municipality = $2::text and case_id = $3::uuid and attempt = $4::integer";

export const attempt = `select ${caseColumns} from ca.issuance_case where ${thisCase}`;

/** $1 authority, $2 municipality, $3 case, $4 reason. */
export const endedFor = `
  select 1 from ca.issuance_case
  where authority = $1::text and municipality = $2::text and case_id = $3::uuid and end_reason = $4::text limit 1`;

/** $1–$4 key, $5 host challenge. */
export const cardSession = `
  select card_challenge, counter, last_command from ca.card_session where ${thisCase} and host_challenge = $5::bytea`;

/** RFC 5280 §4.1.2.5: validity includes its last second. $1 authority, $2 subscriber, $3 instant. */
export const holding = `
  select serial, not_before, not_after, municipality from ca.certificate
  where authority = $1::text and subscriber_id = $2::text and ended_at is null and not_after >= $3::timestamptz
  limit 1`;

/**
 * What the ledger knows about several requests, by their `number` from 1. Arrays: $1 authority, $2 municipality, $3 case,
 * $4 attempt, $5 subscriber, $6 key hash, $7 items digest, $8 instant.
 */
export const forIssuance = `
  select q.number, c.*, held.*,
    exists (select from ca.public_key_use u where u.key_hash = q.key_hash and not (
      u.authority = q.authority and u.municipality = q.municipality and u.case_id = q.case_id
      and (select i.state from ca.signing_intent i where i.id = u.intent) = 'discarded')) as key_seen,
    exists (select from ca.subscriber s where s.authority = q.authority and s.items_digest = q.items_digest
      and s.subscriber_id <> q.subscriber_id) as items_elsewhere,
    coalesce((select register_version from ca.subscriber s where s.authority = q.authority
      and s.subscriber_id = q.subscriber_id), 0) as register_version
  from unnest($1::text[], $2::text[], $3::uuid[], $4::integer[], $5::text[], $6::bytea[], $7::bytea[], $8::timestamptz[])
    with ordinality as q (authority, municipality, case_id, attempt, subscriber_id, key_hash, items_digest, at, number)
  left join lateral (
    select ${caseColumns} from ca.issuance_case c
    where c.authority = q.authority and c.municipality = q.municipality and c.case_id = q.case_id
      and c.attempt = q.attempt
  ) c on true
  left join lateral (
    select serial as held_serial, not_before, not_after, municipality from ca.certificate held
    where held.authority = q.authority and held.subscriber_id = q.subscriber_id and ended_at is null and not_after >= q.at
    limit 1
  ) held on true`;

const taken = "id, fence, serial, tbs, generation";

/** $1 run, $2 lease in seconds, $3 authority, $4 serial. */
export const takeIntent = `
  update ca.signing_intent
  set owner = $1::uuid, fence = fence + 1, attempts = attempts + 1, lease_until = now() + make_interval(secs => $2::integer)
  where authority = $3::text and serial = $4::text and state = 'recorded' and lease_until <= now()
  returning ${taken}`;

/** $1 run, $2 lease in seconds, $3 authority, $4 limit. */
export const takeExpiredIntents = `
  update ca.signing_intent
  set owner = $1::uuid, fence = fence + 1, attempts = attempts + 1, lease_until = now() + make_interval(secs => $2::integer)
  where id in (
    select id from ca.signing_intent
    where authority = $3::text and kind = 'subscriber' and state = 'recorded' and lease_until <= now()
    order by lease_until limit $4::integer for update skip locked)
  returning ${taken}`;

/** $1 intent, $2 fence. */
export const releaseIntent = `
  update ca.signing_intent set lease_until = now() where id = $1::uuid and fence = $2::bigint and state = 'recorded'`;

/** $1 authority, $2 serial. */
export const certificate = `
  select serial, generation, not_before, not_after, municipality, certificate
  from ca.certificate join ca.certificate_content using (authority, serial)
  where authority = $1::text and serial = $2::text`;

/** As `takeExpiredIntents`, of machines. */
export const takeExpiredEquipment = takeExpiredIntents.replace("kind = 'subscriber'", "kind = 'equipment'");

/** $1 ticket. */
export const ticket = `
  select authority, kind, municipality, place, expires_at, code_key, mac, wrong_tries
  from ca.enrolment_ticket where id = $1::uuid`;

/** $1 ticket. */
export const redeemed = `
  select der from ca.enrolment_ticket t join ca.equipment_certificate e on e.intent = t.intent where t.id = $1::uuid`;
