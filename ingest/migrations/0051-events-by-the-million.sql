-- An event is written for each message that leaves and each click that comes: whom it names is asked once for a statement,
-- and not row by row with a lock on each. What a foreign key refused is refused as before, with the same code; only two
-- transactions at once could get past it, one that names an identifier and one that deletes it, and the house deletes none
-- (see 0041).
alter table ingest.events drop constraint events_identifier_id_fkey;

create function ingest.events_identifier_id_known() returns trigger language plpgsql set enable_seqscan = off as $check$
begin
  if exists (select from fresh where not exists (
      select from ingest.identifiers known where known.id = fresh.identifier_id offset 0)) then
    raise foreign_key_violation using message = 'insert or update on ingest.events names one of ingest.identifiers (identifier_id) that is not there';
  end if;
  return null;
end $check$;
create trigger events_identifier_id_known after insert on ingest.events referencing new table as fresh
  for each statement execute function ingest.events_identifier_id_known();
create trigger events_identifier_id_still_known after update on ingest.events referencing new table as fresh
  for each statement execute function ingest.events_identifier_id_known();

create function ingest.events_identifier_id_named() returns trigger language plpgsql set enable_seqscan = off as $check$
begin
  if exists (select from gone where exists (
      select from ingest.events naming where naming.identifier_id = gone.id offset 0)) then
    raise foreign_key_violation using message = 'ingest.events still names it (identifier_id)';
  end if;
  return null;
end $check$;
create trigger events_identifier_id_named after delete on ingest.identifiers referencing old table as gone
  for each statement execute function ingest.events_identifier_id_named();
