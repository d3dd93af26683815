-- What people made of what an agent did: one row an interaction, whatever is clicked twice. Edited also where a person
-- had it written again; versions_hash is that of the prompt, guardrails, brand and router the agent worked by.
create table governance.agent_reviews (
  agent text not null,
  interaction_id uuid not null,
  versions_hash text not null,
  decision text not null check (decision in ('approved', 'rejected')),
  edited boolean not null,
  model text,
  by text not null,
  at timestamptz not null,
  primary key (agent, interaction_id)
);
create index agent_reviews_versions on governance.agent_reviews (agent, versions_hash, at);

-- What an owner lets an agent decide alone: its body, a version of kind 'delegation', says under which versions, for
-- what, and how much of it a person still sees.
create table governance.delegations (
  hash text primary key,
  kind text not null default 'delegation' check (kind = 'delegation'),
  agent text not null,
  versions_hash text not null,
  given_at timestamptz not null,
  given_by uuid not null references governance.users (id),
  expires_at timestamptz not null check (expires_at > given_at),
  reason text not null,
  foreign key (kind, agent, hash) references kernel.versions (kind, name, hash)
);
create index delegations_agent on governance.delegations (agent, given_at);

-- Taken back once and for good: to delegate again is another delegation.
create table governance.delegations_taken_back (
  hash text primary key references governance.delegations (hash),
  at timestamptz not null,
  by text not null,
  reason text not null
);

do $$
declare name text;
begin
  foreach name in array array['agent_reviews', 'delegations', 'delegations_taken_back'] loop
    execute format('create trigger %I before update or delete on governance.%I for each row execute function kernel.refuse_change()', name || '_append_only', name);
  end loop;
end $$;
