-- What people said of messages that wait for their word: held ones, and those nobody knows the end of.
create table campaigns.delivery_words (
  id uuid primary key,
  delivery_id uuid not null references campaigns.deliveries (id),
  word text not null check (word in ('plan-again', 'leave', 'arrived', 'send-again')),
  why text not null,
  said_by text not null,
  said_at timestamptz not null
);

-- Those that wait so are few, and found without looking through a campaign: what they are asked by does not change on the
-- way of any other message.
alter table campaigns.deliveries add column undecided boolean generated always as (state in ('held', 'unknown')) stored;
create index deliveries_undecided on campaigns.deliveries (campaign) where undecided;
create index delivery_words_delivery on campaigns.delivery_words (delivery_id, said_at);

-- How many messages may leave at once, of all workers together: so many a second flow in, and what is not used is kept for
-- two seconds. scope: a channel, a way out, or the mailbox provider of readers.
create table campaigns.rates (
  scope text primary key,
  per_second double precision not null check (per_second > 0),
  tokens double precision not null,
  filled_at timestamptz not null
);
