-- Journeys with branches, splits, waits for events, goals and re-entry.

-- entered_at: since when a person stands at their step, on the journey's own clock (a wait that was over while nobody
-- looked was over when it was over). Null until a journey that asks for it has looked at them.
alter table campaigns.enrolments add column entered_at timestamptz;
create index enrolments_identifier on campaigns.enrolments (identifier_id);

-- Where a journey parted, or an event was awaited, and which way a person took: with this, why is told in full.
create table campaigns.turns (
  enrolment_id uuid not null references campaigns.enrolments (id) on delete cascade,
  taken_at timestamptz not null,
  step_key text not null,
  took text,
  why text not null
);
create index turns_enrolment on campaigns.turns (enrolment_id, taken_at);

-- How far a campaign has listened: every event or segment member changed before the watermark was heard; of dates, the
-- hour that was looked through.
create table campaigns.listeners (
  campaign text not null,
  hears text not null check (hears in ('events', 'entries', 'dates')),
  watermark text not null,
  primary key (campaign, hears)
);
