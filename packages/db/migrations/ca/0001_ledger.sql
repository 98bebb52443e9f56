-- The ledger of a certification authority. Roles: ca_owner owns and migrates, ca_app runs, ca_signer reads what it
-- signs, ca_auditor reads the audit trail (千葉県運用規程 4-11-5).

create extension if not exists btree_gist with schema ca;

-- ---------------------------------------------------------------- authority

create table authority (
  id text primary key,
  definition json not null
);

create table municipality (
  authority text not null references authority,
  code text not null check (code ~ '^[0-9]{6}$'),
  name text not null,
  romaji text not null,
  primary key (authority, code)
);

-- A key of the authority. The certificate is there once it has been self-signed.
create table generation (
  authority text not null references authority,
  number integer not null check (number >= 1),
  purpose text not null check (purpose in ('residents', 'equipment')),
  key_label text not null,
  public_key bytea not null,
  certificate bytea,
  primary key (authority, purpose, number)
);

-- The newest epoch decides whether a key may sign.
create table activation (
  authority text not null references authority,
  generation integer not null,
  epoch integer not null check (epoch >= 1),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  primary key (authority, generation, epoch),
  check (ends_at > starts_at)
);

-- ---------------------------------------------------------------- cards and cases

create table card (
  card_number text primary key check (card_number ~ '^[0-9A-Z]{16}$'),
  authority text not null,
  municipality text not null,
  withdrawn boolean not null default false,
  received_at timestamptz not null default now(),
  foreign key (authority, municipality) references municipality
);

create table issuance_case (
  authority text not null,
  municipality text not null,
  case_id uuid not null,
  attempt integer not null check (attempt >= 1),
  card_number text not null references card,
  challenge bytea not null check (octet_length(challenge) = 32),
  -- The union IssuanceCaseState.
  state text not null check (state in ('open', 'requested', 'issued', 'delivered', 'refused', 'ended')),
  -- Somebody may still go on with it. Apart from the state, so that moving on touches no index.
  living boolean not null default true,
  request_hash bytea,
  serial text,
  refusal json,
  end_reason text,
  opened_at timestamptz not null default now(),
  primary key (authority, municipality, case_id, attempt),
  foreign key (authority, municipality) references municipality,
  check (living = (state in ('open', 'requested', 'issued'))),
  check ((state = 'open') = (request_hash is null) or state = 'ended'),
  check ((state in ('requested', 'issued', 'delivered')) <= (serial is not null)),
  check ((state = 'refused') = (refusal is not null)),
  check ((state = 'ended') = (end_reason is not null))
);
-- A card and a case are in one living attempt at most.
create unique index one_living_attempt_a_card on issuance_case (card_number) where living;
create unique index one_living_attempt_a_case on issuance_case (authority, municipality, case_id) where living;

create table card_session (
  host_challenge bytea primary key,
  authority text not null,
  municipality text not null,
  case_id uuid not null,
  attempt integer not null,
  card_challenge bytea not null,
  counter integer not null default 0,
  last_command bytea,
  opened_at timestamptz not null default now(),
  foreign key (authority, municipality, case_id, attempt) references issuance_case
);

-- ---------------------------------------------------------------- what is signed

-- Recorded before anything is signed. Holds personal data: the encoded certificate and the request it comes from.
create table signing_intent (
  id uuid primary key,
  authority text not null references authority,
  generation integer not null,
  kind text not null check (kind in ('subscriber', 'self-signed', 'equipment', 'equipment-root')),
  serial text not null,
  tbs bytea not null,
  request bytea,
  request_signature bytea,
  requester_certificate bytea,
  mac bytea not null,
  state text not null check (state in ('recorded', 'signed', 'discarded')),
  -- The process run that is having it signed, until its lease runs out; a signature is recorded under its fence alone.
  owner uuid not null,
  fence bigint not null default 1,
  lease_until timestamptz not null,
  attempts integer not null default 1,
  -- The enrolment ticket that a machine's certificate redeems.
  ticket uuid,
  created_at timestamptz not null default now(),
  unique (authority, serial)
);
create index unfinished_intents on signing_intent (lease_until) where state = 'recorded';

create table subscriber (
  authority text not null references authority,
  subscriber_id text not null,
  -- SHA-256 of the canonical four items: only to notice the same items under another id.
  items_digest bytea not null,
  register_version bigint not null check (register_version >= 1),
  primary key (authority, subscriber_id)
);
create index subscriber_items on subscriber (authority, items_digest);

-- 上級操作員's list: the same four items under two ids, to be looked into before anything is issued.
create table same_items_work (
  authority text not null,
  municipality text not null,
  case_id uuid not null,
  attempt integer not null,
  subscriber_id text not null,
  other_subscriber_id text not null,
  noticed_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (authority, municipality, case_id, attempt)
);

