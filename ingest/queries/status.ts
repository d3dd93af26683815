import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import type { RunRow } from './runs.ts'

export type LastRun = Omit<RunRow, 'place' | 'headers'> & { advancedAt: Date | null }

/** What the house did with rows it had already is no run of a source. */
const ofSources = sql`input not in ('quarantine', 'correction')`

/** The last run of each source and each stream of it (an API's lists; what is sent to us; all files are one). */
export function lastRuns(db: Queryable): Promise<LastRun[]> {
  return db.query<LastRun>(sql`
    select distinct on (source, case when input like 'api:%' or input like 'push:%' then input else '' end)
      id, source, input, state, started_at as "startedAt", finished_at as "finishedAt", advanced_at as "advancedAt",
      received, accepted, unchanged, quarantined, problem
    from ingest.runs where ${ofSources}
    order by source, case when input like 'api:%' or input like 'push:%' then input else '' end, seq desc`)
}

/** When the last runs that brought something new did so, newest first: at most so many of each source. */
export function arrivals(db: Queryable, most: number): Promise<{ source: string; at: Date }[]> {
  return db.query<{ source: string; at: Date }>(sql`
    select source, at from (
      select source, coalesce(advanced_at, finished_at, started_at) as at,
        row_number() over (partition by source order by coalesce(advanced_at, finished_at, started_at) desc) as nth
      from ingest.runs where ${ofSources} and accepted > 0) as brought
    where nth <= ${most} order by source, at desc`)
}

/** The newest moment that the rows of each source tell of. */
export function newestMoments(db: Queryable): Promise<{ source: string; at: Date }[]> {
  return db.query<{ source: string; at: Date }>(sql`
    select source, max(newest_at) as at from ingest.runs where newest_at is not null group by source`)
}
