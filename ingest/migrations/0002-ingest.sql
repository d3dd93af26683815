-- Every source record as it was received, and the canonical tables that all other rooms read.
create schema ingest;

-- A canonical row knows the transaction that last changed it, so that a reader can take "everything committed since
-- my watermark" without missing a slow transaction: read changed >= watermark and changed < pg_snapshot_xmin(now).
create function ingest.note_change() returns trigger language plpgsql as $$
begin
  new.changed := pg_current_xact_id();
  return new;
end $$;

-- One run of one source over one input. received = accepted + unchanged + quarantined, at every commit.
create table ingest.runs (
  id uuid primary key,
  seq bigint generated always as identity,
  source text not null,
  input text not null,
  fingerprint text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  started_at timestamptz not null,
  finished_at timestamptz,
  received bigint not null default 0,
  accepted bigint not null default 0,
  unchanged bigint not null default 0,
  quarantined bigint not null default 0,
  -- How many items of the input are behind, and where the last of them stood: a killed run continues here.
  place jsonb not null default '{}',
  -- The header of each file, without which a raw row of it cannot be read again.
  headers jsonb not null default '{}',
  problem text,
  check (received = accepted + unchanged + quarantined)
);
create unique index runs_unfinished on ingest.runs (source, input, fingerprint) where state = 'running';
create index runs_input on ingest.runs (source, input, seq);

-- How often a run has met each row that carries no id of its own; gone when the run is done.
create table ingest.occurrences (
  run_id uuid not null references ingest.runs (id),
  row_hash text not null,
  seen bigint not null,
  primary key (run_id, row_hash)
);

-- Raw rows, immutable, each sealed under a key of its own (kernel.keys). A changed row is a new record, the next
-- version of its external id; content_hash is keyed, so that nobody can guess a row from it.
create table ingest.records (
  id uuid primary key,
  seq bigint generated always as identity,
  source text not null,
  kind text not null,
  external_id text not null,
  version integer not null,
  content_hash text not null,
  key_id uuid not null,
  payload bytea not null,
  run_id uuid not null references ingest.runs (id),
  place jsonb not null,
  received_at timestamptz not null,
  unique (source, kind, external_id, version)
);
create index records_run on ingest.records (run_id);
create trigger records_immutable before update on ingest.records
  for each row execute function kernel.refuse_change();

-- What could not be read: where it stood, why, and what to do. Sealed like a record; too large a row keeps only its
-- place. The spot is the place in short (file and line or item); run_id is the latest run that met the row there.
create table ingest.quarantine (
  id uuid primary key,
  run_id uuid not null references ingest.runs (id),
  source text not null,
  kind text not null,
  place jsonb not null,
  spot text not null,
  sha256 text not null,
  reason text not null,
  fix text not null,
  key_id uuid,
  payload bytea,
  quarantined_at timestamptz not null,
  resolved_at timestamptz,
  resolution text check (resolution in ('replayed', 'dismissed')),
  unique (source, kind, sha256, spot)
);
create index quarantine_open on ingest.quarantine (source, quarantined_at) where resolved_at is null;

-- An e-mail address, a phone number, a device, or a vendor's id of somebody. Kind is email, phone, device or the source's name.
create table ingest.identifiers (
  id uuid primary key,
  kind text not null,
  value text not null,
  first_seen_at timestamptz not null,
  unique (kind, value)
);

-- Two identifiers that one record names together; identity decides whether they are one person. Kind says how they
-- stood together: profile (one contact, customer or billing address) or identify (a device that said who it was).
create table ingest.links (
  left_id uuid not null references ingest.identifiers (id),
  right_id uuid not null references ingest.identifiers (id),
  source text not null,
  kind text not null check (kind in ('profile', 'identify')),
  record_id uuid not null,
  at timestamptz not null,
  changed xid8 not null default pg_current_xact_id(),
  primary key (left_id, right_id, source, kind),
  check (left_id <> right_id)
);
create index links_right on ingest.links (right_id);

-- What one source says of one person, by that source's id. Of two versions the newer updated_at holds.
create table ingest.profiles (
  identifier_id uuid primary key references ingest.identifiers (id),
  source text not null,
  record_id uuid not null,
  given_name text,
  family_name text,
  email text,
  phone text,
  street text,
  city text,
  postcode text,
  country text,
  language text,
  zone text,
  lifecycle text,
  channel text,
  campaign_ref text,
  created_at timestamptz,
  updated_at timestamptz not null,
  changed xid8 not null default pg_current_xact_id()
);

