import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type DeliveryId, type Hash, type IdentifierId } from '#kernel/ids.ts'
import { recordEventsOf, type NewEvent } from '#ingest/events.ts'
import { byIndex } from '../queries/plans.ts'
import { saidOf, takeUntold } from '../queries/outbox.ts'

/** The source of events that the house itself caused or saw. */
export const house = 'millrace'

/** Groups told together: some thousand events, which no longer take the database than they take it. */
const groupsAtOnce = 20

/**
 * Tells ingest what was sent, so that metrics and the graph, left of this room, can count it: never in the path of a
 * claim. What is taken out of the outbox and the events commit together, and an event's external id is the ledger row's,
 * so it is told once. The rows do not leave the database.
 * @returns how many ledger rows were told
 */
export async function announceSends({ db, clock }: { db: Db; clock: Clock }): Promise<number> {
  let total = 0
  for (;;) {
    const taken = await byIndex(db, async (tx) => {
      const ids = await takeUntold(tx, groupsAtOnce)
      if (ids.length === 0) return 0
      await recordEventsOf(tx, clock, house, saidOf(ids, ids.map(() => newId<'event'>(clock)))) // prettier-ignore
      return ids.length
    })
    if (taken === 0) return total
    total += taken
  }
}

/** What every event of a ledger row says. */
export const deliveryEvent = (row: {
  id: DeliveryId
  campaign: string
  stepKey: string
  channel: string
  releaseHash: Hash | null
  identifierId: IdentifierId
}): Pick<NewEvent, 'source' | 'identifierId' | 'channel' | 'campaignRef'> & {
  properties: Record<string, unknown>
} => ({
  source: house,
  identifierId: row.identifierId,
  channel: row.channel,
  campaignRef: row.campaign,
  properties: { deliveryId: row.id, stepKey: row.stepKey, releaseHash: row.releaseHash },
})
