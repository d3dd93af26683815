-- Who may do what, what was approved, what is live and how far, and which switches are on.
create schema governance;

create table governance.users (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  role text not null check (role in ('owner', 'marketer', 'operator', 'viewer')),
  created_at timestamptz not null,
  deactivated_at timestamptz
);

-- One-time links and sessions: only the hash of a token is kept, so that a copy of the database opens no door.
create table governance.sign_in_links (
  token_hash text primary key,
  user_id uuid not null references governance.users (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table governance.sessions (
  token_hash text primary key,
  user_id uuid not null references governance.users (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_user on governance.sessions (user_id);

-- A release is a version of kind 'campaign'; its body is in kernel.versions. The row is also the lock of its name.
create table governance.releases (
  hash text primary key,
  name text not null,
  kind text not null default 'campaign' check (kind = 'campaign'),
  created_at timestamptz not null,
  created_by text not null,
  foreign key (kind, name, hash) references kernel.versions (kind, name, hash)
);
create index releases_name on governance.releases (name, created_at);

-- Everyone whose hand is in it: who made the release, and who edited what it pins.
create table governance.release_authors (
  release_hash text not null references governance.releases (hash),
  actor text not null,
  primary key (release_hash, actor)
);

-- Append-only: the newest decision on a hash counts.
create table governance.approvals (
  id uuid primary key,
  seq bigint generated always as identity,
  release_hash text not null references governance.releases (hash),
  decision text not null check (decision in ('approved', 'withdrawn')),
  decided_by text not null,
  decided_at timestamptz not null,
  note text not null
);
create index approvals_release on governance.approvals (release_hash, seq desc);

-- How far a release has gone: outside its hash, append-only, the newest row counts.
create table governance.rollouts (
  seq bigint generated always as identity primary key,
  release_hash text not null references governance.releases (hash),
  percent integer not null check (percent between 0 and 100),
  set_at timestamptz not null,
  set_by text not null,
  reason text not null
);
create index rollouts_release on governance.rollouts (release_hash, seq desc);

-- Switches: append-only, the newest row of a name counts.
create table governance.flag_changes (
  seq bigint generated always as identity primary key,
  name text not null,
  is_on boolean not null,
  changed_at timestamptz not null,
  changed_by text not null,
  reason text not null
);
create index flag_changes_name on governance.flag_changes (name, seq desc);

do $$
declare name text;
begin
  foreach name in array array['approvals', 'release_authors', 'rollouts', 'flag_changes'] loop
    execute format('create trigger %I before update or delete on governance.%I for each row execute function kernel.refuse_change()', name || '_append_only', name);
  end loop;
end $$;
