-- Who asked about one person: two people have it recorded here, in one act with its audit event, and schema access then
-- gives that person's records, once. Here are certificates and no records, there records and no persons; no role reads both.
create table disclosure (
  id uuid primary key,
  authority text not null references authority,
  subscriber_id text not null,
  -- Of the application that it answers: a number, never a name.
  reference text not null check (reference ~ '^[A-Za-z0-9-]{1,64}$'),
  first text not null check (first <> ''),
  second text not null check (second <> '' and second <> first),
  approved_at timestamptz not null default now()
);
create index disclosures_audited on audit_event ((detail ->> 'disclosure')) where kind = 'accessRecords.disclosed';

-- The certificates that a disclosure is about, for an hour, and only if it is in the audit trail.
create function disclosed_certificates(asked uuid) returns table (authority text, serial text)
language sql stable security definer set search_path = ca, pg_temp as $$
  select c.authority, c.serial
  from disclosure d join certificate c on c.authority = d.authority and c.subscriber_id = d.subscriber_id
  where d.id = asked and d.approved_at > now() - interval '1 hour' and exists (
    select from audit_event e where e.kind = 'accessRecords.disclosed' and e.detail ->> 'disclosure' = asked::text
  )
$$;
revoke all on function disclosed_certificates(uuid) from public;
grant usage on schema ca to access_owner;
grant execute on function disclosed_certificates(uuid) to access_owner;