-- A certificate's status, from its intent on, with no name in it.
create table certificate (
  authority text not null references authority,
  serial text not null check (serial ~ '^([0-9a-f]{2}){16,20}$'),
  generation integer not null,
  intent uuid not null references signing_intent,
  subscriber_id text,
  municipality text,
  case_id uuid,
  attempt integer,
  unique_name text,
  not_before timestamptz not null,
  not_after timestamptz not null,
  state text not null check (state in ('pending', 'valid', 'revoked', 'discarded')),
  delivered_at timestamptz,
  -- When it was revoked or given up.
  ended_at timestamptz,
  -- RFC 5280 §5.3.1 / 千葉県運用規程 4-4-2.
  revocation_reason text check (revocation_reason in
    ('keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation')),
  primary key (authority, serial),
  -- 千葉県運用規程 3-1-4: no subject stands in two certificates.
  constraint one_certificate_a_subject unique (authority, unique_name),
  foreign key (authority, municipality) references municipality,
  foreign key (authority, municipality, case_id, attempt) references issuance_case,
  check ((state in ('revoked', 'discarded')) = (ended_at is not null)),
  check ((state = 'revoked') = (revocation_reason is not null)),
  -- 千葉県運用規程 4-2-3: nobody has two certificates that are valid at one instant. RFC 5280 §4.1.2.5: both ends count.
  constraint one_valid_certificate_a_resident exclude using gist (
    authority with =, subscriber_id with =, tstzrange(not_before, not_after, '[]') with &&
  ) where (ended_at is null)
);

-- The encoded certificate, which holds the four items.
create table certificate_content (
  authority text not null,
  serial text not null,
  certificate bytea not null,
  primary key (authority, serial),
  foreign key (authority, serial) references certificate
);

-- A public key belongs to one certificate of one person for ever; the case that reserved it may try again.
create table public_key_use (
  key_hash bytea primary key check (octet_length(key_hash) = 32),
  authority text not null,
  municipality text,
  case_id uuid,
  intent uuid not null references signing_intent
);

-- A signature that came when its fence was no longer the newest.
create table discarded_signature (
  intent uuid not null references signing_intent,
  fence bigint not null,
  signature bytea not null,
  recorded_at timestamptz not null default now(),
  primary key (intent, fence)
);

-- What is to be published: names an object, never its bytes.
create table outbox (
  id bigint generated always as identity primary key,
  authority text not null,
  object text not null check (object in ('certificate')),
  serial text not null,
  recorded_at timestamptz not null default now(),
  published_at timestamptz
);
create index outbox_waiting on outbox (id) where published_at is null;

-- ---------------------------------------------------------------- equipment

create table enrolment_ticket (
  id uuid primary key,
  authority text not null references authority,
  kind text not null,
  municipality text not null,
  place text not null,
  expires_at timestamptz(3) not null,
  -- HKDF of the code: the code itself is nowhere.
  code_key bytea not null check (octet_length(code_key) = 32),
  -- By the signer's operator socket: nobody who can only write here can make a ticket.
  mac bytea not null,
  wrong_tries integer not null default 0 check (wrong_tries <= 5),
  intent uuid references signing_intent,
  made_at timestamptz not null default now()
);

create table equipment_certificate (
  fingerprint text primary key check (fingerprint ~ '^[0-9a-f]{64}$'),
  authority text not null references authority,
  serial text not null,
  intent uuid not null references signing_intent,
  kind text not null check (kind in
    ('server', 'authority-server', 'clerk-screen', 'resident-screen', 'agent', 'responder', 'publisher')),
  municipality text not null,
  place text not null,
  der bytea not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  revoked_at timestamptz,
  revocation_reason text,
  unique (authority, serial)
);

-- ---------------------------------------------------------------- audit

create table audit_event (
  stream text not null,
  sequence bigint not null check (sequence >= 1),
  at timestamptz(3) not null,
  kind text not null,
  result text not null check (result in ('done', 'refused', 'failed')),
  system text not null,
  operator text,
  detail json not null,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (stream, sequence)
);
-- Records by which the clock is judged: made only while it was believed.
create index audit_event_clock on audit_event (kind, at) where kind in ('audit.headsSigned', 'clock.confirmed');

-- Heads of all streams of a process, signed together.
create table audit_heads (
  id bigint generated always as identity primary key,
  run uuid not null,
  heads json not null,
  signature bytea not null,
  signed_at timestamptz not null default now()
);

-- Undoes a statement that found the ledger otherwise than its author read it.
create function require(holds boolean, reason text) returns boolean language plpgsql as $$
begin
  if holds then return true; end if;
  raise exception using errcode = 'MT001', message = reason;
end $$;

-- ---------------------------------------------------------------- changes that running processes hear of

create function announce_equipment_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('equipment', new.fingerprint);
  return new;
end $$;
create trigger equipment_changed after insert or update on equipment_certificate
  for each row execute function announce_equipment_change();

-- ---------------------------------------------------------------- who may do what

revoke all on schema ca from public;
grant usage on schema ca to ca_app, ca_signer, ca_auditor;

grant select on authority, municipality, generation, activation to ca_app, ca_signer;
grant select, insert on card, discarded_signature, audit_event, audit_heads, certificate_content to ca_app;
grant select, insert on issuance_case, card_session, signing_intent, subscriber, same_items_work, certificate to ca_app;
grant select, insert on public_key_use, outbox, equipment_certificate to ca_app;
grant select on enrolment_ticket to ca_app;
grant update (state, living, request_hash, serial, refusal, end_reason) on issuance_case to ca_app;
grant update (counter, last_command) on card_session to ca_app;
grant update (state, owner, fence, lease_until, attempts) on signing_intent to ca_app;
grant update (items_digest, register_version) on subscriber to ca_app;
grant update (state, delivered_at, ended_at, revocation_reason) on certificate to ca_app;
grant update (intent) on public_key_use to ca_app;
grant update (published_at) on outbox to ca_app;
grant update (wrong_tries, intent) on enrolment_ticket to ca_app;
grant update (revoked_at, revocation_reason) on equipment_certificate to ca_app;

grant select on signing_intent, equipment_certificate to ca_signer;
grant select on enrolment_ticket to ca_signer;

grant select on audit_event, audit_heads to ca_auditor;
