-- How often a worker stopped while it held a row: a row that stops whoever prepares it must not stop its campaign.
alter table campaigns.deliveries add column stops smallint not null default 0;
