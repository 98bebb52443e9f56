/** The acts of an issuance, which come in numbers: each statement does those of several residents at once. */
import { auditedTogether, jointAct } from "./joint-act.ts";

const attemptColumns = { authority: "text", municipality: "text", case_id: "uuid", attempt: "integer" } as const;

/**
 * 千葉県運用規程 4-2-3. The subscriber's row is locked first, so two requests for one resident go one after the other;
 * that the second finds the first is the exclusion constraint's word.
 */
export const recordIntent = jointAct(
  {
    ...attemptColumns,
    request_hash: "bytea",
    serial: "text",
    subscriber_id: "text",
    items_digest: "bytea",
    register_version: "bigint",
    key_hash: "bytea",
    intent: "uuid",
    generation: "integer",
    tbs: "bytea",
    request: "bytea",
    request_signature: "bytea",
    requester_certificate: "bytea",
    mac: "bytea",
    owner: "uuid",
    lease_seconds: "integer",
    unique_name: "text",
    not_before: "timestamptz",
    not_after: "timestamptz",
  },
  `moved as (
    update ca.issuance_case c set state = 'requested', request_hash = act.request_hash, serial = act.serial
    from act
    where c.authority = act.authority and c.municipality = act.municipality and c.case_id = act.case_id
      and c.attempt = act.attempt and c.state = 'open'
    returning act.*
  ), person as (
    insert into ca.subscriber (authority, subscriber_id, items_digest, register_version)
    select authority, subscriber_id, items_digest, register_version from moved order by subscriber_id
    on conflict (authority, subscriber_id)
    do update set items_digest = excluded.items_digest, register_version = excluded.register_version,
        revision = subscriber.revision + 1
      where subscriber.register_version <= excluded.register_version
    returning authority, subscriber_id
  ), reserved as (
    insert into ca.public_key_use (key_hash, authority, municipality, case_id, intent)
    select key_hash, authority, municipality, case_id, intent from moved join person using (authority, subscriber_id)
    on conflict (key_hash) do update set intent = excluded.intent
      where public_key_use.authority = excluded.authority and public_key_use.municipality = excluded.municipality
        and public_key_use.case_id = excluded.case_id
        and (select state from ca.signing_intent where id = public_key_use.intent) = 'discarded'
    returning intent
  ), intended as (
    insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, request, request_signature,
      requester_certificate, mac, state, owner, lease_until)
    select intent, authority, generation, 'subscriber', serial, tbs, request, request_signature,
      requester_certificate, mac, 'recorded', owner, now() + make_interval(secs => lease_seconds)
    from moved join reserved using (intent)
  ), pending as (
    insert into ca.certificate (authority, serial, generation, intent, subscriber_id, municipality, case_id, attempt,
      unique_name, not_before, not_after, state)
    select authority, serial, generation, intent, subscriber_id, municipality, case_id, attempt, unique_name,
      not_before, not_after, 'pending'
    from moved join reserved using (intent)
    returning 1
  ), ${auditedTogether("pending")}
  select ca.require((select count(*) from moved) = count(*), 'caseMoved')
    and ca.require((select count(*) from person) = count(*), 'registerChangedSince')
    and ca.require((select count(*) from reserved) = count(*), 'publicKeySeenBefore') as acted
  from act`,
);

/** Moves an intent, its certificate and its attempt on; only under the newest fence. */
export const recordCertificate = jointAct(
  { intent: "uuid", fence: "bigint", content: "bytea" },
  `signed as (
    update ca.signing_intent i set state = 'signed', lease_until = null from act
    where i.id = act.intent and i.state = 'recorded' and i.fence = act.fence
    returning i.authority, i.serial, act.content
  ), valid as (
    update ca.certificate c set state = 'valid' from signed
    where c.authority = signed.authority and c.serial = signed.serial and c.state = 'pending'
    returning c.authority, c.municipality, c.case_id, c.attempt
  ), issued as (
    update ca.issuance_case c set state = 'issued' from valid
    where c.authority = valid.authority and c.municipality = valid.municipality and c.case_id = valid.case_id
      and c.attempt = valid.attempt and c.state = 'requested'
  ), content as (
    insert into ca.certificate_content (authority, serial, certificate) select authority, serial, content from signed
  ), ${auditedTogether("signed")}
  select count(*) > 0
    and ca.require(count(*) = (select count(*) from act), 'notAllSigned')
    and ca.require(count(*) = (select count(*) from valid), 'certificateMoved') as acted
  from signed`,
);
