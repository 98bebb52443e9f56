-- 署名検証者等 (千葉県運用規程 1-3-1 (9) to (12)): who they are, what was recorded of them, and how they show who they are.

create table verifier (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{1,31}$'),
  kind text not null check (kind in ('verifier', 'groupVerifier')),
  -- Class, name, address and contacts, as they were notified.
  registration json not null
);

-- Only ever added to; where a verifier stands follows from them.
create table verifier_fact (
  verifier text not null references verifier,
  sequence integer not null check (sequence >= 1),
  kind text not null check (kind in ('notified', 'agreed', 'agreementEnded', 'rightGranted', 'rightWithdrawn', 'started',
    'stopped', 'quotaSet', 'confirmerListed', 'confirmerStruck')),
  effective_at timestamptz not null,
  -- What the fact is about: version of terms, right, or 署名確認者.
  about text,
  -- Of a quota; null: as many as it likes.
  uses_per_month bigint,
  recorded_at timestamptz not null default now(),
  primary key (verifier, sequence),
  check ((kind in ('agreed', 'rightGranted', 'rightWithdrawn', 'confirmerListed', 'confirmerStruck')) =
    (about is not null))
);

create table verifier_credential (
  id uuid primary key,
  verifier text not null references verifier,
  kind text not null check (kind in ('clientCertificate', 'ldapBind')),
  fingerprint text unique check (fingerprint ~ '^[0-9a-f]{64}$'),
  serial text,
  certificate bytea,
  bind_name text,
  not_before timestamptz not null,
  not_after timestamptz,
  withdrawn_at timestamptz,
  check ((kind = 'clientCertificate') =
    (fingerprint is not null and serial is not null and certificate is not null and not_after is not null)),
  check ((kind = 'ldapBind') = (bind_name is not null))
);
create index credentials_of on verifier_credential (verifier);

create function announce_verifier_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('verifier', '');
  return null;
end $$;
create trigger verifier_changed after insert or update on verifier
  for each statement execute function announce_verifier_change();
create trigger verifier_changed after insert or update on verifier_fact
  for each statement execute function announce_verifier_change();
create trigger verifier_changed after insert or update on verifier_credential
  for each statement execute function announce_verifier_change();

-- What the responder sees of them: no address and no contact.
create view known_verifier as select id, kind from verifier;

grant select on known_verifier, verifier_fact, verifier_credential to ca_responder;
grant select, insert on verifier, verifier_fact, verifier_credential to ca_app;
grant update (withdrawn_at) on verifier_credential to ca_app;

-- A verifier's client certificate is one of the equipment root's.
alter table equipment_certificate drop constraint equipment_certificate_kind_check,
  add check (kind in ('server', 'authority-server', 'clerk-screen', 'resident-screen', 'agent', 'responder', 'publisher',
    'verifier'));

-- ---------------------------------------------------------------- what anyone may know

-- Certificates that are no subscriber's are published with their revocation (千葉県運用規程 2-6-1, 2-8-3).
create index operational_certificates on certificate (authority, generation) where municipality is null;
create view operational_certificate as
  select c.authority, c.generation, c.serial, c.not_before, c.ended_at as revoked_at, c.revocation_reason as reason,
    (select certificate from certificate_content where authority = c.authority and serial = c.serial) as certificate
  from certificate c
  where c.municipality is null and not c.of_authority and c.state in ('valid', 'revoked');
grant select on operational_certificate to ca_responder;

-- Whoever shows what is published hears of it.
create function announce_publication() returns trigger language plpgsql as $$
begin
  perform pg_notify('publication', '');
  return null;
end $$;
create trigger publication_wanted after insert or update of wanted on publication
  for each statement execute function announce_publication();
