-- A message costs the ledger less: what changes on the way from claim to answer stands in no index, so that PostgreSQL
-- writes the new version beside the old one and no index anew (docs/send-speed.md).

-- What ingest has not heard of, a group of rows at a time. Before, each row was marked, through all indexes.
create table campaigns.outbox (
  seq bigint generated always as identity primary key,
  delivery_ids uuid[] not null
);
insert into campaigns.outbox (delivery_ids)
  select array_agg(id order by settled_at) from (
    select id, settled_at, row_number() over (order by settled_at) / 500 as batch from campaigns.deliveries
    where announced_at is null and state in ('sent', 'delivered', 'bounced', 'complained')) untold
  group by batch order by batch;

drop index campaigns.deliveries_unannounced;
drop index campaigns.deliveries_due;
drop index campaigns.deliveries_deferred;
drop index campaigns.deliveries_address_once;
drop index campaigns.deliveries_identifier;
drop index campaigns.deliveries_provider;

-- What indexes ask of a row, apart from its state: a state that changes without changing these costs no index anything.
-- waiting: it is planned. put_off: after a try. taken: it may have reached its address, or is about to. provider_key: the
-- provider's id, but where it is a Message-ID that names the row itself.
alter table campaigns.deliveries
  drop column announced_at,
  add column waiting boolean generated always as (state = 'planned') stored,
  add column put_off boolean generated always as (state = 'planned' and attempts > 0) stored,
  add column taken boolean generated always as
    (state in ('claimed', 'sending', 'sent', 'delivered', 'bounced', 'complained', 'unknown')) stored,
  add column provider_key text generated always as
    (case when provider_id !~ '^<[0-9a-f]{32}@' then provider_id end) stored;
-- What is due is asked for by channel: what waits for another one, which may have no room for days, is never read.
create index deliveries_due on campaigns.deliveries (campaign, channel, due_at, id) where waiting;
create index deliveries_deferred on campaigns.deliveries (due_at) where put_off;
create index deliveries_identifier on campaigns.deliveries (identifier_id);
create index deliveries_provider on campaigns.deliveries (provider_key) where provider_key is not null;
create unique index deliveries_address_once on campaigns.deliveries (campaign, step_key, occurrence, identifier_id) where taken;

-- Room on each page for the versions of a row on its way out.
alter table campaigns.deliveries set (fillfactor = 45);

-- Checked for every row and known already: a claim is written by the transaction that gives it rows, and an address is its
-- enrolment's, or one of its person's that a detour found; identifiers are never deleted.
alter table campaigns.deliveries drop constraint deliveries_claim_id_fkey, drop constraint deliveries_identifier_id_fkey;

-- When messages left is asked of the claims that they left under: sent_at stands in no index. A claim is of one channel.
alter table campaigns.claims add column channel text not null default 'email';
create index claims_claimed on campaigns.claims (claimed_at);

-- The campaigns somebody was ever in.
create index enrolments_person on campaigns.enrolments (person_id);
