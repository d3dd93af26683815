import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

/** The first and last day on which something was ordered or spent, by the clock of the zone; nulls where nothing was. */
export const recordedDays = (db: Queryable, zone: string): Promise<{ first: string | null; last: string | null }[]> =>
  db.query(sql`
    select least((select (min(ordered_at) at time zone ${zone})::date from ingest.orders), (select min(day) from ingest.costs)) as first,
      greatest((select (max(ordered_at) at time zone ${zone})::date from ingest.orders), (select max(day) from ingest.costs)) as last`)
