-- What people did, as campaigns listen for it and count it: events, and paid orders under the name of order_paid. Orders
-- keep being rows of their own: whoever shows or weighs both reads both.
create view ingest.deeds as
  select id, source, kind, identifier_id, occurred_at, campaign_ref, properties, changed from ingest.events
  union all
  select id, source, 'order_paid', identifier_id, ordered_at, null,
    jsonb_build_object('order', external_id, 'kind', kind, 'currency', currency, 'grossMinor', gross_minor), changed
  from ingest.orders where status = 'paid';
