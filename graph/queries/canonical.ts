import { joined, sql, type Sql } from '#kernel/sql.ts'

/**
 * A page of what changed. `since` is the watermark (a transaction id; '0' for everything), `after` the last key of the
 * page before. Pages go by key: a row that changes meanwhile is simply read again by the next projection.
 */
export type Page = { since: string; after: string; limit: number }

/** A row as it is said, or only the key of a thing that nobody speaks of any more. */
export type Found<Row> = (Row & { found: true }) | { key: string; found: null }

const noId = '00000000-0000-0000-0000-000000000000'

/** The last key of the page before, for things whose key is a UUID. */
export const idAfter = ({ after }: Page): string => (after === '' ? noId : after)

export const isAll = ({ since }: Page): boolean => since === '0'

/** Whether a row is new since the watermark. A number that this cluster has not reached is of another, before a restore. */
export const changed = (alias: Sql, page: Page): Sql =>
  isAll(page)
    ? sql`true`
    : sql`${alias}.changed >= ${page.since}::xid8 and ${alias}.changed < pg_snapshot_xmax(pg_current_snapshot())`

/**
 * The keys of a page, as `page (key)`: of a thing's own rows that changed, and of what changes of other rows draw in,
 * which a reading of everything need not look for. Each part names keys after the page before.
 */
export function touched(page: Page, { own, drawnIn }: { own: readonly Sql[]; drawnIn: readonly Sql[] }): Sql {
  const parts = (isAll(page) ? own : [...own, ...drawnIn]).map((part) => sql`(${part} order by 1 limit ${page.limit})`)
  return sql`page as (
    select key from (${joined(parts, ' union ')}) touched order by key limit ${page.limit})`
}

/** Rows of a table that is its own thing. */
export const rowsOf = (table: Sql, page: Page): Sql =>
  sql`select t.id as key from ${table} t where ${changed(sql`t`, page)} and t.id > ${idAfter(page)}`

/** Things with an id that a row spoke of and does no longer. */
export const buriedRows = (kind: string, page: Page): Sql => sql`
  select distinct t.row_id as key from ingest.tombstones t
  where ${changed(sql`t`, page)} and t.kind = ${kind} and t.row_id > ${idAfter(page)}`

/** Things with a name that a row spoke of and does no longer. */
export const buriedNames = (kind: string, page: Page): Sql => sql`
  select distinct t.key from ingest.tombstones t
  where ${changed(sql`t`, page)} and t.kind = ${kind} and t.key > ${page.after}`

/** Joins, as `heard`, the run of a record and when the first version of what it says was received. */
export const heardBy = (recordId: Sql): Sql => sql`left join lateral (
  select r.run_id as "runId", case when r.version = 1 then r.received_at else (
    select min(first.received_at) from ingest.records first
    where first.source = r.source and first.kind = r.kind and first.external_id = r.external_id) end as "recordedAt"
  from ingest.records r where r.id = ${recordId}) heard on true`

/** Every transaction below it has ended: what a later one commits carries this number or a greater one. */
export const watermarkNow = (): Sql => sql`select pg_snapshot_xmin(pg_current_snapshot())::text as watermark`

/** Whether a watermark lies ahead of this database: then it was taken of another one (a restored backup). */
export const isAhead = (watermark: string): Sql => sql`
  select ${watermark}::xid8 > pg_snapshot_xmax(pg_current_snapshot()) as ahead`
