-- Vectors of the corpus, and the drafts that an agent writes from it.
create extension if not exists vector;
create schema rag;

-- One vector for one content and one model, however many chunks carry that content. Each model has a partial index of
-- its own once it has enough vectors to need one (rag/queries/embeddings.ts): dimensions differ from model to model.
create table rag.embeddings (
  content_hash text not null,
  model text not null,
  dimensions integer not null check (dimensions > 0),
  embedding vector not null,
  embedded_at timestamptz not null,
  primary key (content_hash, model),
  check (vector_dims(embedding) = dimensions)
);

-- What an agent writes, or has written, for a person to decide on. Plan is what was looked for, evidence what was
-- offered to the model.
-- The checkpointer (schema langgraph) holds ids only; what was found and written is here.
create table rag.drafts (
  id uuid primary key,
  thread_id uuid not null unique,
  state text not null check (state in ('drafting', 'waiting', 'approved', 'rejected', 'failed')),
  brief jsonb not null,
  plan jsonb not null default '[]',
  evidence jsonb not null default '[]',
  content_hash text,
  revision integer not null default 0,
  model text,
  cost_micro_usd bigint not null default 0,
  approval_id text unique,
  decided_by text,
  reason text,
  problem text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (state not in ('waiting', 'approved') or content_hash is not null)
);
create index drafts_state on rag.drafts (state, created_at desc);

-- Every body a draft ever had, by content hash: an approval names one of these, whatever was edited since.
create table rag.draft_bodies (
  draft_id uuid not null references rag.drafts (id) on delete cascade,
  content_hash text not null,
  body jsonb not null,
  written_by text not null,
  written_at timestamptz not null,
  findings jsonb,
  guardrail_hash text,
  checked_at timestamptz,
  primary key (draft_id, content_hash)
);
create index draft_bodies_hash on rag.draft_bodies (content_hash);
