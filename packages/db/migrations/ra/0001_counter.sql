-- A municipality's counters. Roles: ra_owner owns and migrates, ra_app runs. Nothing here ever holds a password of a
-- resident, sealed or not.

grant usage on schema ra to ra_app;

-- ---------------------------------------------------------------- clerks and screens (千葉県運用規程 5-1-2-2)

create table clerk (
  id uuid primary key,
  account text not null unique check (account ~ '^[a-z0-9._-]{1,64}$'),
  name text not null,
  password_hash text not null,
  must_change boolean not null default true,
  failures integer not null default 0,
  locked_until timestamptz,
  disabled boolean not null default false
);
grant select on clerk to ra_app;
grant update (password_hash, must_change, failures, locked_until) on clerk to ra_app;

-- A code enrols one screen once. Only its hash is kept.
create table screen_code (
  code_hash bytea primary key,
  kind text not null check (kind in ('clerk', 'resident')),
  counter text not null,
  expires_at timestamptz not null
);
grant select, delete on screen_code to ra_app;

create table screen (
  id uuid primary key,
  kind text not null check (kind in ('clerk', 'resident')),
  counter text not null,
  token_hash bytea not null unique,
  enrolled_at timestamptz not null,
  revoked_at timestamptz
);
grant select, insert, update on screen to ra_app;

create table clerk_session (
  id uuid primary key,
  token_hash bytea not null unique,
  clerk uuid not null references clerk,
  screen uuid not null references screen,
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  locked boolean not null default false,
  ended_at timestamptz
);
create index on clerk_session (screen) where ended_at is null;
grant select, insert, update on clerk_session to ra_app;

-- ---------------------------------------------------------------- cases

create table counter_case (
  case_id uuid primary key,
  municipality text not null check (municipality ~ '^[0-9]{6}$'),
  counter text not null,
  state text not null check (state in (
    'awaitingCard', 'readingCard', 'searching', 'checkingHolding', 'comparing', 'identifying', 'applying', 'givingCard',
    'confirmingData', 'acceptingTerms', 'openingAttempt', 'settingPassword', 'makingKey', 'receivingCard',
    'confirmingIssuance', 'issuing', 'storing', 'confirmingDelivery', 'notifying', 'handingPapers', 'returningCard',
    'endingAttempt', 'abandoning', 'doubleIssue', 'refused', 'suspended', 'ended', 'closed')),
  context jsonb not null,
  machine_version integer not null,
  revision integer not null default 1,
  updated_at timestamptz not null
);
-- One case at a counter at a time.
create unique index counter_case_attached on counter_case (counter) where state not in ('suspended', 'closed');
grant select, insert, update on counter_case to ra_app;

-- What was done, by whom, when: appended in the transaction of the act.
create table act (
  number bigint generated always as identity primary key,
  at timestamptz not null,
  counter text not null,
  -- The clerk's id, or null for the resident and the system.
  clerk uuid,
  case_id uuid,
  kind text not null,
  state text
);
create index on act (case_id);
grant select, insert on act to ra_app;

-- An effect is recorded before and after.
create table effect (
  case_id uuid not null references counter_case,
  key text not null,
  tries integer not null default 1,
  begun_at timestamptz not null,
  done_at timestamptz,
  outcome text,
  primary key (case_id, key)
);
grant select, insert, update on effect to ra_app;

-- 電子証明書交付記録簿
create table delivery (
  number bigint generated always as identity primary key,
  case_id uuid not null unique references counter_case,
  serial text not null,
  delivered_at timestamptz not null,
  clerk uuid not null,
  fee_yen integer not null
);
grant select, insert on delivery to ra_app;

-- ---------------------------------------------------------------- the authority

-- Sent byte for byte again after an interruption.
create table signed_request (
  case_id uuid not null references counter_case,
  attempt integer not null,
  payload bytea not null,
  signature bytea not null,
  primary key (case_id, attempt)
);
grant select, insert on signed_request to ra_app;

-- Heads of the authority's audit chains as they were shown to this municipality.
create table audit_witness (
  stream text not null,
  seq bigint not null,
  hash text not null,
  seen_at timestamptz not null,
  primary key (stream, seq, hash)
);
grant select, insert on audit_witness to ra_app;

-- ---------------------------------------------------------------- the device agent

create table terminal (
  terminal text primary key,
  last_command_number integer not null default 0
);
grant select, insert, update on terminal to ra_app;

create table agent_command (
  command_id uuid primary key,
  terminal text not null references terminal,
  command_number integer not null,
  case_id uuid not null references counter_case,
  effect_key text not null,
  operation text not null,
  issued_at timestamptz not null,
  result jsonb,
  ended_at timestamptz,
  unique (terminal, command_number)
);
create index on agent_command (case_id, effect_key);
grant select, insert, update on agent_command to ra_app;
