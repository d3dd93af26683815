import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { anIdentifier, uuid } from './canonical-rows.ts'

export const start = new Date('2026-03-20T00:00:00Z')
export const dayMs = 86_400_000
export const daysAgo = (days: number): Date => new Date(start.getTime() - days * dayMs)

export const person = (nth: number): string => uuid('per', nth)

export async function aDeed(
  db: Queryable,
  nth: number,
  deed: { identifier: number; kind: string; at: Date; machine?: string },
): Promise<void> {
  const by = await anIdentifier(db, deed.identifier)
  const properties = deed.machine === undefined ? {} : { machine: deed.machine }
  await db.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, properties)
    values (${uuid('evt', nth)}, 'test', ${`e${nth}`}, ${deed.kind}, ${by}, ${deed.at}, ${deed.at}, ${properties})
    on conflict (source, external_id) do update set kind = excluded.kind, occurred_at = excluded.occurred_at`)
}
