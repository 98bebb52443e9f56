-- Reports on their work that 署名検証者等 were asked for (千葉県運用規程 2-1-2(33), 2-1-6(5), 2-1-7(4)).
create table report_demand (
  id uuid primary key,
  verifier text not null references verifier,
  demanded_by text not null check (demanded_by in ('minister', 'governor')),
  demanded_at timestamptz not null,
  subject text not null,
  -- The last instant at which an answer is in time.
  due_at timestamptz not null check (due_at > demanded_at),
  answered_at timestamptz check (answered_at >= demanded_at)
);
create index demands_of on report_demand (verifier, demanded_at);