-- Append-only evidence that two identifiers are the same person, or never are. A later row may withdraw an earlier one.
create table ingest.edges (
  id uuid primary key,
  seq bigint generated always as identity,
  left_id uuid not null references ingest.identifiers (id),
  right_id uuid not null references ingest.identifiers (id),
  verdict text not null check (verdict in ('same', 'different', 'withdrawn')),
  rule text not null,
  evidence jsonb not null,
  record_id uuid,
  model_hash text not null,
  actor text not null,
  at timestamptz not null,
  withdraws uuid references ingest.edges (id),
  check ((verdict = 'withdrawn') = (withdraws is not null)),
  check (left_id < right_id)
);
create unique index edges_once on ingest.edges (left_id, right_id, verdict, rule, model_hash) where verdict <> 'withdrawn';
create index edges_right on ingest.edges (right_id);
create trigger edges_append_only before update on ingest.edges
  for each row execute function kernel.refuse_change();

-- Which person an identifier belongs to, and belonged to. Every other room joins people through this.
create table ingest.memberships (
  identifier_id uuid not null references ingest.identifiers (id),
  person_id uuid not null,
  since timestamptz not null,
  until timestamptz,
  reason text not null,
  seq bigint generated always as identity primary key,
  changed xid8 not null default pg_current_xact_id()
);
create unique index memberships_current on ingest.memberships (identifier_id) where until is null;
create index memberships_person on ingest.memberships (person_id) where until is null;

create view ingest.people as
  select person_id, identifier_id from ingest.memberships where until is null;

create table ingest.events (
  id uuid primary key,
  seq bigint generated always as identity,
  source text not null,
  external_id text not null,
  kind text not null,
  identifier_id uuid not null references ingest.identifiers (id),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  channel text,
  campaign_ref text,
  properties jsonb not null default '{}',
  record_id uuid,
  changed xid8 not null default pg_current_xact_id(),
  unique (source, external_id)
);
create index events_identifier on ingest.events (identifier_id, occurred_at);
create index events_kind on ingest.events (kind, occurred_at);

-- Money received: gross is what was paid, tax is contained in it. rate_minor: business minor units for one minor unit.
-- refs: what else the order goes by at its source (invoice, payment), where order_parts find it. revision: how much its
-- source knew when it said so; an order is never overwritten by one that knew less.
create table ingest.orders (
  id uuid primary key,
  source text not null,
  external_id text not null,
  kind text not null,
  identifier_id uuid not null references ingest.identifiers (id),
  ordered_at timestamptz not null,
  status text not null check (status in ('paid', 'open', 'failed', 'cancelled')),
  currency text not null,
  gross_minor bigint not null check (gross_minor >= 0),
  tax_minor bigint not null default 0 check (tax_minor >= 0),
  discount_minor bigint not null default 0,
  shipping_minor bigint not null default 0,
  rate_minor numeric not null check (rate_minor > 0),
  refs text[] not null default '{}',
  revision bigint not null default 0,
  record_id uuid not null,
  changed xid8 not null default pg_current_xact_id(),
  unique (source, external_id)
);
create index orders_refs on ingest.orders using gin (refs);
create index orders_identifier on ingest.orders (identifier_id, ordered_at);
create index orders_time on ingest.orders (ordered_at);

create table ingest.order_lines (
  order_id uuid not null references ingest.orders (id) on delete cascade,
  line integer not null,
  sku text,
  title text not null,
  quantity numeric not null,
  amount_minor bigint not null,
  primary key (order_id, line)
);

-- What another record says of an order: an invoice knows the tax and the lines of the charge that paid it. Either may
-- arrive first. Tax is that of the whole part; an order that paid a share of it carries the same share of the tax.
create table ingest.order_parts (
  source text not null,
  external_id text not null,
  refs text[] not null,
  kind text,
  currency text not null,
  gross_minor bigint not null check (gross_minor >= 0),
  tax_minor bigint not null check (tax_minor >= 0),
  discount_minor bigint not null,
  shipping_minor bigint not null,
  lines jsonb not null,
  revision bigint not null,
  record_id uuid not null,
  primary key (source, external_id)
);
create index order_parts_refs on ingest.order_parts using gin (refs);

