-- A rehearsal is a draft that an evaluation has written: nobody's to decide on, and gone when it was scored.
-- prompt_hash: the version of the words that the author was told.
alter table rag.drafts
  add column rehearsal boolean not null default false,
  add column prompt_hash text;

-- How a setup (prompt, router policy, guardrails, models) did on a set of golden briefs.
create table rag.evaluations (
  id uuid primary key,
  setup_hash text not null,
  setup jsonb not null,
  briefs_hash text not null,
  scores jsonb not null,
  total double precision not null,
  cost_micro_usd bigint not null,
  at timestamptz not null,
  by text not null
);
create index evaluations_setup on rag.evaluations (setup_hash, briefs_hash, at desc);
create index evaluations_at on rag.evaluations (at);
