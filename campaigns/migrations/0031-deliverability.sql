-- What keeps mail arriving: who keeps a mailbox, how much a provider is given, what stops it, and the way back.

-- A message of ours that arrived, and what a receiver makes of it.
create table campaigns.received_messages (
  domain text primary key,
  read_at timestamptz not null,
  seen jsonb not null
);

-- Who keeps the mailboxes of a domain. provider: gmail, microsoft, yahoo, apple, or the domain itself. by: asked
-- (somebody must look), known (everybody knows), mx (its mail servers say so), nobody (they could not be asked; looked up
-- again).
create table campaigns.mailbox_domains (
  domain text primary key,
  provider text not null,
  by text not null check (by in ('asked', 'known', 'mx', 'nobody')),
  looked_at timestamptz not null
);

-- How far a sending domain is with a channel. step: the day of the ramp, 1 to 14. on_day: the day being counted, in the
-- business zone. Domains that are past it stay, with graduated_at.
create table campaigns.warm_ups (
  domain text not null,
  channel text not null,
  step integer not null check (step between 1 and 14),
  clean_days integer not null check (clean_days >= 0),
  on_day date not null,
  last_sent_on date,
  started_at timestamptz not null,
  graduated_at timestamptz,
  graduated_why text,
  primary key (domain, channel),
  check ((graduated_at is null) = (graduated_why is null))
);

-- A message's place under the caps of a day. It counts while the ledger says that the message may have left.
create table campaigns.places (
  delivery_id uuid primary key references campaigns.deliveries (id),
  domain text not null,
  channel text not null,
  provider text not null,
  day date not null,
  placed_at timestamptz not null
);
create index places_day on campaigns.places (domain, channel, day);

-- What a provider's bounces, complaints and deferrals of the last 24 hours come to. counts_from: what was before is
-- forgiven. most_a_day: while halved.
create table campaigns.breakers (
  domain text not null,
  channel text not null,
  provider text not null,
  state text not null check (state in ('go', 'hold', 'halve', 'pause', 'stop')),
  why text not null,
  since timestamptz not null,
  until timestamptz,
  most_a_day integer,
  counts_from timestamptz,
  sent integer not null,
  bounced integer not null,
  complained integer not null,
  deferred integer not null,
  looked_at timestamptz not null,
  released_by text,
  release_reason text,
  primary key (domain, channel, provider),
  check ((state = 'pause') = (until is not null)),
  check ((state = 'halve') = (most_a_day is not null))
);

-- Tries that wait after the other side put them off: few, and asked for by provider.
create index deliveries_deferred on campaigns.deliveries (due_at) where state = 'planned' and attempts > 0;

-- The way back from a bad name, one step after another; nothing leaves before `restart`. baseline: messages of the last
-- healthy day. steps: what was done, by whom, with what evidence.
create table campaigns.recoveries (
  id uuid primary key,
  domain text not null,
  channel text not null,
  step text not null check (step in ('authentication', 'bounces', 'unengaged', 'restart', 'recovered')),
  baseline integer not null check (baseline > 0),
  percent integer not null check (percent between 25 and 100),
  clean_days integer not null check (clean_days >= 0),
  on_day date not null,
  steps jsonb not null,
  begun_at timestamptz not null,
  begun_by text not null,
  ended_at timestamptz,
  check ((step = 'recovered') = (ended_at is not null))
);
create unique index recoveries_open on campaigns.recoveries (domain, channel) where ended_at is null;

-- A preflight as it was run; marks: point → mark, evidence, fix.
create table campaigns.preflights (
  id uuid primary key,
  campaign text,
  outlet text not null,
  run_at timestamptz not null,
  findings jsonb not null
);
create index preflights_campaign on campaigns.preflights (campaign, run_at);

-- An owner's word that an unknown point is not to stop launches, until it ends.
create table campaigns.preflight_waivers (
  id uuid primary key,
  point text not null,
  reason text not null,
  given_by text not null,
  given_at timestamptz not null,
  ends_at timestamptz not null,
  taken_back_at timestamptz
);
