-- What the graph reads beside what was there: where people work, what goes by a name of the business, and what is no more.

-- Where somebody works, as their source writes it.
alter table ingest.profiles add column organisation text;
create index profiles_organisation on ingest.profiles (lower(organisation) collate "C") where organisation is not null;

-- Things that several rows speak of go by a name of the business: a delivery, a step, a subscription, a product. What is
-- longer than a name can be (a visitor may write anything into an event) is none.
create index events_delivery on ingest.events ((properties ->> 'deliveryId') collate "C")
  where length(properties ->> 'deliveryId') between 1 and 500;
create index events_step on ingest.events ((campaign_ref || '/' || (properties ->> 'stepKey')) collate "C")
  where length(campaign_ref || '/' || (properties ->> 'stepKey')) between 1 and 500;
create index events_subscription on ingest.events ((source || ':' || (properties ->> 'subscription')) collate "C")
  where length(source || ':' || (properties ->> 'subscription')) between 1 and 500;
create index products_key on ingest.products (coalesce(sku, external_id) collate "C");
create index costs_campaign on ingest.costs (campaign_ref collate "C", day desc, id desc);

-- The title of a product up to its first comma, bracket or spaced dash, as a phrase: how a text would name it.
create function ingest.named_by(title text) returns tsquery language sql immutable parallel safe as $$
  select phraseto_tsquery('english', regexp_replace(title, '\s+[-–—|/(].*$|,.*$', ''))
$$;

-- Things that a row spoke of and speaks of no longer, because it was deleted or goes by another name. Whoever copies the
-- tables reads such a thing anew: somebody else may speak of it, or nobody, and then it is gone. A thing that is a row
-- of its own goes by its id, any other by its name.
create table ingest.tombstones (
  kind text not null,
  row_id uuid,
  key text collate "C",
  changed xid8 not null default pg_current_xact_id(),
  check ((row_id is null) <> (key is null))
);
create index tombstones_changed on ingest.tombstones (changed, kind);

-- A row that is a thing, of the kind that the trigger names.
create function ingest.note_gone() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, row_id) values (tg_argv[0], old.id);
  return null;
end $$;

do $$
declare thing text[];
begin
  foreach thing slice 1 in array array[['identifiers', 'identifier'], ['orders', 'order'], ['events', 'event'],
    ['consents', 'consent'], ['documents', 'document'], ['chunks', 'chunk'], ['facts', 'fact']] loop
    execute format('create trigger %I after delete on ingest.%I for each row execute function ingest.note_gone(%L)',
      thing[1] || '_note_gone', thing[1], thing[2]);
  end loop;
end $$;

-- What somebody did and is another's now, or nobody's: whose it was has news.
create function ingest.note_taken_from() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, row_id)
  select 'person', person_id from ingest.people where identifier_id = old.identifier_id;
  return null;
end $$;

do $$
declare name text;
begin
  foreach name in array array['orders', 'events', 'consents'] loop
    execute format('create trigger %I after delete on ingest.%I for each row execute function ingest.note_taken_from()',
      name || '_taken_away', name);
    execute format('create trigger %I after update on ingest.%I for each row when (old.identifier_id <> new.identifier_id)
      execute function ingest.note_taken_from()', name || '_handed_on', name);
  end loop;
end $$;

create function ingest.note_unsaid_of_event() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, key)
  select kind, key from (values
    ('message', old.properties ->> 'deliveryId'),
    ('step', old.campaign_ref || '/' || (old.properties ->> 'stepKey')),
    ('subscription', old.source || ':' || (old.properties ->> 'subscription'))) said (kind, key)
  where key is not null;
  return null;
end $$;
create trigger events_unsaid after delete on ingest.events
  for each row execute function ingest.note_unsaid_of_event();
