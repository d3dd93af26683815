import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { newId, type IdentifierId, type RecordId } from '#kernel/ids.ts'
import type { Sql } from '#kernel/sql.ts'
import { upsertEvents, upsertEventsOf } from './queries/events.ts'

/** Something that happened, by whom it was done, and the record it came from (none for what the house did itself). */
export type NewEvent = {
  source: string
  externalId: string
  kind: string
  identifierId: IdentifierId
  occurredAt: Date
  channel?: string | undefined
  campaignRef?: string | undefined
  properties?: Record<string, unknown> | undefined
  recordId?: RecordId | undefined
}

/**
 * Writes events in one statement, once for each (source, external id): the same event again changes nothing, a
 * corrected one replaces what was known. Within one call the last wins.
 * @returns how many rows are new or changed
 */
export async function recordEvents(tx: Tx, clock: Clock, events: readonly NewEvent[]): Promise<{ written: number }> {
  const distinct = [...new Map(events.map((event) => [`${event.source}\n${event.externalId}`, event])).values()]
  if (distinct.length === 0) return { written: 0 }
  const rows = distinct.map((event) => ({ ...event, id: newId<'event'>(clock), properties: event.properties ?? {} }))
  return { written: await upsertEvents(tx, clock(), rows) }
}

/**
 * The same of events that another room's tables hold: they are written without leaving the database.
 * @param rows a statement that gives each event once: `id` (a UUIDv7), `external_id`, `kind`, `identifier_id`, `occurred_at`,
 *   `channel`, `campaign_ref`, `properties`
 */
export const recordEventsOf = (tx: Tx, clock: Clock, source: string, rows: Sql): Promise<void> =>
  upsertEventsOf(tx, clock(), source, rows)
