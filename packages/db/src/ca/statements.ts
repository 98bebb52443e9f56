/**
 * The ledger's acts, each one statement: what it changes and its audit event ($1 to $9) commit together or not at all.
 * A statement returns `acted`; without a row, or with `acted` false, it changed nothing and wrote no event.
 */
import { auditColumns, auditValues } from "./audit-row.ts";

/** The audit event, once there is a row in the CTE named. */
const audited = (cte: string) => `insert into ca.audit_event (${auditColumns}) select ${auditValues} from ${cte}`;

/** The attempt with key $10 to $13. */
const thisCase =
  "authority = $10::text and municipality = $11::text and case_id = $12::uuid and attempt = $13::integer";

/** $10–$13 key, $14 card number, $15 challenge. */
export const openCase = `
  with opened as (
    insert into ca.issuance_case (authority, municipality, case_id, attempt, card_number, challenge, state)
    values ($10::text, $11::text, $12::uuid, $13::integer, $14::text, $15::bytea, 'open')
    returning 1
  ), audited as (${audited("opened")})
  select count(*) = 1 as acted from opened`;

/** $10–$13 key, $14 host challenge, $15 card challenge. */
export const openCardSession = `
  with opened as (
    insert into ca.card_session (authority, municipality, case_id, attempt, host_challenge, card_challenge)
    values ($10::text, $11::text, $12::uuid, $13::integer, $14::bytea, $15::bytea)
    returning 1
  ), audited as (${audited("opened")})
  select count(*) = 1 as acted from opened`;

/** $10–$13 key, $14 host challenge, $15 counter before, $16 counter after, $17 command. */
export const advanceCardSession = `
  with advanced as (
    update ca.card_session set counter = $16::integer, last_command = $17::bytea
    where ${thisCase} and host_challenge = $14::bytea and counter = $15::integer
    returning 1
  ), audited as (${audited("advanced")})
  select count(*) = 1 as acted from advanced`;

/** $10–$13 key, $14 request hash, $15 refusal as JSON. */
export const refuseRequest = `
  with refused as (
    update ca.issuance_case set state = 'refused', living = false, request_hash = $14::bytea, refusal = $15::text::json
    where ${thisCase} and state = 'open'
    returning 1
  ), audited as (${audited("refused")})
  select count(*) = 1 as acted from refused`;

/** $10–$13 key, $14 subscriber, $15 the other subscriber with the same items. */
export const listSameItems = `
  with listed as (
    insert into ca.same_items_work (authority, municipality, case_id, attempt, subscriber_id, other_subscriber_id)
    select $10::text, $11::text, $12::uuid, $13::integer, $14::text, subscriber_id
    from ca.subscriber where authority = $10::text and items_digest = $15::bytea and subscriber_id <> $14::text limit 1
    on conflict do nothing
    returning 1
  ), audited as (${audited("listed")})
  select count(*) = 1 as acted from listed`;

/** $10 intent, $11 fence, $12 signature. */
export const recordLateSignature = `
  with late as (
    insert into ca.discarded_signature (intent, fence, signature)
    select id, $11::bigint, $12::bytea from ca.signing_intent where id = $10::uuid
    on conflict do nothing
    returning 1
  ), audited as (${audited("late")})
  select count(*) = 1 as acted from late`;

/** The signer will never sign it. $10 intent, $11 fence, $12 refusal as JSON. */
export const discardIntent = `
  with given_up as (
    update ca.signing_intent set state = 'discarded', lease_until = null
    where id = $10::uuid and state = 'recorded' and fence = $11::bigint
    returning authority, serial
  ), discarded as (
    update ca.certificate set state = 'discarded', ended_at = $3::timestamptz from given_up
    where certificate.authority = given_up.authority and certificate.serial = given_up.serial
      and certificate.state = 'pending'
    returning certificate.authority, municipality, case_id, attempt
  ), refused as (
    update ca.issuance_case set state = 'refused', living = false, refusal = $12::text::json from discarded
    where issuance_case.authority = discarded.authority and issuance_case.municipality = discarded.municipality
      and issuance_case.case_id = discarded.case_id and issuance_case.attempt = discarded.attempt
      and issuance_case.state = 'requested'
  ), audited as (${audited("given_up")})
  select count(*) = 1 as acted from given_up`;

/** $10–$13 key, $14 serial. */
export const confirmDelivery = `
  with delivered as (
    update ca.issuance_case set state = 'delivered', living = false
    where ${thisCase} and state = 'issued' and serial = $14::text
    returning 1
  ), marked as (
    update ca.certificate set delivered_at = $3::timestamptz from delivered
    where certificate.authority = $10::text and certificate.serial = $14::text
  ), audited as (${audited("delivered")})
  select count(*) = 1 as acted from delivered`;

/**
 * Gives an attempt up from the state it was read in ($14). A pending intent is discarded and its fence raised, so that a
 * signature under way comes too late; a certificate that never reached its card is revoked. $15 reason.
 */
export const endAttempt = `
  with ended as (
    update ca.issuance_case set state = 'ended', living = false, end_reason = $15::text
    where ${thisCase} and state = $14::text and living
    returning serial
  ), stopped as (
    update ca.signing_intent set state = 'discarded', lease_until = null, fence = fence + 1 from ended
    where signing_intent.authority = $10::text and signing_intent.serial = ended.serial
      and signing_intent.state = 'recorded'
  ), given_up as (
    update ca.certificate set state = case state when 'pending' then 'discarded' else 'revoked' end,
      ended_at = $3::timestamptz,
      revocation_reason = case state when 'pending' then null else 'cessationOfOperation' end,
      revocation_cause = case state when 'pending' then null else 'neverDelivered' end
    from ended
    where certificate.authority = $10::text and certificate.serial = ended.serial
      and certificate.state in ('pending', 'valid')
  ), audited as (${audited("ended")})
  select count(*) = 1 as acted from ended`;

