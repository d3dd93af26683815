-- An import spends most of its time finding where a key belongs. What tells two keys apart comes first, and is compared
-- byte by byte, whatever language the database sorts by: of source and kind nearly all rows have the same.
alter table ingest.identifiers drop constraint identifiers_kind_value_key,
  alter column kind type text collate "C", alter column value type text collate "C",
  add constraint identifiers_value_kind_key unique (value, kind);
-- Those who write to the bot are counted.
create index identifiers_telegram on ingest.identifiers (id) where kind = 'telegram';

alter table ingest.records drop constraint records_source_kind_external_id_version_key,
  alter column external_id type text collate "C",
  add constraint records_external_id_key unique (external_id, kind, source, version);

alter table ingest.consents drop constraint consents_source_external_id_key,
  alter column external_id type text collate "C",
  add constraint consents_external_id_key unique (external_id, source);

-- A statement of thousands of rows names one run, and each identifier that is tied several times.
do $$
declare
  reference text[];
begin
  foreach reference slice 1 in array array[['records', 'run_id', 'runs'], ['links', 'left_id', 'identifiers']] loop
    execute format('create or replace function ingest.%I() returns trigger language plpgsql set enable_seqscan = off as $check$
      begin
        if exists (select from (select distinct %I as id from fresh) named
          where not exists (select from ingest.%I known where known.id = named.id offset 0)) then
          raise foreign_key_violation using message = %L;
        end if;
        return null;
      end $check$', reference[1] || '_' || reference[2] || '_known', reference[2], reference[3],
      format('insert or update on ingest.%s names one of ingest.%s (%s) that is not there', reference[1], reference[3], reference[2]));
  end loop;
end $$;
