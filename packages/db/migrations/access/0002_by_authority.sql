-- Each authority has its own fees and report; what was counted for several is counted again.
delete from monthly_use;
alter table monthly_use
  add authority text not null,
  drop constraint monthly_use_pkey,
  add primary key (verifier, month, method, authority);
insert into monthly_use (verifier, month, method, authority, uses)
select verifier, to_char(at at time zone 'Asia/Tokyo', 'YYYY-MM'), method, authority, sum(uses)
from access_record group by 1, 2, 3, 4;

create or replace function count_uses() returns trigger language plpgsql security definer set search_path = access as $$
begin
  insert into monthly_use (verifier, month, method, authority, uses)
  select verifier, to_char(at at time zone 'Asia/Tokyo', 'YYYY-MM'), method, authority, sum(uses)
  from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (verifier, month, method, authority) do update set uses = monthly_use.uses + excluded.uses;
  return null;
end $$;
