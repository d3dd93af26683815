-- told: the transaction that last changed what campaigns hear of an order. A shop tells an order anew for whatever else it
-- learns of it, such as a refund half a year later: the row changes, and nobody did anything.
-- Before the table, as whoever reads by it takes them.
drop view ingest.deeds;
alter table ingest.orders add column told xid8;
alter table ingest.orders disable trigger orders_note_change;
update ingest.orders set told = changed;
alter table ingest.orders enable trigger orders_note_change;
alter table ingest.orders alter column told set default pg_current_xact_id(), alter column told set not null;
create index orders_told on ingest.orders (told);

create function ingest.note_told() returns trigger language plpgsql as $$
begin
  new.told := pg_current_xact_id();
  return new;
end $$;
create trigger orders_note_told before update on ingest.orders for each row
  when ((new.identifier_id, new.ordered_at, new.status, new.kind, new.currency, new.gross_minor)
    is distinct from (old.identifier_id, old.ordered_at, old.status, old.kind, old.currency, old.gross_minor))
  execute function ingest.note_told();

create view ingest.deeds as
  select id, source, kind, identifier_id, occurred_at, campaign_ref, properties, changed from ingest.events
  union all
  select id, source, 'order_paid', identifier_id, ordered_at, null,
    jsonb_build_object('order', external_id, 'kind', kind, 'currency', currency, 'grossMinor', gross_minor), told
  from ingest.orders where status = 'paid';
