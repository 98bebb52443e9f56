-- Revocation, lists of it, and what is published. Role ca_responder answers who asks: it sees a certificate's status and
-- lists, and nothing with a name in it.

-- 千葉県運用規程 4-4-9: definitions entered before they said so.
update authority set definition = (definition::jsonb || '{"lists": {"validityHours": 72, "cycleHours": 24}}'::jsonb)::json
where not definition::jsonb ? 'lists';

-- ---------------------------------------------------------------- revocation

-- One list a municipality (千葉県運用規程 4-4-4-4), one for operational certificates and one for the authority's own, each
-- for each key. `revocations` counts what its certificates had revoked: the order in which that happened.
create table crl_partition (
  authority text not null references authority,
  generation integer not null,
  partition text not null check (partition ~ '^[0-9]{6}$' or partition in ('operational', 'authority')),
  revocations bigint not null default 0,
  primary key (generation, partition, authority)
);

alter table certificate
  add of_authority boolean not null default false,
  add partition text not null
    generated always as (case when of_authority then 'authority' else coalesce(municipality, 'operational') end) stored,
  add revocation_cause text check (revocation_cause in (
    'cessationRequested', 'keyCompromiseReported', 'registerChanged', 'died', 'movedOut', 'recordWrong', 'doubleIssue',
    'renewed', 'neverDelivered', 'authorityKeyCompromised', 'crossCertificationEnded', 'operationEnded')),
  add revocation_sequence bigint;
update certificate set revocation_cause = 'neverDelivered' where state = 'revoked';
alter table certificate add check ((state = 'revoked') = (revocation_cause is not null));

-- Numbers every revocation within its partition, has everybody hear of it, and lets none be taken back
-- (千葉県運用規程 4-4-2-4, 4-4-5).
create function number_revocation() returns trigger language plpgsql security definer set search_path = ca as $$
begin
  if old.state = 'revoked' then
    raise exception using errcode = 'MT001', message = 'revokedForEver';
  end if;
  insert into crl_partition (authority, generation, partition, revocations)
  values (new.authority, new.generation, old.partition, 1)
  on conflict (generation, partition, authority) do update set revocations = crl_partition.revocations + 1
  returning revocations into new.revocation_sequence;
  perform pg_notify('revocation', new.authority || ':' || new.serial);
  return new;
end $$;
create trigger revocation_numbered before update of state, ended_at, revocation_reason, revocation_cause on certificate
  for each row when (new.state = 'revoked' or old.state = 'revoked') execute function number_revocation();

-- What was revoked before it was numbered.
insert into crl_partition (authority, generation, partition, revocations)
select authority, generation, partition, count(*) from certificate where state = 'revoked' group by 1, 2, 3;
alter table certificate disable trigger revocation_numbered;
update certificate c set revocation_sequence = numbered.sequence
from (
  select authority, serial, row_number() over (partition by authority, generation, partition order by ended_at, serial)
    as sequence
  from certificate where state = 'revoked'
) numbered
where c.authority = numbered.authority and c.serial = numbered.serial;
alter table certificate enable trigger revocation_numbered;
alter table certificate add check ((state = 'revoked') = (revocation_sequence is not null));
-- With all that a list says: it is made from this index alone, one stretch of it, wherever the certificates lie.
create unique index revoked_certificates on certificate (partition, generation, revocation_sequence, authority)
  include (serial, ended_at, revocation_reason, not_after)
  where state = 'revoked';

-- A municipality's signed request and its answer (失効申請等情報): the same request gets the same answer.
create table revocation_request (
  authority text not null,
  municipality text not null,
  case_id uuid not null,
  request_hash bytea not null check (octet_length(request_hash) = 32),
  serial text not null,
  request bytea not null,
  request_signature bytea not null,
  requester_certificate bytea not null,
  accepted_at timestamptz not null,
  primary key (case_id, municipality, authority),
  foreign key (authority, municipality) references municipality,
  foreign key (authority, serial) references certificate
);
create index revocation_requests_of on revocation_request (serial);

