-- What was confirmed on published pages, when approved copy goes out by a person's hand, and which audiences left for ads.

-- A sign-up exists from the moment it is confirmed: until then its words are in the sealed link alone. token_hash is the
-- proof that the link of the mail was used, and that it is used once.
create table campaigns.sign_ups (
  token_hash text primary key,
  identifier_id uuid not null,
  page text not null,
  page_hash text not null,
  text_version text not null,
  asked_at timestamptz not null,
  confirmed_at timestamptz not null
);
create index sign_ups_page on campaigns.sign_ups (page, confirmed_at);

-- Approved copy on its day. A person publishes it, and says where.
create table campaigns.placements (
  id uuid primary key,
  release_hash text not null,
  due_at timestamptz not null,
  planned_by text not null,
  published_at timestamptz,
  published_by text,
  url text,
  check ((published_at is null) = (url is null) and (published_at is null) = (published_by is null))
);
create index placements_due on campaigns.placements (due_at, id);
create index placements_release on campaigns.placements (release_hash);

-- Files of people that left for an advertising platform: of which rule, with how many, and the digest of the bytes. Who
-- was in one is not kept: it is worked out again from consent, which is.
create table campaigns.audience_exports (
  id uuid primary key,
  segment text not null,
  segment_hash text not null,
  platform text not null check (platform in ('google', 'meta')),
  purpose text not null check (purpose in ('target', 'suppress')),
  version integer not null,
  people integer not null,
  rows integer not null,
  left_out jsonb not null,
  file_hash text not null,
  exported_at timestamptz not null,
  exported_by text not null,
  unique (segment, platform, purpose, version)
);
