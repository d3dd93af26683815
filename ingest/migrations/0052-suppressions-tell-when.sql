-- A suppression too knows the transaction that last changed it: whoever asked about many people a moment ago can ask again
-- only about those of whom something was said since.
alter table ingest.suppressions add column changed xid8 not null default pg_current_xact_id();
create trigger suppressions_note_change before update on ingest.suppressions
  for each row execute function ingest.note_change();
create index suppressions_changed on ingest.suppressions (changed);
