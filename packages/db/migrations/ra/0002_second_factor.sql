-- Secrets of clerks' authenticator apps, where the municipality asks for a code beside the password
-- (千葉県運用規程 5-1-2-2 asks for ID and password at least). Read by ra_app alone.

create table second_factor (
  clerk uuid primary key references clerk,
  -- RFC 4226 §4 R6: 160 bits, the length of the HMAC's output.
  secret bytea not null check (octet_length(secret) = 20),
  -- Its clerk has shown a code made from it; until then it asks for nothing and may be replaced.
  confirmed boolean not null default false,
  -- RFC 6238 §5.2: the newest time step whose code was taken.
  last_step bigint not null default 0
);
grant select, insert, update on second_factor to ra_app;

-- Whether the session was opened, or went on, with a code.
alter table clerk_session add column with_code boolean not null default false;