create trigger events_renamed after update on ingest.events for each row
  when ((old.source, old.campaign_ref, old.properties -> 'deliveryId', old.properties -> 'stepKey', old.properties -> 'subscription')
    is distinct from (new.source, new.campaign_ref, new.properties -> 'deliveryId', new.properties -> 'stepKey', new.properties -> 'subscription'))
  execute function ingest.note_unsaid_of_event();

create function ingest.note_unsaid_of_profile() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, key)
  select 'organisation', lower(old.organisation) where old.organisation is not null;
  if tg_op = 'DELETE' then
    insert into ingest.tombstones (kind, row_id)
    select 'identifier', old.identifier_id
    union all select 'person', person_id from ingest.people where identifier_id = old.identifier_id;
  end if;
  return null;
end $$;
create trigger profiles_unsaid after delete on ingest.profiles
  for each row execute function ingest.note_unsaid_of_profile();
create trigger profiles_renamed after update on ingest.profiles for each row
  when (old.organisation is distinct from new.organisation) execute function ingest.note_unsaid_of_profile();

create function ingest.note_unsaid_of_membership() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, row_id) values ('identifier', old.identifier_id), ('person', old.person_id);
  return null;
end $$;
create trigger memberships_unsaid after delete on ingest.memberships
  for each row execute function ingest.note_unsaid_of_membership();

create function ingest.note_unsaid_of_adjustment() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, row_id)
  select 'order', id from ingest.orders where source = old.source and external_id = old.order_external_id
  union all
  select 'person', p.person_id from ingest.orders o join ingest.people p using (identifier_id)
    where o.source = old.source and o.external_id = old.order_external_id;
  return null;
end $$;
create trigger adjustments_unsaid after delete on ingest.adjustments
  for each row execute function ingest.note_unsaid_of_adjustment();
create trigger adjustments_renamed after update on ingest.adjustments for each row
  when ((old.source, old.order_external_id) is distinct from (new.source, new.order_external_id))
  execute function ingest.note_unsaid_of_adjustment();

create function ingest.note_unsaid_of_product() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, key) values ('product', coalesce(old.sku, old.external_id));
  return null;
end $$;
create trigger products_unsaid after delete on ingest.products
  for each row execute function ingest.note_unsaid_of_product();
create trigger products_renamed after update on ingest.products for each row
  when (coalesce(old.sku, old.external_id) <> coalesce(new.sku, new.external_id))
  execute function ingest.note_unsaid_of_product();

create function ingest.note_unsaid_of_cost() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, key) select 'campaign', old.campaign_ref where old.campaign_ref is not null;
  return null;
end $$;
create trigger costs_unsaid after delete on ingest.costs
  for each row execute function ingest.note_unsaid_of_cost();
create trigger costs_renamed after update on ingest.costs for each row
  when (old.campaign_ref is distinct from new.campaign_ref) execute function ingest.note_unsaid_of_cost();

-- For the table of topics, which comes with the texts (0012): its document is said anew.
create function ingest.note_unsaid_of_topic() returns trigger language plpgsql as $$
begin
  insert into ingest.tombstones (kind, row_id) values ('document', old.document_id);
  return null;
end $$;

-- Products that a text named which is no more, or reads otherwise now.
-- A statement is looked at as a whole: how a text would name a product is worked out once for each product.
create function ingest.note_unsaid_of_chunks() returns trigger language plpgsql as $$
begin
  if not exists (select from gone) then return null; end if;
  insert into ingest.tombstones (kind, key)
  select 'product', p.key
  from (select coalesce(sku, external_id) as key, ingest.named_by(title) as name from ingest.products offset 0) p
  where exists (select from gone where gone.search @@ p.name);
  return null;
end $$;
create trigger chunks_unsaid after delete on ingest.chunks referencing old table as gone
  for each statement execute function ingest.note_unsaid_of_chunks();
create trigger chunks_reworded after update on ingest.chunks referencing old table as gone
  for each statement execute function ingest.note_unsaid_of_chunks();
