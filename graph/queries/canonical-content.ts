import type { Queryable } from '#kernel/db.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { ProductRow, DocumentRow, ChunkRow, FactRow, OfferRow } from '../changes/content.ts'
import {
  buriedNames,
  buriedRows,
  changed,
  heardBy,
  idAfter,
  rowsOf,
  touched,
  type Found,
  type Page,
} from './canonical.ts'

// What there is to say: products, offers, texts, facts. `found` is null of a thing that nobody speaks of any more.

/** What a product goes by in the graph: what order lines, facts and events call it. */
const productKey = (p: Sql): Sql => sql`coalesce(${p}.sku, ${p}.external_id) collate "C"`

/**
 * Products that changed, that a new text names, or that the house reckons otherwise about; of two rows with one key the
 * newer one speaks. A product that people bought with others is one though no catalogue knows it.
 */
export const products = (db: Queryable, page: Page): Promise<Found<ProductRow>[]> =>
  db.query<Found<ProductRow>>(sql`
  with ${touched(page, {
    own: [
      sql`select distinct ${productKey(sql`p`)} as key from ingest.products p
        where ${changed(sql`p`, page)} and ${productKey(sql`p`)} > ${page.after}`,
      sql`select distinct b.product as key from graph.co_purchases b
        where ${changed(sql`b`, page)} and b.product > ${page.after}`,
    ],
    drawnIn: [
      sql`select distinct ${productKey(sql`p`)} as key from ingest.chunks c
        join ingest.products p on c.search @@ ingest.named_by(p.title)
        where ${changed(sql`c`, page)} and ${productKey(sql`p`)} > ${page.after}`,
      buriedNames('product', page),
    ],
  })},
  chosen as (
    select distinct on (page.key) page.key, p.id, p.title, p.type, p.price_minor, p.currency, p.url, p.tags, p.record_id,
      (select jsonb_agg(jsonb_build_object('other', b.other, 'people', b.people, 'support', b.support,
        'confidence', b.confidence, 'lift', b.lift) order by b.other)
        from graph.co_purchases b where b.product = page.key and not b.gone) as bought
    from page left join ingest.products p on ${productKey(sql`p`)} = page.key
    order by page.key, p.id desc)
  select p.key, p.id is not null or p.bought is not null or null as found, p.title, p.type,
    p.price_minor as "priceMinor", p.currency, p.url, coalesce(p.tags, '{}') as tags, coalesce(p.bought, '[]') as bought,
    p.record_id as "recordId", heard."runId",
    array(select c.id from ingest.chunks c
      where numnode(ingest.named_by(p.title)) > 0 and c.search @@ ingest.named_by(p.title) order by c.id) as chunks
  from chosen p ${heardBy(sql`p.record_id`)} order by p.key`)

/** A version of a text is a row of its own: the house heard of it with the very record that brought it. */
const versionOf = sql`r.run_id as "runId", r.received_at as "recordedAt"`

/** A document written anew under one id is a newer version of it. */
export const documents = (db: Queryable, page: Page): Promise<Found<DocumentRow>[]> =>
  db.query<Found<DocumentRow>>(sql`
  with ${touched(page, {
    own: [rowsOf(sql`ingest.documents`, page)],
    drawnIn: [
      sql`select distinct t.document_id as key from ingest.document_topics t
        where ${changed(sql`t`, page)} and t.document_id > ${idAfter(page)}`,
      buriedRows('document', page),
    ],
  })}
  select page.key, d.id is not null or null as found, d.title, d.uri, d.language, d.valid_from as "validFrom",
    d.valid_to as "validTo", d.end_recorded_at as "endRecordedAt", d.record_id as "recordId", ${versionOf},
    array(select t.topic from ingest.document_topics t where t.document_id = d.id order by t.topic collate "C") as topics
  from page left join ingest.documents d on d.id = page.key left join ingest.records r on r.id = d.record_id
  order by page.key`)

/** Chunks hold as long as their document does. */
export const chunks = (db: Queryable, page: Page): Promise<Found<ChunkRow>[]> =>
  db.query<Found<ChunkRow>>(sql`
  with ${touched(page, {
    own: [rowsOf(sql`ingest.chunks`, page)],
    drawnIn: [
      sql`select c.id as key from ingest.documents d join ingest.chunks c on c.document_id = d.id
        where ${changed(sql`d`, page)} and c.id > ${idAfter(page)}`,
      buriedRows('chunk', page),
    ],
  })}
  select page.key, c.id is not null or null as found, c.heading, c.ordinal, c.document_id as "documentId",
    d.valid_from as "validFrom", d.valid_to as "validTo", d.end_recorded_at as "endRecordedAt",
    d.record_id as "recordId", ${versionOf}
  from page left join ingest.chunks c on c.id = page.key left join ingest.documents d on d.id = c.document_id
  left join ingest.records r on r.id = d.record_id order by page.key`)

export const facts = (db: Queryable, page: Page): Promise<Found<FactRow>[]> =>
  db.query<Found<FactRow>>(sql`
  with ${touched(page, { own: [rowsOf(sql`ingest.facts`, page)], drawnIn: [buriedRows('fact', page)] })}
  select page.key, f.id is not null or null as found, f.subject, f.predicate, f.statement, f.document_id as "documentId",
    f.valid_from as "validFrom", f.valid_to as "validTo", f.recorded_at as "recordedAt",
    f.end_recorded_at as "endRecordedAt", f.record_id as "recordId", r.run_id as "runId"
  from page left join ingest.facts f on f.id = page.key left join ingest.records r on r.id = f.record_id
  order by page.key`)

/** Facts that state what a product costs, in its own currency (price) or another (price-usd). */
export const offers = (db: Queryable, page: Page): Promise<Found<OfferRow>[]> =>
  db.query<Found<OfferRow>>(sql`
  with ${touched(page, { own: [rowsOf(sql`ingest.facts`, page)], drawnIn: [buriedRows('fact', page)] })}
  select page.key, f.id is not null or null as found, f.product, f.statement, f.value, f.valid_from as "validFrom",
    f.valid_to as "validTo", f.recorded_at as "recordedAt", f.end_recorded_at as "endRecordedAt",
    f.record_id as "recordId", r.run_id as "runId"
  from page left join (
    select o.*, substr(o.subject, 9) as product from ingest.facts o
    where o.subject like 'product:_%' and o.predicate ~ '^price(-[a-z]{3})?$') f on f.id = page.key
  left join ingest.records r on r.id = f.record_id
  order by page.key`)
