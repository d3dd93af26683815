-- Copies of a page that are tried beside each other, and the short links of texts.

-- How often each copy of a page was shown to people who could sign up there. One row a copy and lane: visits of one moment
-- do not wait for each other. machines: visits that a program seems to have made.
create table campaigns.page_views (
  page_hash text not null,
  arm text not null,
  lane smallint not null,
  readers bigint not null,
  machines bigint not null,
  primary key (page_hash, arm, lane)
);

-- Readers who are known by their own word, each counted once: a keyed digest that says nothing outside of its page.
create table campaigns.page_readers (
  page_hash text not null,
  reader text not null,
  seen_at timestamptz not null,
  primary key (page_hash, reader)
);

alter table campaigns.sign_ups add column arm text;
create index sign_ups_arm on campaigns.sign_ups (page_hash, arm) where arm is not null;

-- Where a short link leads. Of somebody who may be followed: to a link of their message by a channel, by its number; of all
-- others together: to a page.
create table campaigns.short_links (
  code text primary key,
  delivery_id uuid references campaigns.deliveries (id) on delete cascade,
  channel text,
  link smallint,
  target text,
  check ((delivery_id is null) = (target is not null) and (delivery_id is null) = (link is null)
    and (delivery_id is null) = (channel is null))
);
create index short_links_delivery on campaigns.short_links (delivery_id) where delivery_id is not null;
