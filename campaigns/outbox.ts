import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { recordEvents, type NewEvent } from '#ingest/events.ts'
import { takeUnannounced, type Unannounced } from './queries/outbox.ts'

/** The source of events that the house itself caused or saw. */
export const house = 'millrace'

const batchSize = 1_000

/**
 * Tells ingest what was sent, so that metrics and the graph, left of this room, can count it: never in the path of a
 * claim. The mark and the events commit together and an event's external id is the ledger row's, so it is told once.
 * @returns how many ledger rows were told
 */
export async function announceSends(deps: { db: Db; clock: Clock }): Promise<number> {
  let total = 0
  for (let taken = batchSize; taken === batchSize; total += taken) {
    taken = await deps.db.transaction(async (tx) => {
      const rows = await takeUnannounced(tx, deps.clock(), batchSize)
      await recordEvents(tx, deps.clock, rows.map(eventOf))
      return rows.length
    })
  }
  return total
}

function eventOf(row: Unannounced): NewEvent {
  const sent = row.sentAt !== null
  return {
    ...deliveryEvent(row),
    externalId: `${row.id}:${sent ? 'sent' : 'bounced'}`,
    kind: sent ? 'message_sent' : 'message_bounced',
    occurredAt: row.sentAt ?? row.settledAt,
  }
}

/** What every event of a ledger row says. */
export const deliveryEvent = (
  row: Pick<Unannounced, 'id' | 'campaign' | 'stepKey' | 'channel' | 'releaseHash' | 'identifierId'>,
): Pick<NewEvent, 'source' | 'identifierId' | 'channel' | 'campaignRef'> & { properties: Record<string, unknown> } => ({
  source: house,
  identifierId: row.identifierId,
  channel: row.channel,
  campaignRef: row.campaign,
  properties: { deliveryId: row.id, stepKey: row.stepKey, releaseHash: row.releaseHash },
})
