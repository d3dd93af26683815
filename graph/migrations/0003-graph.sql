-- The graph in PostgreSQL: a projection of the canonical tables that can be dropped and rebuilt at any time.
create schema graph;

-- Copies of the graph. Readers see the live one; a rebuild fills another and then changes places with it.
create table graph.generations (
  number integer generated always as identity primary key,
  version text not null,
  watermark text not null default '0',
  live boolean not null default false
);
create unique index generations_live on graph.generations (live) where live;

-- Text compares by code point ("C"), as it does in the other store, so that answers come in the same order.
-- A bare node (put = false) is only the end of somebody's edge. Keys end with the generation: statistics know nothing of
-- one that is being built, and a key that began with it would be taken for the way to every row of it.
create table graph.nodes (
  generation integer not null references graph.generations (number),
  kind text collate "C" not null,
  id text collate "C" not null,
  label text not null,
  properties jsonb not null,
  valid_from timestamptz,
  valid_to timestamptz,
  record_id text,
  run_id text,
  digest bigint not null,
  put boolean not null,
  primary key (kind, id, generation)
);

create table graph.edges (
  generation integer not null references graph.generations (number),
  from_kind text collate "C" not null,
  from_id text collate "C" not null,
  kind text collate "C" not null,
  to_kind text collate "C" not null,
  to_id text collate "C" not null,
  properties jsonb not null,
  valid_from timestamptz,
  valid_to timestamptz,
  record_id text,
  run_id text,
  digest bigint not null,
  primary key (from_kind, from_id, kind, to_kind, to_id, generation)
);
create index edges_back on graph.edges (to_kind, to_id, kind, from_kind, from_id, generation);

-- Products and campaigns go by names of the business (a SKU, a reference) that their rows may change. Every name a row
-- ever had, so that a projection can take back what was said under an old one.
create table graph.names (
  kind text not null,
  row_id uuid not null,
  name text collate "C" not null,
  primary key (kind, row_id, name)
);
