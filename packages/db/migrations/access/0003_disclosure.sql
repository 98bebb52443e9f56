-- Fees and the report need counts alone: from here on nobody reads the records themselves, but for what two people had
-- disclosed of one person.
revoke select on access_record from access_reader;

create table disclosure_given (
  id uuid primary key,
  given_at timestamptz not null default now()
);

-- What was answered about the certificates of a disclosure (ca.disclosure), and to whom; of nobody else. It is given once.
create function disclose(asked uuid)
returns table (at timestamptz, verifier text, confirmer text, serial text, answer text)
language plpgsql security definer set search_path = access, pg_temp as $$
#variable_conflict use_column
begin
  if not exists (select from ca.disclosed_certificates(asked)) then
    raise exception using errcode = 'MT001', message = 'nothingToDisclose';
  end if;
  insert into disclosure_given (id) values (asked);
  return query
    select r.at, r.verifier, r.confirmer, c.serial, a.one ->> 'answer'
    from access_record r
    cross join lateral jsonb_array_elements(r.given -> 'answers') a (one)
    join ca.disclosed_certificates(asked) c on c.authority = r.authority and c.serial = a.one ->> 'serial'
    order by r.at, r.id;
end $$;
revoke all on function disclose(uuid) from public;
grant execute on function disclose(uuid) to access_reader;
