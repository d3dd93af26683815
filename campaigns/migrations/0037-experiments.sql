-- Experiments that act: who is held out, which content people get, when they answer, and who came to fit a rule.

-- Enrolments that are sent nothing, so that what a campaign brings can be told. scope: `global` holds somebody out of every
-- campaign, `campaign` of this one. share: of how many people this one is, when they came in.
create table campaigns.holdouts (
  enrolment_id uuid primary key references campaigns.enrolments (id) on delete cascade,
  campaign text not null,
  scope text not null check (scope in ('global', 'campaign')),
  share double precision not null
);
create index holdouts_campaign on campaigns.holdouts (campaign);

-- The shares of the contents of a send step from an instant on. arms: name, content hash, share, and what had been counted
-- when the share was set; in their order. Whoever is drawn names the row, so that every draw can be made again.
create table campaigns.arm_shares (
  id uuid primary key,
  campaign text not null,
  step_key text not null,
  set_at timestamptz not null,
  arms jsonb not null,
  why text not null
);
create index arm_shares_step on campaigns.arm_shares (campaign, step_key, set_at);

-- Who gets which content of a step, once and for all. drawn_by: the first person their address ever was.
create table campaigns.arm_draws (
  campaign text not null,
  step_key text not null,
  drawn_by uuid not null,
  identifier_id uuid not null,
  arm text not null,
  content_hash text not null,
  shares_id uuid not null references campaigns.arm_shares (id),
  drawn_at timestamptz not null,
  primary key (campaign, step_key, drawn_by)
);

-- When somebody's wait for their best time is over. arm: `best` by what was learnt, `declared` for the control, who wait for
-- the time that the step declares. hour: of the clock where they are.
create table campaigns.send_times (
  enrolment_id uuid not null references campaigns.enrolments (id) on delete cascade,
  step_key text not null,
  due_at timestamptz not null,
  drawn_at timestamptz not null,
  arm text not null check (arm in ('best', 'declared')),
  hour integer not null check (hour between 0 and 23),
  primary key (enrolment_id, step_key, due_at)
);

-- How often people answered what left at an hour of the clock where they are, old messages counting less. Learnt anew
-- each hour from the ledger.
create table campaigns.answered_hours (
  channel text not null,
  hour integer not null check (hour between 0 and 23),
  sent double precision not null,
  answered double precision not null,
  learnt_at timestamptz not null,
  primary key (channel, hour)
);

-- By which channels a message is tried, in this order: that in which its reader answers best, or, for the control (arm
-- `declared`), that of the step.
create table campaigns.channel_draws (
  delivery_id uuid primary key references campaigns.deliveries (id) on delete cascade,
  campaign text not null,
  step_key text not null,
  arm text not null check (arm in ('best', 'declared')),
  channels text[] not null,
  drawn_at timestamptz not null
);
create index channel_draws_step on campaigns.channel_draws (campaign, step_key);

-- Who fits the rule that a campaign lets people in by, as far as it was looked at: who is not here came to fit it since.
create table campaigns.fitting (
  campaign text not null,
  person_id uuid not null,
  primary key (campaign, person_id)
);
alter table campaigns.listeners drop constraint listeners_hears_check;
alter table campaigns.listeners add constraint listeners_hears_check
  check (hears in ('events', 'entries', 'dates', 'fitting'));
