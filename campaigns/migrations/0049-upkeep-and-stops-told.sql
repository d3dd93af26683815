-- What people did for the house that it cannot do or see by itself, by the point of the preflight that asks for it.
create table campaigns.upkeep (
  id uuid primary key,
  point text not null check (point in ('retention', 'backup', 'restore-drill', 'portability')),
  done_at timestamptz not null,
  what text not null,
  noted_by text not null,
  noted_at timestamptz not null
);
create index upkeep_point on campaigns.upkeep (point, done_at desc);

-- When people were written to about a stop.
alter table campaigns.channel_stops add column told_at timestamptz;
alter table campaigns.breakers add column told_at timestamptz;
update campaigns.channel_stops s set told_at = n.told_at from campaigns.whatsapp_numbers n
  where s.channel = 'whatsapp' and s.released_at is null and n.told_at >= s.stopped_at;
alter table campaigns.whatsapp_numbers drop column told_at;
