-- What a message was by the channel it went by before a detour: a late word of that channel is about it.
alter table campaigns.detours
  add column from_state text not null default 'failed',
  add column from_provider_id text,
  add column from_release_hash text;
alter table campaigns.detours alter column from_state drop default;
create index detours_provider on campaigns.detours (from_provider_id) where from_provider_id is not null;

-- Who fits the rule that a campaign lets people in by, by what no merge and no unmerge changes: their identifiers.
create table campaigns.fitting_identifiers (
  campaign text not null,
  identifier_id uuid not null,
  primary key (campaign, identifier_id)
);
insert into campaigns.fitting_identifiers (campaign, identifier_id)
  select f.campaign, p.identifier_id from campaigns.fitting f join ingest.people p on p.person_id = f.person_id;
drop table campaigns.fitting;
-- Who was merged since the last look is missing here: the next look only learns who fits, and lets nobody in.
delete from campaigns.listeners where hears = 'fitting';
alter table campaigns.fitting_identifiers rename to fitting;
alter table campaigns.fitting rename constraint fitting_identifiers_pkey to fitting_pkey;

-- Mails taken from a mailbox that keeps no mark of it. A mail is named by the validity of its mailbox and its number there;
-- the mailbox by a digest.
create table campaigns.taken_mails (
  mailbox text not null,
  mail text not null,
  primary key (mailbox, mail)
);

-- When a mailbox that reports come to was looked through last, and when that last went well. fault: why it did not.
create table campaigns.mailbox_looks (
  mailbox text primary key,
  looked_at timestamptz not null,
  answered_at timestamptz,
  fault text
);
