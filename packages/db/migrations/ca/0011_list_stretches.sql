-- What was revoked never changes, so a list's entries are kept once, a thousand revocations together, for every list that
-- has them. A list's own octets, before and after these, stay in crl_part.
create table crl_stretch (
  authority text not null,
  generation integer not null,
  partition text not null,
  -- The first thousand revocations of the partition are number 1.
  number integer not null check (number >= 1),
  -- When the last of its certificates ends: no later list has an entry of it.
  last_end timestamptz not null,
  -- Six octets an entry: the second its certificate ends in, since 1970, in five, and its octets of `entries` in one.
  ends bytea not null check (octet_length(ends) = 6000),
  entries bytea not null,
  primary key (partition, generation, number, authority),
  foreign key (generation, partition, authority) references crl_partition
);
alter table crl_stretch alter column ends set storage external, alter column entries set storage external;

-- How many stretches stand between a list's first own octets and the others, and how many octets all are; a list made
-- before there were any has all its octets in crl_part.
alter table crl
  add stretches integer not null default 0,
  add tbs_length bigint;
update crl set tbs_length = (select sum(octet_length(octets)) from crl_part where list = crl.id) where state = 'signed';

-- A draft's octets are written with its recording; those of drafts that were given up before are no list's.
delete from crl_part p using crl l where l.id = p.list and l.state in ('drafted', 'discarded') and l.tbs_hash is null;

create or replace view published_list as
  select id, authority, generation, partition, number, this_update, next_update, next_publish, entries, signature,
    stretches, kept_from, tbs_hash,
    coalesce(tbs_length, (select sum(octet_length(octets)) from crl_part where list = crl.id))::bigint as tbs_length
  from crl where state = 'signed';

grant select on crl_stretch to ca_responder, ca_signer;
grant select, insert on crl_stretch to ca_app;
grant update (stretches, tbs_length) on crl to ca_app;
