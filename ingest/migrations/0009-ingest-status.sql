-- What the house watches of its sources, and who settled what waited in quarantine.

-- reading: how the rows were read (a mapping), so that one of them can be read again just so. advanced_at: its last
-- commit. newest_at: the newest moment that its rows tell of.
alter table ingest.runs
  add column reading jsonb,
  add column advanced_at timestamptz,
  add column newest_at timestamptz;
create index runs_source on ingest.runs (source, seq);

-- How many rows of a kind a run looked at, and which types of values it saw in each of their fields. Layout tells
-- apart what differs by right: the name of a mapping.
create table ingest.run_kinds (
  run_id uuid not null references ingest.runs (id),
  kind text not null,
  layout text not null,
  looked_at bigint not null,
  primary key (run_id, kind)
);
create table ingest.run_fields (
  run_id uuid not null references ingest.runs (id),
  kind text not null,
  field text not null,
  type text not null,
  seen bigint not null,
  primary key (run_id, kind, field, type)
);

-- A corrected row stays as it came; the run names what was taken in for it.
alter table ingest.quarantine
  drop constraint quarantine_resolution_check,
  add constraint quarantine_resolution_check check (resolution in ('replayed', 'dismissed', 'corrected')),
  add column resolved_by text,
  add column resolved_why text,
  add column resolved_run uuid references ingest.runs (id);

alter table ingest.profiles add column born date;
