-- Channels that are no e-mail: what stops one, how messages change from one to another, and how a Telegram chat is tied to
-- a person.

-- A stop of a whole channel, until a person lets it go on. Nothing of the channel is claimed meanwhile; rows stay planned.
create table campaigns.channel_stops (
  id uuid primary key,
  channel text not null check (channel in ('whatsapp', 'sms', 'telegram')),
  why text not null,
  stopped_at timestamptz not null,
  released_at timestamptz,
  released_by text,
  release_reason text,
  check ((released_at is null) = (released_by is null) and (released_at is null) = (release_reason is null))
);
create unique index channel_stops_open on campaigns.channel_stops (channel) where released_at is null;

-- A message that could not reach its reader by one channel and went on to the next one of its step. from_identifier_id: the
-- address it had gone to, which a late word of that channel is about.
create table campaigns.detours (
  delivery_id uuid not null references campaigns.deliveries (id),
  at timestamptz not null,
  from_channel text not null,
  from_identifier_id uuid not null references ingest.identifiers (id),
  to_channel text not null,
  why text not null
);
create index detours_delivery on campaigns.detours (delivery_id, at);

-- An offer to write to a person by Telegram: a link that binds the chat in which it is opened, once. Only the digest of
-- its token is kept. text_version: the words of consent that stood beside it.
create table campaigns.telegram_links (
  token_hash text primary key,
  identifier_id uuid not null references ingest.identifiers (id),
  text_version text not null,
  made_by text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- A template or an account that a provider stopped holds the campaign that needs it.
alter table campaigns.holds drop constraint holds_rule_check;
alter table campaigns.holds add constraint holds_rule_check
  check (rule in ('facts', 'guardrails', 'rollout', 'channel', 'by-hand'));
