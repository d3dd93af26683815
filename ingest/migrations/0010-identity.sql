-- Identity that goes on from where it was: what changed since the last resolution, what looks alike, what a person must
-- decide, and what a merge or an unmerge changed.

-- Rows from before have no transaction: the first resolution reads everything anyway.
alter table ingest.identifiers add column changed xid8;
alter table ingest.identifiers alter column changed set default pg_current_xact_id();
create index identifiers_changed on ingest.identifiers (changed);

-- What a person said of two identifiers since the last resolution.
alter table ingest.edges add column changed xid8;
alter table ingest.edges alter column changed set default pg_current_xact_id();
create index edges_said on ingest.edges (changed) where rule in ('by-hand', 'left-leaves', 'right-leaves');

-- How far people are resolved, and by which models. One row.
create table ingest.identity_state (
  name text primary key check (name = 'people'),
  watermark xid8 not null,
  rules_hash text not null,
  linkage_hash text
);

-- Identifiers with too many claims under the model of the state: they join nobody, and nobody is looked for behind them.
create table ingest.hubs (
  identifier_id uuid primary key references ingest.identifiers (id) on delete cascade
);

-- Where profiles that may be one person's are found: hashes of the blocking keys of each profile under the live model.
create table ingest.blocking_keys (
  key bigint not null,
  identifier_id uuid not null references ingest.identifiers (id) on delete cascade,
  primary key (key, identifier_id)
);
create index blocking_keys_identifier on ingest.blocking_keys (identifier_id);

-- Pairs of profiles that are at least worth a look under the live model. Weight is in bits: log2 of the odds.
create table ingest.alike (
  left_id uuid not null references ingest.identifiers (id) on delete cascade,
  right_id uuid not null references ingest.identifiers (id) on delete cascade,
  weight double precision not null,
  primary key (left_id, right_id),
  check (left_id < right_id)
);
create index alike_right on ingest.alike (right_id);

-- Pairs that wait for a person's word. What was decided is in the edges; here is only what is open, put off or closed.
create table ingest.reviews (
  left_id uuid not null references ingest.identifiers (id) on delete cascade,
  right_id uuid not null references ingest.identifiers (id) on delete cascade,
  reason text not null,
  weight double precision not null,
  model_hash text not null,
  raised_at timestamptz not null,
  put_off_at timestamptz,
  closed_at timestamptz,
  verdict text check (verdict in ('same', 'different', 'settled')),
  primary key (left_id, right_id),
  check (left_id < right_id),
  check ((closed_at is null) = (verdict is null))
);
create index reviews_open on ingest.reviews (put_off_at nulls first, weight desc) where closed_at is null;
create index reviews_right on ingest.reviews (right_id);

-- Identifiers that went from one person to another: a merge, an unmerge, or both at once. The impact on what the owner
-- reads (new customers, CAC) is added when it was worked out.
create table ingest.identity_changes (
  id uuid primary key,
  seq bigint generated always as identity,
  reason text not null,
  actor text not null,
  at timestamptz not null,
  moved integer not null,
  impact jsonb
);
create index identity_changes_pending on ingest.identity_changes (seq) where impact is null;

create table ingest.identity_moves (
  change_id uuid not null references ingest.identity_changes (id) on delete cascade,
  identifier_id uuid not null references ingest.identifiers (id) on delete cascade,
  from_person uuid not null,
  to_person uuid not null,
  primary key (change_id, identifier_id)
);

-- The whole ledger of an identifier, withdrawn or not, and everybody it ever was: both are read for each that is new.
create index edges_left on ingest.edges (left_id);
create index memberships_identifier on ingest.memberships (identifier_id);

-- A person's history asks for whoever ever was part of it, and not only for who is.
drop index ingest.memberships_person;
create index memberships_person on ingest.memberships (person_id);

-- Which changes moved an identifier: the history of a person, and what goes when an identifier does.
create index identity_moves_identifier on ingest.identity_moves (identifier_id);