-- What was taken from an order later. They may arrive before their order. Refunds and disputes are valued at the order's
-- rate, so that a whole refund leaves nothing; a fee is charged in the currency of the account, so it has a rate of its
-- own: value = amount_minor * coalesce(adjustments.rate_minor, orders.rate_minor). A fee given back is negative.
create table ingest.adjustments (
  id uuid primary key,
  source text not null,
  external_id text not null,
  kind text not null check (kind in ('refund', 'dispute', 'fee')),
  order_external_id text not null,
  occurred_at timestamptz not null,
  status text not null check (status in ('settled', 'pending', 'void')),
  currency text not null,
  amount_minor bigint not null check (amount_minor >= 0 or kind = 'fee'),
  rate_minor numeric check (rate_minor > 0),
  revision bigint not null default 0,
  record_id uuid not null,
  changed xid8 not null default pg_current_xact_id(),
  unique (source, kind, external_id)
);
create index adjustments_order on ingest.adjustments (source, order_external_id);

-- What marketing cost: ads by day and campaign, salaries, tools, agencies, model calls, provider fees.
create table ingest.costs (
  id uuid primary key,
  source text not null,
  external_id text not null,
  kind text not null,
  channel text,
  campaign_ref text,
  campaign_name text,
  day date not null,
  currency text not null,
  amount_minor bigint not null,
  rate_minor numeric not null check (rate_minor > 0),
  impressions bigint,
  clicks bigint,
  record_id uuid,
  changed xid8 not null default pg_current_xact_id(),
  unique (source, external_id)
);
create index costs_day on ingest.costs (day);

create table ingest.fx_rates (
  day date not null,
  base text not null,
  quote text not null,
  rate numeric not null check (rate > 0),
  record_id uuid,
  primary key (base, quote, day)
);

create table ingest.products (
  id uuid primary key,
  source text not null,
  external_id text not null,
  sku text,
  title text not null,
  description text not null,
  type text,
  tags text[] not null default '{}',
  price_minor bigint,
  currency text,
  available integer,
  url text,
  record_id uuid not null,
  changed xid8 not null default pg_current_xact_id(),
  unique (source, external_id)
);

create table ingest.consents (
  id uuid primary key,
  source text not null,
  external_id text not null,
  identifier_id uuid not null references ingest.identifiers (id),
  channel text not null,
  state text not null check (state in ('granted', 'withdrawn')),
  basis text not null,
  text_version text,
  occurred_at timestamptz not null,
  record_id uuid,
  changed xid8 not null default pg_current_xact_id(),
  unique (source, external_id)
);
create index consents_identifier on ingest.consents (identifier_id, channel, occurred_at);

-- An address nothing may be sent to. One row for an address and channel; lifting is a person's act.
create table ingest.suppressions (
  identifier_id uuid not null references ingest.identifiers (id),
  channel text not null,
  reason text not null,
  occurred_at timestamptz not null,
  lifted_at timestamptz,
  record_id uuid,
  primary key (identifier_id, channel)
);

-- One version of one source text; offsets of chunks and facts are bytes into this body (UTF-8).
create table ingest.documents (
  id uuid primary key,
  source text not null,
  uri text not null,
  title text not null,
  language text not null,
  content_hash text not null,
  body text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  record_id uuid not null,
  changed xid8 not null default pg_current_xact_id(),
  unique (source, uri, content_hash)
);
create unique index documents_current on ingest.documents (source, uri) where valid_to is null;

create table ingest.chunks (
  id uuid primary key,
  document_id uuid not null references ingest.documents (id) on delete cascade,
  ordinal integer not null,
  heading text not null,
  text text not null,
  start_byte integer not null,
  end_byte integer not null,
  content_hash text not null,
  search tsvector generated always as (to_tsvector('english', heading || ' ' || text)) stored,
  unique (document_id, ordinal)
);
create index chunks_search on ingest.chunks using gin (search);
create index chunks_hash on ingest.chunks (content_hash);

-- A statement with validity, from a row of the catalogue or a span of a document.
create table ingest.facts (
  id uuid primary key,
  subject text not null,
  predicate text not null,
  value jsonb not null,
  statement text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_at timestamptz not null,
  document_id uuid references ingest.documents (id) on delete cascade,
  start_byte integer,
  end_byte integer,
  record_id uuid not null,
  changed xid8 not null default pg_current_xact_id()
);
create unique index facts_current on ingest.facts (subject, predicate) where valid_to is null;

do $$
declare name text;
begin
  foreach name in array array['profiles', 'links', 'memberships', 'events', 'orders', 'adjustments', 'costs', 'products', 'consents', 'documents', 'facts'] loop
    execute format('create trigger %I before update on ingest.%I for each row execute function ingest.note_change()', name || '_note_change', name);
    execute format('create index %I on ingest.%I (changed)', name || '_changed', name);
  end loop;
end $$;