/** $10 ticket. */
export const countWrongTry = `
  with counted as (
    update ca.enrolment_ticket set wrong_tries = least(wrong_tries + 1, 5) where id = $10::uuid returning 1
  ), audited as (${audited("counted")})
  select count(*) = 1 as acted from counted`;

/**
 * $10 intent, $11 authority, $12 generation, $13 kind, $14 serial, $15 TBS, $16 request, $17 its signature,
 * $18 requester's certificate, $19 MAC, $20 owner, $21 lease in seconds, $22 ticket.
 */
export const recordOperationalIntent = `
  with intended as (
    insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, request, request_signature,
      requester_certificate, mac, state, owner, lease_until, ticket)
    values ($10::uuid, $11::text, $12::integer, $13::text, $14::text, $15::bytea, $16::bytea, $17::bytea,
      $18::bytea, $19::bytea, 'recorded', $20::uuid, now() + make_interval(secs => $21::integer), $22::uuid)
    returning 1
  ), audited as (${audited("intended")})
  select count(*) = 1 as acted from intended`;

/**
 * $10 intent, $11 fence, $12 fingerprint, $13 kind, $14 municipality, $15 place, $16 certificate, $17 notBefore,
 * $18 notAfter. A ticket is redeemed for one certificate.
 */
export const recordEquipment = `
  with signed as (
    update ca.signing_intent set state = 'signed', lease_until = null
    where id = $10::uuid and state = 'recorded' and fence = $11::bigint
    returning id, authority, serial, ticket
  ), redeemed as (
    update ca.enrolment_ticket set intent = signed.id from signed
    where enrolment_ticket.id = signed.ticket and enrolment_ticket.intent is null
    returning 1
  ), equipped as (
    insert into ca.equipment_certificate (fingerprint, authority, serial, intent, kind, municipality, place, der,
      not_before, not_after)
    select $12::text, authority, serial, id, $13::text, $14::text, $15::text, $16::bytea, $17::timestamptz,
      $18::timestamptz from signed
  ), audited as (${audited("signed")})
  select count(*) = 1 and ca.require(
    (select count(*) from redeemed) = (select count(*) from signed where ticket is not null), 'ticketRedeemed') as acted
  from signed`;

/** $10 intent, $11 fence, $12 key's purpose, $13 certificate. */
export const certifyGeneration = `
  with signed as (
    update ca.signing_intent set state = 'signed', lease_until = null
    where id = $10::uuid and state = 'recorded' and fence = $11::bigint
    returning authority, generation
  ), certified as (
    update ca.generation set certificate = $13::bytea from signed
    where generation.authority = signed.authority and generation.number = signed.generation
      and generation.purpose = $12::text and generation.certificate is null
    returning 1
  ), wanted as (
    insert into ca.publication (authority, object, generation, partition)
    select authority, 'authorityCertificates', generation, 'authority' from signed where $12::text = 'residents'
    on conflict (object, generation, partition, authority) do update set wanted = publication.wanted + 1
  ), audited as (${audited("certified")})
  select count(*) = 1 as acted from certified`;

/** $10 fingerprint, $11 reason. */
export const revokeEquipment = `
  with revoked as (
    update ca.equipment_certificate set revoked_at = $3::timestamptz, revocation_reason = $11::text
    where fingerprint = $10::text and revoked_at is null
    returning 1
  ), audited as (${audited("revoked")})
  select count(*) = 1 as acted from revoked`;

/** $10 card number, $11 authority, $12 municipality. */
export const receiveCard = `
  with received as (
    insert into ca.card (card_number, authority, municipality) values ($10::text, $11::text, $12::text)
    on conflict do nothing returning 1
  ), audited as (${audited("received")})
  select count(*) = 1 as acted from received`;

/**
 * $10 ticket, $11 authority, $12 kind, $13 municipality, $14 place, $15 expiry, $16 code key, $17 MAC.
 */
export const recordTicket = `
  with made as (
    insert into ca.enrolment_ticket (id, authority, kind, municipality, place, expires_at, code_key, mac)
    values ($10::uuid, $11::text, $12::text, $13::text, $14::text, $15::timestamptz, $16::bytea, $17::bytea)
    returning 1
  ), audited as (${audited("made")})
  select count(*) = 1 as acted from made`;

/** $10 authority, $11 generation, $12 start, $13 end. */
export const beginActivation = `
  with begun as (
    insert into ca.activation (authority, generation, epoch, starts_at, ends_at)
    select $10::text, $11::integer, coalesce(max(epoch), 0) + 1, $12::timestamptz, $13::timestamptz
    from ca.activation where authority = $10::text and generation = $11::integer
    returning 1
  ), audited as (${audited("begun")})
  select count(*) = 1 as acted from begun`;

/** $10 authority, $11 generation. */
export const endActivation = `
  with ended as (
    update ca.activation set ended_at = $3::timestamptz
    where authority = $10::text and generation = $11::integer and ended_at is null
    returning 1
  ), audited as (${audited("ended")})
  select count(*) > 0 as acted from ended`;

/** $10 run, $11 heads as JSON, $12 signature. */
export const recordHeads = `
  with kept as (
    insert into ca.audit_heads (run, heads, signature, signed_at)
    values ($10::uuid, $11::text::json, $12::bytea, $3::timestamptz)
    returning 1
  ), audited as (${audited("kept")})
  select count(*) = 1 as acted from kept`;
