create schema if not exists rag;

-- Every decision of the router and every call it led to: what was known, what was chosen, what it cost. No words of
-- anybody: prompts and answers are not kept here. A row is written before the call, with the most it may cost, and
-- finished after it; one that stays `pending` was cut off by a kill and keeps counting at that price.
create table rag.model_calls (
  id uuid primary key,
  decision_id uuid not null,
  ordinal integer not null,
  purpose text not null,
  subject text,
  policy_hash text not null,
  features jsonb not null,
  chain text[] not null,
  reasons text[] not null,
  -- Null when the decision was that nobody may be asked.
  model text,
  vendor text,
  attempt text not null check (attempt in ('call', 'repair', 'none')),
  outcome text not null check (outcome in ('pending', 'answer', 'rate-limited', 'unavailable', 'timeout', 'refused',
    'invalid-output', 'auth', 'budget', 'fault')),
  why text,
  input_tokens integer not null default 0,
  output_tokens integer not null default 0,
  cost_micro_usd bigint not null default 0 check (cost_micro_usd >= 0),
  latency_ms integer,
  retry_after_ms bigint,
  at timestamptz not null,
  finished_at timestamptz,
  unique (decision_id, ordinal),
  check ((model is null) = (attempt = 'none'))
);
create index model_calls_at on rag.model_calls (at);
create index model_calls_model on rag.model_calls (model, at desc);
create index model_calls_subject on rag.model_calls (subject) where subject is not null;
