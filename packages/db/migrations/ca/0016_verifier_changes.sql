-- A verifier notifies that its name, its address or its contacts are others. What was notified before stays on record; who
-- it is, of which kind and class, does not change: that would be another verifier's notification.
alter table verifier add column revision integer not null default 1;

create table verifier_before (
  verifier text not null references verifier,
  revision integer not null,
  registration json not null,
  replaced_at timestamptz not null default now(),
  primary key (verifier, revision)
);

create function keep_verifier_before() returns trigger language plpgsql security definer set search_path = ca, pg_temp as $$
begin
  if new.id <> old.id or new.kind <> old.kind
    or new.registration ->> 'id' is distinct from old.registration ->> 'id'
    or new.registration ->> 'kind' is distinct from old.registration ->> 'kind'
    or new.registration ->> 'class' is distinct from old.registration ->> 'class' then
    raise exception using errcode = '23514', message = 'verifier_stays_who_it_is';
  end if;
  insert into verifier_before (verifier, revision, registration) values (old.id, old.revision, old.registration);
  new.revision := old.revision + 1;
  return new;
end $$;
create trigger verifier_before_kept before update on verifier for each row execute function keep_verifier_before();

grant update (registration) on verifier to ca_operator;
