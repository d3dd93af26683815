-- Mail that came in, timetables, and the limits a draft is to be sent within.

-- Every mail that was looked at, by the digest of its bytes, so that none counts twice. The text of those in quarantine is
-- kept sealed; of the others only what they were. One in quarantine is judged anew when it comes again.
create table campaigns.inbound_mails (
  sha256 text primary key,
  taken_at timestamptz not null,
  outcome text not null check (outcome in ('recorded', 'ignored', 'quarantined', 'for-a-person')),
  what text not null,
  delivery_id uuid references campaigns.deliveries (id),
  key_id uuid,
  payload bytea,
  check ((key_id is null) = (payload is null) and (payload is null or outcome = 'quarantined'))
);
create index inbound_mails_taken on campaigns.inbound_mails (taken_at);

-- A timetable by its name; what it says is the version its pointer is at. Every slot up to seen_until was decided on:
-- it only ever goes forward, so that a clock set back brings no slot twice.
create table campaigns.schedules (
  name text primary key,
  campaign text not null,
  seen_until timestamptz not null,
  paused_at timestamptz,
  paused_by text,
  pause_reason text,
  check ((paused_at is null) = (paused_by is null))
);

-- One slot of a timetable, or a start by hand: at most once for an instant. `begun` is finished by whoever leads next.
create table campaigns.schedule_runs (
  id uuid primary key,
  schedule text not null references campaigns.schedules (name),
  slot_at timestamptz not null,
  version_hash text not null,
  release_hash text,
  started_by text not null,
  state text not null check (state in ('begun', 'done', 'failed', 'refused', 'expired')),
  why text,
  attempts integer not null default 0,
  members integer,
  enrolled integer,
  planned integer,
  started_at timestamptz not null,
  ended_at timestamptz,
  unique (schedule, slot_at),
  check ((state = 'begun') = (ended_at is null))
);
create index schedule_runs_recent on campaigns.schedule_runs (schedule, slot_at desc);

-- What a person chose for a draft before it is approved; it goes into the release that the approval binds to.
create table campaigns.draft_limits (
  draft_id uuid primary key,
  limits jsonb not null,
  start_at timestamptz,
  chosen_at timestamptz not null,
  chosen_by text not null
);
