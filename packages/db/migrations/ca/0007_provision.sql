-- What verifiers are given beside answers and lists: 失効情報 (千葉県運用規程 1-1), read by numbered revocation.
grant select on crl_partition, revoked_certificate to ca_responder;

-- 失効情報等の提供状況報告書, as it was put before the public (千葉県運用規程 4-5). Made by operators from counts that this
-- schema cannot read; never changed.
create table published_report (
  id text not null check (id ~ '^[A-Za-z0-9-]{1,64}$'),
  authority text not null references authority,
  title text not null,
  report json not null,
  published_at timestamptz not null,
  primary key (id, authority)
);
create index reports_of on published_report (authority, published_at);
create function keep_report() returns trigger language plpgsql as $$
begin
  raise exception using errcode = 'MT001', message = 'publishedForGood';
end $$;
create trigger report_kept before update or delete on published_report for each row execute function keep_report();
create trigger report_published after insert on published_report
  for each statement execute function announce_publication();
grant select on published_report to ca_responder;
