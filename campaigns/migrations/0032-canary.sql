-- How the rollout of a release goes while its guard metrics are watched; one that was taken back and is made live again
-- begins anew. percent: the stage; looked_at: until when its guards are known. Only so many messages as the release
-- declares leave after a look and before the next. readings: what each guard showed at the last look.
create table campaigns.canaries (
  campaign text not null,
  release_hash text not null,
  begun_at timestamptz not null,
  percent integer not null check (percent between 0 and 100),
  stage_since timestamptz not null,
  looked_at timestamptz not null,
  state text not null check (state in ('under-way', 'breached', 'finished')),
  why text not null,
  readings jsonb not null,
  primary key (release_hash, begun_at)
);
create index canaries_looked on campaigns.canaries (looked_at);

-- What left with a release, without an index of its own on the ledger.
create index claims_release on campaigns.claims (release_hash, claimed_at);

-- A canary without a version to go back to holds its campaign.
alter table campaigns.holds drop constraint holds_rule_check;
alter table campaigns.holds add constraint holds_rule_check check (rule in ('facts', 'guardrails', 'rollout', 'by-hand'));
