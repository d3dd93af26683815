-- The graph's tables anew. It is a projection: what was in them is built again by the next one.
drop table graph.edges, graph.nodes, graph.names;
truncate graph.generations;

-- Two copies of the graph, one of which is live. A generation fills the idle one, which is emptied in a moment (truncate)
-- and by no reader in use; a deletion of millions of rows would take minutes, and leave the live ones scattered.
alter table graph.generations add column copy text not null check (copy in ('a', 'b'));
create unique index generations_copy on graph.generations (copy);

-- Text compares by code point ("C"), as it does in the other store, so that answers come in the same order.
-- A bare node (put = false) is only the end of somebody's edge.
create table graph.nodes_a (
  no bigint generated always as identity primary key,
  kind text collate "C" not null,
  id text collate "C" not null,
  label text not null,
  properties jsonb not null,
  valid_from timestamptz,
  valid_to timestamptz,
  recorded_at timestamptz,
  end_recorded_at timestamptz,
  record_id text collate "C",
  run_id text,
  digest bigint not null,
  put boolean not null,
  unique (kind, id)
);

-- The change that puts an edge which its far end owns puts that end too. So such an edge carries what is asked about its
-- end most (to_…): since when it holds, and of an order the status and what was spent, of an event its kind and whether it
-- says that a subscription runs, of a consent the channel and whether it was granted. People are weighed by edges alone.
-- Edge and end hold alike as a rule (to_alike): the three other times are kept only where they do not.
create table graph.edges_a (
  from_no bigint not null,
  to_no bigint not null,
  kind text collate "C" not null,
  valid_from timestamptz,
  valid_to timestamptz,
  recorded_at timestamptz,
  end_recorded_at timestamptz,
  to_valid_from timestamptz,
  to_valid_to timestamptz,
  to_recorded_at timestamptz,
  to_end_recorded_at timestamptz,
  to_spent_minor bigint,
  digest bigint not null,
  to_alike boolean not null,
  to_is_on boolean,
  to_word text collate "C",
  properties jsonb not null,
  record_id text collate "C",
  run_id text,
  unique (to_no, from_no, kind)
);
-- Newest first from either end, and of one instant by digest: of a node with 100,000 edges only those are read that are
-- asked for, also when all began together.
create index edges_a_from on graph.edges_a (from_no, kind, valid_from desc nulls last, digest desc);
create index edges_a_to on graph.edges_a (to_no, kind, valid_from desc nulls last, digest desc);
-- All edges of a kind; a rebuild writes kind after kind, so they lie together. The start is in it, so that a kind of which
-- the planner knows of none yet is not read whole to find those of one node.
create index edges_a_kind on graph.edges_a (kind, from_no);
-- What a word is depends on the kind of edge; a planner that does not know takes a million consents for a few thousand.
create statistics graph.edges_a_words (mcv) on kind, to_word, to_alike from graph.edges_a;

create table graph.nodes_b (like graph.nodes_a including all);
create table graph.edges_b (like graph.edges_a including all);
