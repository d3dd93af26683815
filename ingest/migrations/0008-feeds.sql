-- Where each stream of a vendor's API goes on; moved in the transaction that brings its objects in.
create table ingest.cursors (
  source text not null,
  stream text not null,
  cursor jsonb not null,
  run_id uuid not null references ingest.runs (id),
  moved_at timestamptz not null,
  primary key (source, stream)
);

-- Calls of a vendor that were taken in, by the vendor's id of the call: one that is repeated is known.
create table ingest.callbacks (
  source text not null,
  external_id text not null,
  received_at timestamptz not null,
  primary key (source, external_id)
);
create index callbacks_received on ingest.callbacks (source, received_at);
