/** The ledger's acts on reported changes, as in `statements.ts`, and what is asked for them. */
import { auditColumns, auditValues } from "./audit-row.ts";
import { auditedTogether, jointAct } from "./joint-act.ts";

/**
 * What a change finds, in one statement and so at one instant: a row for each living certificate, one row when there is
 * none. $1 authority, $2 feed, $3 sequence, $4 subscriber, $5 instant, $6 municipality.
 */
export const readForChange = `
  select change.digest, change.outcome, change.why, person.revision, person.register_version, person.known, held.*
  from (select 1) one
  left join lateral (
    select digest, outcome, why from ca.register_change
    where sequence = $3::bigint and feed = $2::text and municipality = $6::text and authority = $1::text
  ) change on true
  left join lateral (
    select revision, register_version, items_digest is not null as known from ca.subscriber
    where authority = $1::text and subscriber_id = $4::text
  ) person on true
  left join lateral (
    select c.serial, c.municipality, c.state, i.request from ca.certificate c join ca.signing_intent i on i.id = c.intent
    where c.subscriber_id = $4::text and c.authority = $1::text and c.ended_at is null and c.not_after >= $5::timestamptz
  ) held on true`;

/**
 * A change in its first row, which has no serial, and a row for each certificate that it revokes. What the decision was made
 * by is held against the subscriber's row under its lock: an intent or a change that came in between stops it.
 */
export const recordChange = jointAct(
  {
    authority: "text",
    feed: "text",
    number: "bigint",
    municipality: "text",
    subscriber_id: "text",
    change_kind: "text",
    register_version: "bigint",
    digest: "bytea",
    outcome: "text",
    why: "text",
    change: "text",
    kept_version: "bigint",
    revision: "bigint",
    settles: "bigint",
    instant: "timestamptz",
    body: "text",
    fact: "text",
    revoked_serial: "text",
    reason: "text",
    cause: "text",
  },
  `change as (
    select * from act where revoked_serial is null
  ), received as (
    insert into ca.register_change (authority, feed, sequence, municipality, subscriber_id, kind, register_version, digest,
      outcome, why, received_at)
    select authority, feed, number, municipality, subscriber_id, change_kind, register_version, digest, outcome, why, instant
    from change where settles is null and why is distinct from 'differentContentUnderSameName'
    returning 1
  ), settled as (
    update ca.register_work w set settled_at = change.instant, settled_as = coalesce(change.why, change.outcome)
    from change where w.id = change.settles and w.settled_at is null
    returning 1
  ), listed as (
    insert into ca.register_work (authority, municipality, feed, sequence, digest, why, change, noted_at)
    select authority, municipality, feed, number, digest, why, change::json, instant from change where why is not null
    on conflict do nothing
    returning 1
  ), person as (
    insert into ca.subscriber (authority, subscriber_id, register_version, revision)
    select authority, subscriber_id, kept_version, revision + 1 from change where kept_version is not null
    on conflict (authority, subscriber_id)
    do update set register_version = greatest(subscriber.register_version, excluded.register_version),
        revision = excluded.revision
      where subscriber.revision = excluded.revision - 1
    returning 1
  ), revoked as (
    update ca.certificate c set state = 'revoked', ended_at = act.instant, revocation_reason = act.reason,
      revocation_cause = act.cause
    from act
    where c.serial = act.revoked_serial and c.authority = act.authority and c.state = 'valid'
      and exists (select from person) -- locked first, as an issuance does
    returning c.serial
  ), notified as (
    insert into ca.register_notification (authority, municipality, feed, sequence, body, fact, serials, recorded_at)
    select authority, municipality, feed, number, body, fact, (select array_agg(serial order by serial) from revoked), instant
    from change where body is not null
  ), found as (
    select (select count(*) from received) + (select count(*) from settled) + (select count(*) from listed) as rows
  ), audited as (
    insert into ca.audit_event (${auditColumns})
    select stream, sequence, at, kind, result, system, operator, detail::json, hash from act
    where (select rows from found) > 0
  )
  select ca.require((settles is null) or exists (select from settled), 'workSettled')
    and ca.require((kept_version is null) or exists (select from person), 'subscriberMoved')
    and ca.require((select count(*) from revoked) = (select count(*) from act where revoked_serial is not null),
      'certificateMoved')
    and (select rows from found) > 0 as acted
  from change`,
);

/** One line, once: its place is its name. */
export const recordMalformedLine = jointAct(
  { authority: "text", municipality: "text", file: "uuid", line: "integer", field: "text", instant: "timestamptz" },
  `listed as (
    insert into ca.register_work (authority, municipality, file, line, field, why, noted_at)
    select authority, municipality, file, line, field, 'malformedLine', instant from act
    on conflict (line, file, municipality, authority) do nothing
    returning 1
  ), ${auditedTogether("listed")}
  select count(*) > 0 and ca.require(count(*) = (select count(*) from act), 'someListed') as acted from listed`,
);

/** $10 authority, $11 work. */
export const settleWork = `
  with settled as (
    update ca.register_work set settled_at = $3::timestamptz, settled_as = 'left'
    where id = $11::bigint and authority = $10::text and settled_at is null
    returning 1
  ), audited as (
    insert into ca.audit_event (${auditColumns}) select ${auditValues} from settled
  )
  select count(*) = 1 as acted from settled`;

/** The row is read under its lock: once settled it has no change any more. $10 authority, $11 work, $12 whether it is listed. */
export const declineWork = `
  with waiting as (
    select * from ca.register_work
    where id = $11::bigint and authority = $10::text and why = 'waitsForTwoApprovers' and settled_at is null
    for update
  ), settled as (
    update ca.register_work w set settled_at = $3::timestamptz, settled_as = 'declined'
    from waiting where w.id = waiting.id
    returning 1
  ), listed as (
    insert into ca.register_work (authority, municipality, feed, sequence, digest, why, change, noted_at)
    select authority, municipality, feed, sequence, digest, 'releaseDeclined', change, $3::timestamptz
    from waiting where $12::boolean
  ), audited as (
    insert into ca.audit_event (${auditColumns}) select ${auditValues} from settled
  )
  select count(*) = 1 as acted from settled`;

const setAside = "select id, why, change from ca.register_work where authority = $1::text and settled_at is null";

/** $1 authority, $2 work. */
export const openWork = `${setAside} and id = $2::bigint`;

/** Without the change itself, a thousand at most. $1 authority, $2 municipality. */
export const listWork = `
  select id, why, feed, sequence, file, line, field, noted_at as "notedAt" from ca.register_work
  where authority = $1::text and municipality = $2::text and settled_at is null order by id limit 1000`;

/** $1 authority, $2 day, $3 limit. */
export const dueAgain = `
  ${setAside} and (why = 'issuanceUnderWay' or why = 'occursLater' and change ->> 'occurredOn' <= $2::text)
  order by id limit $3::integer`;

/** $1 authority, $2 municipality, $3 limit. */
export const waitingForApprovers = `
  ${setAside} and municipality = $2::text and why = 'waitsForTwoApprovers' order by id limit $3::integer`;
