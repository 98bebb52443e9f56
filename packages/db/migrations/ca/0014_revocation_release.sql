-- Two people have a municipality's revocations go on although there are more in a day than the brake lets through.
create table revocation_release (
  authority text not null,
  municipality text not null,
  first text not null,
  second text not null check (second <> first),
  because text not null,
  released_at timestamptz not null,
  until timestamptz not null check (until > released_at),
  foreign key (authority, municipality) references municipality
);
create index revocation_releases_of on revocation_release (municipality, until);
grant select on revocation_release to ca_app;
