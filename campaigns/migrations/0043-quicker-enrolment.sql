-- People come into a campaign by the million (docs/send-speed.md). Whether what a row names is there is asked once for a
-- statement, and not row by row with a lock on each: see 0041. What a foreign key refused is refused as before, with the
-- same code; neither column is ever changed once it is written.
alter table campaigns.enrolments drop constraint enrolments_identifier_id_fkey;
alter table campaigns.deliveries drop constraint deliveries_enrolment_id_fkey;

-- An offset keeps the planner from reading the whole of the other table for a handful of rows.
create function campaigns.enrolments_identifier_known() returns trigger language plpgsql set enable_seqscan = off as $check$
begin
  if exists (select from fresh where not exists (
      select from ingest.identifiers known where known.id = fresh.identifier_id offset 0)) then
    raise foreign_key_violation using message = 'an enrolment names one of ingest.identifiers that is not there';
  end if;
  return null;
end $check$;
create trigger enrolments_identifier_known after insert on campaigns.enrolments referencing new table as fresh
  for each statement execute function campaigns.enrolments_identifier_known();

create function campaigns.enrolments_identifier_named() returns trigger language plpgsql set enable_seqscan = off as $check$
begin
  if exists (select from gone where exists (
      select from campaigns.enrolments naming where naming.identifier_id = gone.id offset 0)) then
    raise foreign_key_violation using message = 'campaigns.enrolments still names it (identifier_id)';
  end if;
  return null;
end $check$;
create trigger enrolments_identifier_named after delete on ingest.identifiers referencing old table as gone
  for each statement execute function campaigns.enrolments_identifier_named();

create function campaigns.deliveries_enrolment_known() returns trigger language plpgsql set enable_seqscan = off as $check$
begin
  if exists (select from fresh where not exists (
      select from campaigns.enrolments known where known.id = fresh.enrolment_id offset 0)) then
    raise foreign_key_violation using message = 'a delivery names one of campaigns.enrolments that is not there';
  end if;
  return null;
end $check$;
create trigger deliveries_enrolment_known after insert on campaigns.deliveries referencing new table as fresh
  for each statement execute function campaigns.deliveries_enrolment_known();

create function campaigns.deliveries_enrolment_named() returns trigger language plpgsql set enable_seqscan = off as $check$
begin
  if exists (select from gone where exists (
      select from campaigns.deliveries naming where naming.enrolment_id = gone.id offset 0)) then
    raise foreign_key_violation using message = 'campaigns.deliveries still names it (enrolment_id)';
  end if;
  return null;
end $check$;
create trigger deliveries_enrolment_named after delete on campaigns.enrolments referencing old table as gone
  for each statement execute function campaigns.deliveries_enrolment_named();

-- Which rows somebody has is known from indexes alone, of one campaign or of all: nothing in them ever changes but by a
-- merge or a detour, so that a message on its way still writes none of them. What became of a row is read from the row.
drop index campaigns.enrolments_person;
create index enrolments_person on campaigns.enrolments (person_id, campaign);
drop index campaigns.enrolments_identifier;
create index enrolments_identifier on campaigns.enrolments (identifier_id, campaign);
alter table campaigns.deliveries drop constraint deliveries_campaign_person_id_step_key_occurrence_key;
alter table campaigns.deliveries add constraint deliveries_once unique (campaign, person_id, step_key, occurrence) include (id);
drop index campaigns.deliveries_identifier;
create index deliveries_identifier on campaigns.deliveries (identifier_id, campaign) include (id);
