import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { releaseHistory } from '#governance/releases.ts'
import type { CampaignDefinition } from '../definition.ts'
import { pinnedDefinition } from './plan.ts'
import {
  endJourneys, keepListened, listenedUpTo, selectHeard, wake, type Listened,
} from '../queries/listening.ts' // prettier-ignore
import { dropPlanned } from '../queries/travellers.ts'
import { waysOut } from './leaving.ts'

/** How many were told: whose journey ended, and who need not wait any longer. */
export type Told = { ended: number; woken: number }

/**
 * Hears what people of a campaign did since it was listened to last: who reached the goal or did what ends the journey
 * leaves, with whatever is planned for them and not under way yet; who waits for the event is looked at now. A worker
 * asks the same before it moves anybody, so that nobody is sent on who should have left. Safe to repeat: an event that
 * comes late finds the journey where it is, or ended, and raises nobody.
 */
export async function hearEvents(deps: { db: Db; clock: Clock }, campaign: string): Promise<Told> {
  const { last, next } = await listenedUpTo(deps.db, campaign, 'events')
  const told: Told = { ended: 0, woken: 0 }
  let listens = false
  for (const releaseHash of await releasesOf(deps.db, campaign)) {
    const listened = listenedBy(await pinnedDefinition(deps.db, releaseHash))
    if (listened.length === 0) continue
    listens = true
    const heard = await selectHeard(deps.db, { campaign, releaseHash, since: last, listened })
    const at = deps.clock()
    await deps.db.transaction(async (tx) => {
      const ended = await endJourneys(tx, heard.filter(({ reason }) => reason !== null)) // prettier-ignore
      await dropPlanned(tx, ended, at)
      const waiting = heard.filter(({ reason }) => reason === null).map(({ id }) => id)
      await wake(tx, waiting, at)
      told.ended += ended.length
      told.woken += waiting.length
    })
  }
  if (listens) await keepListened(deps.db, campaign, 'events', next)
  return told
}

/** Every release that was ever live: people may be on their way in any of them. */
const releasesOf = async (db: Db, campaign: string): Promise<Hash[]> => [
  ...new Set((await releaseHistory(db, campaign)).map(({ hash }) => hash)),
]

function listenedBy(definition: CampaignDefinition): Listened[] {
  const out = waysOut(definition).map(({ occasion, withinMs, reason }) => ({
    event: occasion.event,
    where: occasion.where ?? {},
    stepKey: null,
    withinMs,
    reason,
  }))
  const awaited = definition.journey.flatMap((step) =>
    step.kind === 'wait' && step.forEvent
      ? [
          {
            event: step.forEvent.event,
            where: step.forEvent.where ?? {},
            stepKey: step.key,
            withinMs: null,
            reason: null,
          },
        ]
      : [],
  )
  return [...out, ...awaited]
}
