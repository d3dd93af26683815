import { sql, type Sql } from '#kernel/sql.ts'

/**
 * A page of what changed. `since` is the watermark (a transaction id; '0' for everything), `after` the last key of the
 * page before. Pages go by key: a row that changes meanwhile is simply read again by the next projection.
 */
export type Page = { since: string; after: string; limit: number }

const noId = '00000000-0000-0000-0000-000000000000'
const idAfter = ({ after }: Page): string => (after === '' ? noId : after)
const changed = (alias: Sql, { since }: Page): Sql => sql`${alias}.changed >= ${since}::xid8`

/** Rows drawn in by a change elsewhere; a rebuild, which takes all, need not look for them. */
const drawnIn = ({ since }: Page): Sql => sql`${since !== '0'}::boolean`

const run = (recordId: Sql): Sql => sql`(select r.run_id from ingest.records r where r.id = ${recordId}) as "runId"`

/** Every transaction below it has ended: what a later one commits carries this number or a greater one. */
export const watermarkNow = (): Sql => sql`select pg_snapshot_xmin(pg_current_snapshot())::text as watermark`

/** Whether a watermark lies ahead of this database: then it was taken of another one (a restored backup). */
export const isAhead = (watermark: string): Sql => sql`
  select ${watermark}::xid8 > pg_snapshot_xmax(pg_current_snapshot()) as ahead`

/** People whose members or profiles changed, with all their profiles; without identifiers they are gone. */
export const people = (page: Page): Sql => sql`
  with touched as (
    (select distinct m.person_id from ingest.memberships m
      where ${changed(sql`m`, page)} and m.person_id > ${idAfter(page)} order by m.person_id limit ${page.limit})
    union
    (select distinct m.person_id from ingest.profiles f join ingest.people m using (identifier_id)
      where ${drawnIn(page)} and ${changed(sql`f`, page)} and m.person_id > ${idAfter(page)}
      order by m.person_id limit ${page.limit})),
  page as (select person_id from touched order by person_id limit ${page.limit})
  select page.person_id as key, count(m.identifier_id) as identifiers,
    coalesce(bool_and(i.kind = 'device'), false) as visitor,
    coalesce(jsonb_agg(jsonb_build_object('identifierId', f.identifier_id, 'source', f.source, 'recordId', f.record_id,
      'createdAt', f.created_at, 'updatedAt', f.updated_at, 'values', jsonb_build_object('givenName', f.given_name,
        'familyName', f.family_name, 'city', f.city, 'country', f.country, 'language', f.language, 'zone', f.zone,
        'lifecycle', f.lifecycle, 'channel', f.channel)) order by f.updated_at desc, f.identifier_id)
      filter (where f.identifier_id is not null), '[]') as profiles
  from page
  left join ingest.people m on m.person_id = page.person_id
  left join ingest.identifiers i on i.id = m.identifier_id
  left join ingest.profiles f on f.identifier_id = m.identifier_id
  group by page.person_id order by page.person_id`

/** Identifiers whose membership or profile changed, with their person. */
export const identifiers = (page: Page): Sql => sql`
  with touched as (
    (select distinct m.identifier_id as id from ingest.memberships m
      where ${changed(sql`m`, page)} and m.identifier_id > ${idAfter(page)} order by 1 limit ${page.limit})
    union
    (select f.identifier_id from ingest.profiles f
      where ${changed(sql`f`, page)} and f.identifier_id > ${idAfter(page)} order by 1 limit ${page.limit})),
  page as (select id from touched order by id limit ${page.limit})
  select page.id as key, i.kind, i.value, m.person_id as "personId", f.record_id as "recordId", ${run(sql`f.record_id`)}
  from page join ingest.identifiers i on i.id = page.id
  left join ingest.people m on m.identifier_id = page.id
  left join ingest.profiles f on f.identifier_id = page.id
  order by page.id`

/**
 * Orders that changed, or of which something was taken. spentMinor: paid less settled refunds and disputes, at the
 * order's rate, in the business currency; 0 unless paid. Lines of one product are one.
 */
export const orders = (page: Page): Sql => sql`
  with touched as (
    (select o.id from ingest.orders o
      where ${changed(sql`o`, page)} and o.id > ${idAfter(page)} order by o.id limit ${page.limit})
    union
    (select distinct o.id from ingest.adjustments a
      join ingest.orders o on o.source = a.source and o.external_id = a.order_external_id
      where ${drawnIn(page)} and ${changed(sql`a`, page)} and o.id > ${idAfter(page)} order by o.id limit ${page.limit})),
  page as (select id from touched order by id limit ${page.limit})
  select o.id as key, o.source, o.external_id as "externalId", o.kind, o.status, o.currency,
    o.gross_minor as "grossMinor", o.ordered_at as "orderedAt", o.identifier_id as "identifierId",
    o.record_id as "recordId", ${run(sql`o.record_id`)},
    case when o.status = 'paid' then round((o.gross_minor - coalesce((
      select sum(a.amount_minor) from ingest.adjustments a
      where a.source = o.source and a.order_external_id = o.external_id and a.status = 'settled' and a.kind <> 'fee'
    ), 0)) * o.rate_minor) else 0 end::bigint as "spentMinor",
    coalesce((select jsonb_agg(jsonb_build_object('sku', sku, 'quantity', quantity, 'amountMinor', amount) order by sku)
      from (select sku, sum(quantity) as quantity, sum(amount_minor) as amount from ingest.order_lines
        where order_id = o.id and sku is not null group by sku) lines), '[]') as lines
  from page join ingest.orders o on o.id = page.id order by o.id`

