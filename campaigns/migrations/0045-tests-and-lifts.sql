-- How a provider named the test of a way out: its report may know our message by nothing else.
alter table campaigns.channel_candidates add column test_provider_id text;

-- What was last counted of people held out and of the others, where so many came in that counting takes seconds. campaign:
-- empty for all campaigns together. about: the hash of what was asked; counts of another question are no answer.
create table campaigns.lift_counts (
  campaign text not null,
  scope text not null check (scope in ('global', 'campaign')),
  about text not null,
  counted_at timestamptz not null,
  arms jsonb not null,
  primary key (campaign, scope)
);
