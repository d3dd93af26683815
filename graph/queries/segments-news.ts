import { joined, sql, type Sql } from '#kernel/sql.ts'

// What changed since a watermark, for whoever keeps something up to date person by person. A watermark is a transaction
// number below which every transaction had ended: all that was committed since carries it or a greater one.

// A number that this cluster has not reached is of another one, before a restore, and no news.

const since = (alias: Sql, watermark: string): Sql =>
  sql`${alias}.changed >= ${watermark}::xid8 and ${alias}.changed < pg_snapshot_xmax(pg_current_snapshot())`

/** People whose own rows changed, as the canonical tables name them now, or of whom it is known that a row went. */
const ownRows = (watermark: string): Sql => {
  const through = (table: Sql): Sql =>
    sql`select p.person_id from ${table} r join ingest.people p using (identifier_id) where ${since(sql`r`, watermark)}`
  const tables = [sql`ingest.profiles`, sql`ingest.orders`, sql`ingest.events`, sql`ingest.consents`]
  return joined(
    [
      sql`select m.person_id from ingest.memberships m where ${since(sql`m`, watermark)}`,
      sql`select t.row_id from ingest.tombstones t where t.kind = 'person' and ${since(sql`t`, watermark)}`,
      ...tables.map(through),
      sql`select p.person_id from ingest.adjustments a
        join ingest.orders o on o.source = a.source and o.external_id = a.order_external_id
        join ingest.people p on p.identifier_id = o.identifier_id where ${since(sql`a`, watermark)}`,
    ],
    ' union ',
  )
}

/** People who did something or of whom something was learnt: what their scores are made of. */
export const peopleWithNews = (watermark: string, limit: number): Sql => sql`
  select person_id as id from (${ownRows(watermark)}) touched order by person_id limit ${limit}`

/** The same, and people of whom the house reckons differently, or who came into a segment or left one. */
export const peopleWithNewsOrScores = (watermark: string, limit: number): Sql => sql`
  select person_id as id from (
    ${ownRows(watermark)}
    union select s.person_id from graph.scores s where ${since(sql`s`, watermark)}
    union select m.person_id from graph.segment_members m where ${since(sql`m`, watermark)}
  ) touched order by person_id limit ${limit}`

const any = (tables: readonly Sql[], watermark: string): Sql =>
  joined(
    tables.map((table) => sql`exists (select from ${table} r where ${since(sql`r`, watermark)})`),
    ' or ',
  )

export type News = { products: boolean; anything: boolean }

const isGone = (kinds: readonly string[], watermark: string): Sql =>
  sql`exists (select from ingest.tombstones t where ${since(sql`t`, watermark)} and t.kind = any(${[...kinds]}))`

/** Whether products changed, or anything that no person owns. */
export const newsSince = (watermark: string): Sql => sql`
  select ${any([sql`ingest.products`], watermark)} or ${isGone(['product'], watermark)} as products,
    ${any(everybodys, watermark)} as anything`

const everybodys = [
  sql`ingest.tombstones`, sql`ingest.products`, sql`ingest.costs`, sql`ingest.documents`, sql`ingest.document_topics`,
  sql`ingest.chunks`, sql`ingest.facts`, sql`graph.segments`, sql`graph.co_purchases`,
] // prettier-ignore

/** Whether money came, went back or changed hands. */
export const purchasesChanged = (watermark: string): Sql => sql`
  select ${any([sql`ingest.orders`, sql`ingest.adjustments`, sql`ingest.memberships`], watermark)}
    or ${isGone(['order', 'person'], watermark)} as news`