alter table signing_intent drop constraint signing_intent_kind_check,
  add check (kind in ('subscriber', 'self-signed', 'ocsp-responder', 'equipment', 'equipment-root'));

-- ---------------------------------------------------------------- lists

-- A list is recorded before it is signed, like a certificate; its octets are in crl_part, so that none is too long.
create table crl (
  id uuid primary key,
  authority text not null,
  generation integer not null,
  partition text not null,
  number bigint not null check (number >= 1),
  this_update timestamptz not null,
  next_update timestamptz not null,
  next_publish timestamptz not null,
  -- It holds the partition's revocations up to this one, without certificates that had ended before `kept_from`.
  through bigint not null,
  kept_from timestamptz not null,
  entries bigint,
  tbs_hash bytea check (octet_length(tbs_hash) = 32),
  state text not null check (state in ('drafted', 'recorded', 'signed', 'discarded')),
  owner uuid not null,
  fence bigint not null default 1,
  lease_until timestamptz,
  attempts integer not null default 1,
  signature bytea,
  drafted_at timestamptz not null default now(),
  -- A number is given once, also to a list that is put aside: whoever saw its signature sees no other under its number.
  unique (partition, generation, number, authority),
  foreign key (generation, partition, authority) references crl_partition,
  check (this_update < next_publish and next_publish <= next_update),
  check ((state in ('drafted', 'recorded')) = (lease_until is not null)),
  check (state in ('drafted', 'discarded') or (tbs_hash is not null and entries is not null)),
  check ((state = 'signed') = (signature is not null))
);
-- Two processes never make one partition's list at the same time.
create unique index one_unfinished_list on crl (partition, generation, authority) where lease_until is not null;
create index unfinished_lists on crl (authority, lease_until) where lease_until is not null;

create table crl_part (
  list uuid not null,
  part integer not null check (part >= 0),
  octets bytea not null,
  primary key (list, part)
);
alter table crl_part alter column octets set storage external;

-- ---------------------------------------------------------------- what is published

-- Subscriber certificates are not published (千葉県運用規程 2-6-1), so nothing waited here for a reader.
drop table outbox;

-- What stands in the repository: names an object, never its octets. It is up to date when nothing newer is wanted.
create table publication (
  authority text not null references authority,
  object text not null check (object in ('list', 'authorityCertificates')),
  generation integer not null,
  partition text not null,
  wanted bigint not null default 1,
  done bigint not null default 0,
  wanted_since timestamptz not null default now(),
  primary key (object, generation, partition, authority),
  check (done <= wanted)
);

-- ---------------------------------------------------------------- what others see

-- What was certified before it was published.
insert into publication (authority, object, generation, partition)
select authority, 'authorityCertificates', number, 'authority' from generation
where purpose = 'residents' and certificate is not null;

create view certificate_status as
  select authority, generation, serial, partition, state, not_after, ended_at as revoked_at, revocation_reason as reason
  from certificate;

create view revoked_certificate as
  select authority, generation, partition, revocation_sequence as sequence, serial, ended_at as revoked_at,
    revocation_reason as reason, not_after
  from certificate where state = 'revoked';

create view published_list as
  select id, authority, generation, partition, number, this_update, next_update, next_publish, entries, signature
  from crl where state = 'signed';

grant usage on schema ca to ca_responder;
grant select on certificate_status, published_list, crl_part, generation, authority to ca_responder;

grant select on crl_partition, revoked_certificate, crl to ca_signer;

grant select on crl_partition, revoked_certificate, published_list to ca_app;
-- Not its count, which only the revocations themselves make.
grant insert (authority, generation, partition) on crl_partition to ca_app;
grant update (revocation_cause) on certificate to ca_app;
grant select, insert on revocation_request, crl, crl_part, publication to ca_app;
grant update (state, owner, fence, lease_until, attempts, signature, entries, tbs_hash) on crl to ca_app;
grant update (wanted, done, wanted_since) on publication to ca_app;
