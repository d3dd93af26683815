-- Where rows come by the million, whether what they name is there is asked once for a statement, and not row by row: the
-- seven questions that one contact raised took a third of the time of its import, and each locked a row besides. What a
-- foreign key refused is refused as before, with the same code; only two transactions at once could get past it, one that
-- names an identifier and one that deletes it, and the house deletes none.
do $$
declare
  reference text[];
  child text;
  field text;
  parent text;
  words text;
begin
  foreach reference slice 1 in array array[
    ['links', 'left_id', 'identifiers'], ['links', 'right_id', 'identifiers'], ['profiles', 'identifier_id', 'identifiers'],
    ['consents', 'identifier_id', 'identifiers'], ['memberships', 'identifier_id', 'identifiers'],
    ['edges', 'left_id', 'identifiers'], ['edges', 'right_id', 'identifiers'], ['records', 'run_id', 'runs']] loop
    child := reference[1]; field := reference[2]; parent := reference[3];
    words := format('insert or update on ingest.%s names one of ingest.%s (%s) that is not there', child, parent, field);
    execute format('alter table ingest.%I drop constraint %I', child, child || '_' || field || '_fkey');
    -- An offset keeps the planner from reading the whole of the other table for a handful of rows.
    execute format('create function ingest.%I() returns trigger language plpgsql set enable_seqscan = off as $check$
      begin
        if exists (select from fresh where not exists (select from ingest.%I known where known.id = fresh.%I offset 0)) then
          raise foreign_key_violation using message = %L;
        end if;
        return null;
      end $check$', child || '_' || field || '_known', parent, field, words);
    execute format('create trigger %I after insert on ingest.%I referencing new table as fresh
      for each statement execute function ingest.%I()', child || '_' || field || '_known', child, child || '_' || field || '_known');
    execute format('create function ingest.%I() returns trigger language plpgsql set enable_seqscan = off as $check$
      begin
        if exists (select from gone where exists (select from ingest.%I naming where naming.%I = gone.id offset 0)) then
          raise foreign_key_violation using message = %L;
        end if;
        return null;
      end $check$', child || '_' || field || '_named', child, field, format('ingest.%s still names it (%s)', child, field));
    execute format('create trigger %I after delete on ingest.%I referencing old table as gone
      for each statement execute function ingest.%I()', child || '_' || field || '_named', parent, child || '_' || field || '_named');
  end loop;
end $$;

-- The only one of these rows that may come to name another.
create trigger consents_identifier_id_still_known after update on ingest.consents referencing new table as fresh
  for each statement execute function ingest.consents_identifier_id_known();
