import { joined, sql, type Sql } from '#kernel/sql.ts'

/** When the house heard of a row that changed; null where the row does not say. */
const heardOf: readonly (readonly [table: Sql, at: Sql])[] = [
  [sql`ingest.memberships`, sql`greatest(t.since, t.until)`],
  [sql`ingest.profiles`, received(sql`t.record_id`)],
  [sql`ingest.events`, sql`t.recorded_at`],
  [sql`ingest.orders`, received(sql`t.record_id`)],
  [sql`ingest.adjustments`, received(sql`t.record_id`)],
  [sql`ingest.consents`, sql`coalesce(${received(sql`t.record_id`)}, t.occurred_at)`],
  [sql`ingest.products`, received(sql`t.record_id`)],
  [sql`ingest.costs`, received(sql`t.record_id`)],
  [sql`ingest.documents`, sql`greatest(${received(sql`t.record_id`)}, t.end_recorded_at)`],
  [sql`ingest.chunks`, sql`null::timestamptz`],
  [sql`ingest.document_topics`, sql`null::timestamptz`],
  [sql`ingest.facts`, sql`greatest(t.recorded_at, t.end_recorded_at)`],
  [sql`ingest.tombstones`, sql`null::timestamptz`],
  [sql`graph.segments`, sql`greatest(t.created_at, t.retired_at)`],
  [sql`graph.segment_members`, sql`greatest(t.since, t.until)`],
  [sql`graph.scores`, sql`t.computed_at`],
  [sql`graph.co_purchases`, sql`null::timestamptz`],
]

function received(recordId: Sql): Sql {
  return sql`(select r.received_at from ingest.records r where r.id = ${recordId})`
}

/** How many rows changed since a watermark, and when the house heard of the first of those that say. */
export const changesSince = (watermark: string): Sql => sql`
  select sum(changes)::bigint as changes, min(oldest) as oldest from (${joined(
    heardOf.map(
      ([table, at]) =>
        sql`select count(*) as changes, min(${at}) as oldest from ${table} t where t.changed >= ${watermark}::xid8`,
    ),
    ' union all ',
  )}) tables`
