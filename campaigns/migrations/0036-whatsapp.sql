-- WhatsApp: the templates as Meta keeps them, how far the number is, and what Meta tells of each message.

-- status and category as Meta says them, in small letters; `proposed`: asked for, and not seen in Meta's list yet, `gone`: no
-- longer in it. accepted_category: what was asked for, or a person said yes to since; while Meta says another one the
-- template is held. content_hash: the approved copy it was made of; of templates made elsewhere there is none. fills: of each
-- variable of header and body, the number of the copy's slot that fills it.
create table campaigns.whatsapp_templates (
  account text not null,
  name text not null,
  language text not null,
  meta_id text,
  status text not null,
  category text not null,
  accepted_category text not null,
  quality text not null,
  rejected_for text,
  components jsonb not null,
  fills jsonb,
  content_hash text,
  proposed_by text,
  proposed_at timestamptz,
  looked_at timestamptz not null,
  primary key (account, name, language),
  check ((content_hash is null) = (proposed_by is null) and (content_hash is null) = (proposed_at is null)
    and (content_hash is null) = (fills is null))
);
create unique index whatsapp_templates_content on campaigns.whatsapp_templates (account, content_hash)
  where content_hash is not null;

-- A number that messages leave from. most_a_day: people its portfolio may begin to write to in 24 hours, null: as many as
-- there are. step: the day of the ramp of a new number. told_at: the stop that people were last written to about.
create table campaigns.whatsapp_numbers (
  id text primary key,
  account text not null,
  shown text not null,
  name text not null,
  status text not null,
  quality text not null,
  most_a_day integer,
  step integer not null check (step between 1 and 14),
  clean_days integer not null check (clean_days >= 0),
  on_day date not null,
  graduated text,
  told_at timestamptz,
  looked_at timestamptz not null
);

-- A message's place in its day, from before it leaves; one that certainly did not leave has none. opens: it was written
-- first, outside of an open conversation, which is what portfolios are limited in.
create table campaigns.whatsapp_places (
  delivery_id uuid primary key references campaigns.deliveries (id),
  identifier_id uuid not null,
  number_id text not null,
  opens boolean not null,
  placed_at timestamptz not null
);
create index whatsapp_places_recent on campaigns.whatsapp_places (number_id, placed_at);
create index whatsapp_places_reader on campaigns.whatsapp_places (identifier_id, placed_at);

-- What Meta said of a reader: not to be written to until then, or that no conversation was open at that moment.
create table campaigns.whatsapp_readers (
  identifier_id uuid primary key,
  rest_until timestamptz,
  rest_why text,
  closed_at timestamptz,
  check ((rest_until is null) = (rest_why is null))
);

-- The furthest that Meta told of a message: sent, failed, delivered, read, in this order, whatever order it came in. category
-- and billable: how it is paid for.
create table campaigns.whatsapp_messages (
  id text primary key,
  delivery_id uuid,
  furthest text not null check (furthest in ('sent', 'failed', 'delivered', 'read')),
  told_at timestamptz not null,
  category text,
  billable boolean,
  error_code integer
);
create index whatsapp_messages_told on campaigns.whatsapp_messages (told_at);