export const events = (page: Page): Sql => sql`
  select e.id as key, e.source, e.kind, e.identifier_id as "identifierId", e.occurred_at as "occurredAt", e.channel,
    e.campaign_ref as "campaignRef", e.properties, e.record_id as "recordId", ${run(sql`e.record_id`)}
  from ingest.events e where ${changed(sql`e`, page)} and e.id > ${idAfter(page)} order by e.id limit ${page.limit}`

export const consents = (page: Page): Sql => sql`
  select c.id as key, c.channel, c.state, c.basis, c.identifier_id as "identifierId", c.occurred_at as "occurredAt",
    c.record_id as "recordId", ${run(sql`c.record_id`)}
  from ingest.consents c where ${changed(sql`c`, page)} and c.id > ${idAfter(page)} order by c.id limit ${page.limit}`

/** What a product goes by in the graph: what order lines, facts and events call it. */
const productKey = (p: Sql): Sql => sql`coalesce(${p}.sku, ${p}.external_id) collate "C"`

/** The title up to its first comma, bracket or spaced dash, as a phrase: how a text would name the product. */
const namedBy = (p: Sql): Sql =>
  sql`phraseto_tsquery('english', regexp_replace(${p}.title, '\\s+[-–—|/(].*$|,.*$', ''))`

/** A chunk row is never changed, and carries no mark of its own but the transaction that wrote it. */
const chunkChanged = ({ since }: Page): Sql => sql`age(c.xmin) <= age(${since}::xid8::xid)`

/** Notes what rows go by now, before anything is said under a new name. */
export const noteNames = (page: Pick<Page, 'since'>): Sql => sql`
  insert into graph.names (kind, row_id, name)
  select 'product', p.id, ${productKey(sql`p`)} from ingest.products p where p.changed >= ${page.since}::xid8
  union all
  select 'campaign', c.id, c.campaign_ref from ingest.costs c
    where c.campaign_ref is not null and c.changed >= ${page.since}::xid8
  on conflict do nothing`

/** Names of which a row changed, old ones too. */
const touchedNames = (kind: 'product' | 'campaign', rows: Sql, page: Page): Sql => sql`(
  select distinct n.name as key from ${rows} r join graph.names n on n.kind = ${kind} and n.row_id = r.id
  where ${changed(sql`r`, page)} and n.name > ${page.after} order by 1 limit ${page.limit})`

/**
 * Products that changed, or that a new text names; of two rows with one SKU the newer one speaks, and of a name that no
 * row bears any more the title is null.
 */
export const products = (page: Page): Sql => sql`
  with touched as (
    ${touchedNames('product', sql`ingest.products`, page)}
    union
    (select distinct ${productKey(sql`p`)} from ingest.chunks c join ingest.documents d on d.id = c.document_id
      join ingest.products p on c.search @@ ${namedBy(sql`p`)}
      where ${drawnIn(page)} and (${changed(sql`d`, page)} or ${chunkChanged(page)})
        and ${productKey(sql`p`)} > ${page.after} order by 1 limit ${page.limit})),
  page as (select key from touched order by key limit ${page.limit}),
  chosen as (
    select distinct on (page.key) page.key, p.* from page left join ingest.products p on ${productKey(sql`p`)} = page.key
    order by page.key, p.id desc)
  select p.key, p.title, p.type, p.price_minor as "priceMinor", p.currency, p.url, p.tags,
    p.record_id as "recordId", ${run(sql`p.record_id`)},
    array(select c.id from ingest.chunks c where numnode(${namedBy(sql`p`)}) > 0 and c.search @@ ${namedBy(sql`p`)}
      order by c.id) as chunks
  from chosen p order by p.key`

export const documents = (page: Page): Sql => sql`
  select d.id as key, d.title, d.uri, d.language, d.valid_from as "validFrom", d.valid_to as "validTo",
    d.record_id as "recordId", ${run(sql`d.record_id`)}
  from ingest.documents d where ${changed(sql`d`, page)} and d.id > ${idAfter(page)} order by d.id limit ${page.limit}`

export const chunks = (page: Page): Sql => sql`
  select c.id as key, c.heading, c.ordinal, c.document_id as "documentId", d.valid_from as "validFrom",
    d.valid_to as "validTo", d.record_id as "recordId", ${run(sql`d.record_id`)}
  from ingest.chunks c join ingest.documents d on d.id = c.document_id
  where (${changed(sql`d`, page)} or ${chunkChanged(page)}) and c.id > ${idAfter(page)} order by c.id limit ${page.limit}`

export const facts = (page: Page): Sql => sql`
  select f.id as key, f.subject, f.predicate, f.statement, f.valid_from as "validFrom", f.valid_to as "validTo",
    f.document_id as "documentId", f.record_id as "recordId", ${run(sql`f.record_id`)}
  from ingest.facts f where ${changed(sql`f`, page)} and f.id > ${idAfter(page)} order by f.id limit ${page.limit}`

/** Campaigns that cost something, by the newest name they had; `found` is null when no cost names it any more. */
export const campaigns = (page: Page): Sql => sql`
  with page as (select key from ${touchedNames('campaign', sql`ingest.costs`, page)} touched order by key)
  select page.key, c.campaign_name as name, c.channel, c.record_id as "recordId", ${run(sql`c.record_id`)}, c.found
  from page left join lateral (
    select campaign_name, channel, record_id, true as found from ingest.costs
    where campaign_ref = page.key order by day desc, id desc limit 1) c on true
  order by page.key`
