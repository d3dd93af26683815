-- A row of the ledger is written over three times on its way out: by the claim, as `sending`, by the answer. A claim under way may
-- still see what they replaced, so that it cannot be cleared yet: with room for all of it on the page, `sending` and the
-- answer touch no index (docs/send-speed.md). Versions to come take what is free; the ledger grows by a third.
alter table campaigns.deliveries set (fillfactor = 22);

-- Then the row stands. Cleared whenever a fifth is dead, the ledger was read whole, with its seven indexes, four times while a
-- million left; now it is when as much is dead as lives.
alter table campaigns.deliveries set (autovacuum_vacuum_scale_factor = 1);

-- Whoever is compared first tells rows apart; the campaign and the step are the same for all that leave together.
drop index campaigns.deliveries_address_once;
create unique index deliveries_address_once on campaigns.deliveries (identifier_id, campaign, step_key, occurrence) where taken;
