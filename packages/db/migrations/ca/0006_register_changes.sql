-- What municipalities report of changed records (異動等失効情報, 千葉県運用規程 2-1-2(8)(9)(25), 4-4-1). Whose record it is
-- stands here as the subscriber's id alone; what a record says now only while somebody has to decide by it.

-- Somebody who has no certificate may have a version: an application checked before it is not granted. `revision` moves on
-- with every intent and every change, so that neither is decided by what the other has overtaken.
alter table subscriber
  alter column items_digest drop not null,
  add revision bigint not null default 1;

-- Every change that was reported, with what was first answered. Its name is the municipality's that reports it: none can
-- stand in another's way.
create table register_change (
  authority text not null references authority,
  feed text not null,
  sequence bigint not null check (sequence >= 1),
  municipality text not null,
  subscriber_id text not null,
  kind text not null,
  register_version bigint not null check (register_version >= 1),
  -- SHA-256 over all that it says: the same name with other content is found by it.
  digest bytea not null check (octet_length(digest) = 32),
  outcome text not null check (outcome in ('revoked', 'nothingToRevoke', 'older', 'workList')),
  why text,
  received_at timestamptz not null,
  primary key (sequence, feed, municipality, authority),
  check ((outcome = 'workList') = (why is not null))
);
create index register_changes_of on register_change (subscriber_id);

-- What a person has to look at, two people to approve, or the authority to decide again.
create table register_work (
  id bigint generated always as identity primary key,
  authority text not null references authority,
  municipality text not null,
  -- A malformed line by its place; what it says stays in its file.
  file uuid,
  line integer,
  field text,
  feed text,
  sequence bigint,
  digest bytea,
  why text not null check (why in ('malformedLine', 'noSubscriber', 'differentContentUnderSameName', 'municipalityDiffers',
    'severalCertificates', 'unclearDifference', 'issuanceUnderWay', 'occursLater', 'waitsForTwoApprovers')),
  -- The change in the subscriber's name, with the items as they are now. Holds personal data.
  change json,
  noted_at timestamptz not null,
  settled_at timestamptz,
  settled_as text,
  unique (line, file, municipality, authority),
  unique (sequence, feed, municipality, digest, why, authority),
  check ((why = 'malformedLine') = (file is not null and line is not null and field is not null)),
  check ((why <> 'malformedLine') = (feed is not null and sequence is not null and digest is not null)),
  check ((settled_at is null) = (settled_as is null))
);
create index open_register_work on register_work (authority, why, id) where settled_at is null;

-- 千葉県運用規程 2-1-2(25): what the 指定認証機関 in force is to be told, and when it was.
create table register_notification (
  authority text not null references authority,
  municipality text not null,
  feed text not null,
  sequence bigint not null,
  body text not null,
  fact text not null,
  serials text[] not null check (cardinality(serials) > 0),
  recorded_at timestamptz not null,
  sent_at timestamptz,
  primary key (sequence, feed, municipality, authority)
);

-- 千葉県運用規程 4-2-3, 4-4-1: after a revocation for these causes its holder is written to. That a letter waits follows
-- from the revocation itself, so none is forgotten; to whom it goes is read when it is made.
create table letter (
  authority text not null,
  serial text not null,
  sent_at timestamptz not null,
  primary key (serial, authority),
  foreign key (authority, serial) references certificate
);
create index certificates_with_letter on certificate (ended_at) where revocation_cause in ('recordWrong', 'doubleIssue');
create view waiting_letter as
  select authority, serial, revocation_cause as cause, not_before, ended_at as revoked_at, municipality
  from certificate c
  where revocation_cause in ('recordWrong', 'doubleIssue') and municipality is not null
    and not exists (select from letter l where l.serial = c.serial and l.authority = c.authority);

-- How many of a municipality's certificates were revoked lately.
create index revoked_of_municipality on certificate (municipality, ended_at) where state = 'revoked';

grant update (revision) on subscriber to ca_app;
grant select, insert on register_change, register_work, register_notification, letter to ca_app;
grant select on waiting_letter to ca_app;
grant update (settled_at, settled_as) on register_work to ca_app;
grant update (sent_at) on register_notification to ca_app;
