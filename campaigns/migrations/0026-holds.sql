-- Stops of a campaign that a person must lift, and what the messages of a release were last checked against.

-- A hold binds every claim begun after it commits, and every group about to leave; the rows stay planned. release_hash is
-- the release whose copy is at fault; null where somebody stopped the campaign, whatever it sends. findings: the sentences,
-- what they said and what holds now. What a lifted hold listed is accepted for its release.
create table campaigns.holds (
  id uuid primary key,
  campaign text not null,
  release_hash text,
  rule text not null check (rule in ('facts', 'guardrails', 'by-hand')),
  why text not null,
  findings jsonb not null,
  placed_at timestamptz not null,
  placed_by text not null,
  lifted_at timestamptz,
  lifted_by text,
  lift_reason text,
  check ((rule = 'by-hand') = (release_hash is null)),
  check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lift_reason is null))
);
create unique index holds_open on campaigns.holds (campaign, release_hash, rule) nulls not distinct where lifted_at is null;
create index holds_campaign on campaigns.holds (campaign, placed_at);

-- The guards run again on a release under way when what they go by has changed; basis is the digest of all that.
create table campaigns.message_checks (
  release_hash text primary key,
  basis text not null,
  checked_at timestamptz not null
);
