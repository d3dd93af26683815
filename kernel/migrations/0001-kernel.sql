-- What every room stands on. kernel.migrations itself is made by the migrator.

-- The content-addressed registry: a version is never changed, only pointed at.
create table kernel.versions (
  kind text not null,
  name text not null,
  hash text not null,
  body jsonb not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (kind, name, hash)
);

-- Which version is live: append-only, the newest row of (kind, name) counts.
create table kernel.pointers (
  seq bigint generated always as identity primary key,
  kind text not null,
  name text not null,
  hash text not null,
  moved_at timestamptz not null,
  moved_by text not null,
  reason text not null,
  foreign key (kind, name, hash) references kernel.versions (kind, name, hash)
);
create index pointers_live on kernel.pointers (kind, name, seq desc);

-- The hash chain: each entry carries the hash of the one before.
create table kernel.audit (
  seq bigint primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null,
  previous_hash text not null,
  hash text not null
);

create function kernel.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger audit_append_only before update or delete on kernel.audit
  for each row execute function kernel.refuse_change();
create trigger audit_no_truncate before truncate on kernel.audit
  for each statement execute function kernel.refuse_change();
create trigger versions_append_only before update or delete on kernel.versions
  for each row execute function kernel.refuse_change();
create trigger pointers_append_only before update or delete on kernel.pointers
  for each row execute function kernel.refuse_change();

-- One key for each record, wrapped by the house's key; destroying the row makes the record unreadable for ever.
create table kernel.keys (
  id uuid primary key,
  wrapped bytea,
  created_at timestamptz not null,
  destroyed_at timestamptz
);

-- Mutual exclusion: whoever holds the row, until it expires. The fence grows with every holder.
create table kernel.leases (
  name text primary key,
  holder text not null,
  expires_at timestamptz not null,
  fence bigint not null
);
