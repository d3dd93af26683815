-- What was learnt of how the business writes, for a person to decide value by value: nothing of it applies by itself.
-- One row a value of a field, in their places as they were found; evidence holds the clean words it was read from, by place in a version of a text.
create table rag.brand_proposals (
  id uuid primary key,
  place integer not null,
  field text not null,
  value jsonb not null,
  why text not null,
  evidence jsonb not null,
  proposed_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  decision text check (decision in ('accepted', 'rejected')),
  unique (field, value),
  check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null))
);
