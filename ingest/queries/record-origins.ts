import type { Queryable } from '#kernel/db.ts'
import type { RecordId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { Place } from '../source.ts'

/** Where a source record stood, without a word of what it says. */
export type RecordOrigin = {
  id: RecordId
  source: string
  kind: string
  version: number
  input: string
  place: Place
  receivedAt: Date
}

/** The origins of these records, newest first. */
export const recordOrigins = (db: Queryable, ids: readonly string[]): Promise<RecordOrigin[]> =>
  db.query<RecordOrigin>(sql`
    select r.id, r.source, r.kind, r.version, run.input, r.place, r.received_at as "receivedAt"
    from ingest.records r join ingest.runs run on run.id = r.run_id
    where r.id = any(${ids}::uuid[]) order by r.received_at desc, r.id desc`)
