-- What verifiers were given. A schema and an owner of its own: who reads these records cannot read the ledger, and the
-- ledger's roles cannot read them. Roles: access_owner owns; ca_responder adds records; access_reader counts them for
-- fees (千葉県運用規程 2-1-4) and for the report on provision (4-5).

create table access_record (
  id uuid primary key,
  authority text not null,
  generation integer not null,
  verifier text not null,
  -- The 署名確認者 that a 団体署名検証者 asked for.
  confirmer text,
  method text not null check (method in
    ('ocsp', 'crlByLdap', 'crlByHttp', 'revocationInformation', 'revocationInformationFile')),
  at timestamptz not null,
  -- Certificates asked about with their answers, or which list or file: never a name.
  given jsonb not null,
  uses integer not null check (uses >= 1),
  stored_at timestamptz not null default now()
);
create index access_records_of on access_record (verifier, at);

-- Uses by month (in Japan) and method, in step with the records.
create table monthly_use (
  verifier text not null,
  month text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'),
  method text not null,
  uses bigint not null,
  primary key (verifier, month, method)
);

create function count_uses() returns trigger language plpgsql security definer set search_path = access as $$
begin
  insert into monthly_use (verifier, month, method, uses)
  select verifier, to_char(at at time zone 'Asia/Tokyo', 'YYYY-MM'), method, sum(uses)
  from added group by 1, 2, 3 order by 1, 2, 3
  on conflict (verifier, month, method) do update set uses = monthly_use.uses + excluded.uses;
  return null;
end $$;
create trigger uses_counted after insert on access_record
  referencing new table as added for each statement execute function count_uses();

revoke all on schema access from public;
grant usage on schema access to ca_responder, access_reader;
grant insert on access_record to ca_responder;
-- To leave out what is there already, the key has to be read: its column alone, which is a random number.
grant select (id) on access_record to ca_responder;
-- For the quota.
grant select on monthly_use to ca_responder;
grant select on access_record, monthly_use to access_reader;
