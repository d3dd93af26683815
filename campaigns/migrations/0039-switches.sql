-- Switches of channels and campaigns, the way out of a channel and its candidate, and entry by programs.

-- How many of a hundred people a channel or a campaign reaches: 0 is off. Append-only, the newest row of a name counts;
-- without one it is on for everybody.
create table campaigns.switch_moves (
  seq bigint generated always as identity primary key,
  name text not null check (name ~ '^(channel|campaign)\.'),
  percent integer not null check (percent between 0 and 100),
  moved_at timestamptz not null,
  moved_by text not null,
  reason text not null
);
create index switch_moves_name on campaigns.switch_moves (name, seq desc);
create trigger switch_moves_append_only before update or delete on campaigns.switch_moves
  for each row execute function kernel.refuse_change();

-- The second slot of a channel's configuration; the first is what the channel's pointer is at. proved_by: what stood in
-- the first slot before needs no test to go back there. test_code_hash: only whoever has the message that was sent can
-- say what stood in it.
create table campaigns.channel_candidates (
  channel text primary key,
  hash text not null,
  proposed_at timestamptz not null,
  proposed_by text not null,
  findings jsonb,
  checked_at timestamptz,
  test_id uuid,
  test_to text,
  test_code_hash text,
  test_sent_at timestamptz,
  test_answer text,
  proved_at timestamptz,
  proved_by text check (proved_by in ('code', 'provider', 'was-live')),
  check ((findings is null) = (checked_at is null)),
  check ((test_id is null) = (test_code_hash is null) and (test_id is null) = (test_sent_at is null)),
  check ((proved_at is null) = (proved_by is null))
);

-- What lets a program put people into campaigns: only the digest of a token is kept. campaign: the only one it is for, or
-- null.
create table campaigns.entry_tokens (
  id uuid primary key,
  name text not null,
  token_hash text not null unique,
  campaign text,
  made_at timestamptz not null,
  made_by text not null,
  used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  check ((revoked_at is null) = (revoked_by is null))
);

-- What a program asked under a key, and what it was told for good: the same question again has the same answer. Without an
-- answer it is under way, broke off, or was refused for now.
create table campaigns.entry_requests (
  token_id uuid not null references campaigns.entry_tokens (id),
  key text not null,
  request_hash text not null,
  asked_at timestamptz not null,
  status integer,
  answer jsonb,
  primary key (token_id, key),
  check ((status is null) = (answer is null))
);
create index entry_requests_asked on campaigns.entry_requests (asked_at);

-- What whoever put a person in said of this run through the campaign: slots may name it.
alter table campaigns.enrolments add column properties jsonb,
  -- The question of a program that it answered: its token and key.
  add column asked_by text;
