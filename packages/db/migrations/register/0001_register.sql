-- 住民基本台帳 of the demonstration: read only for the counter. Roles: register_owner loads, register_reader reads.

grant usage on schema register to register_reader;

create table resident (
  -- 住民票コード
  resident_code text primary key check (resident_code ~ '^[0-9]{11}$'),
  version integer not null check (version >= 1),
  municipality text not null check (municipality ~ '^[0-9]{6}$'),
  name text not null,
  furigana text not null,
  alias text,
  address text not null,
  -- EYYYYMMDD
  date_of_birth text not null check (date_of_birth ~ '^[0-5][0-9]{8}$'),
  gender text not null check (gender in ('1', '2', '3')),
  birth_day text not null generated always as (substr(date_of_birth, 2)) stored,
  -- ふりがな in hiragana without spaces
  kana_key text not null
);
create index on resident (municipality, birth_day, kana_key text_pattern_ops);
grant select on resident to register_reader;
