-- Segments that people saved, who is in them, and what the house reckons about people and products.

-- A segment by its name. Its rules are versions of kind 'segment' (kernel.versions); version_hash is the one the
-- pointer names. A retired segment keeps its name and history, and selects nobody.
create table graph.segments (
  id uuid primary key,
  name text not null unique,
  description text not null,
  version_hash text not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  changed xid8 not null default pg_current_xact_id()
);

-- Who is in a segment, and since when. Somebody who left keeps the row with `until`; who comes back is in it anew.
create table graph.segment_members (
  segment_id uuid not null references graph.segments (id),
  person_id uuid not null,
  since timestamptz not null,
  until timestamptz,
  changed xid8 not null default pg_current_xact_id(),
  primary key (segment_id, person_id)
);
create index segment_members_person on graph.segment_members (person_id);

-- How far the members of a segment follow: every change before the watermark is in them, as this generation of the
-- graph showed it by this rule; full_at is when everybody was last looked at.
create table graph.segment_states (
  segment_id uuid primary key references graph.segments (id),
  rule_hash text not null,
  generation integer not null,
  watermark text not null,
  full_at timestamptz not null,
  evaluated_at timestamptz not null
);

-- What a person's deeds add up to. engagement is a level (graph/engagement.ts), null where nothing was done; the lead
-- score is the sum of its reasons, kept within 0..100; the digits are fifths of the buyers, 5 the best, null for who never bought.
create table graph.scores (
  person_id uuid primary key,
  engagement double precision,
  lead_score integer not null default 0 check (lead_score between 0 and 100),
  recency integer check (recency between 1 and 5),
  frequency integer check (frequency between 1 and 5),
  monetary integer check (monetary between 1 and 5),
  reasons jsonb not null default '[]',
  computed_at timestamptz not null,
  changed xid8 not null default pg_current_xact_id()
);

-- Products bought by the same people, each pair both ways: people who bought both; support, their share of all buyers;
-- confidence, their share of those who bought `product`; lift, that share over the share of `other` among all buyers.
-- A pair that no longer counts stays as gone, so that whoever copied it hears of it.
create table graph.co_purchases (
  product text collate "C" not null,
  other text collate "C" not null,
  people integer not null,
  support double precision not null,
  confidence double precision not null,
  lift double precision not null,
  gone boolean not null default false,
  changed xid8 not null default pg_current_xact_id(),
  primary key (product, other),
  check (product <> other)
);

-- How far each part of the scores follows: every change before the watermark is in it, by the scoring of this hash;
-- full_at is when everybody was last reckoned.
create table graph.score_states (
  part text primary key check (part in ('people', 'buyers')),
  scoring_hash text not null,
  watermark text not null,
  full_at timestamptz not null
);

do $$
declare name text;
begin
  foreach name in array array['segments', 'segment_members', 'scores', 'co_purchases'] loop
    execute format('create trigger %I before update on graph.%I for each row execute function ingest.note_change()', name || '_note_change', name);
    execute format('create index %I on graph.%I (changed)', name || '_changed', name);
  end loop;
end $$;
