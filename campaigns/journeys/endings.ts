import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { liveRelease } from '#governance/releases.ts'
import { definitionOf, type CampaignDefinition } from '../definition.ts'
import { countClaimed, countGoals, endJourneys, selectTravelling } from '../queries/listening.ts'
import { dropCampaign } from '../queries/travellers.ts'

/** Why a campaign is over, by its own words; null while it goes on. */
export async function endedBy(
  { db, clock }: { db: Queryable; clock: Clock },
  definition: CampaignDefinition,
): Promise<string | null> {
  const { ends, goalReachedBy, name } = definition
  if (!ends) return null
  if (ends.at !== undefined && clock().getTime() >= Date.parse(ends.at)) return 'the campaign is over: its end has come'
  if (ends.sends !== undefined && (await countClaimed(db, name)) >= ends.sends)
    return `the campaign is over: its ${ends.sends} messages are sent`
  if (ends.goals === undefined || !goalReachedBy) return null
  const { event, where = {}, withinDays } = goalReachedBy
  const goals = await countGoals(db, { campaign: name, event, where, withinDays })
  return goals >= ends.goals ? `the campaign is over: ${ends.goals} people reached its goal` : null
}

/** How many messages of a campaign may still be claimed under its own end; Infinity where it has none. */
export async function messagesLeft(db: Queryable, { ends, name }: CampaignDefinition): Promise<number> {
  return ends?.sends === undefined ? Infinity : Math.max(0, ends.sends - (await countClaimed(db, name)))
}

const batch = 5_000

/**
 * Ends the journeys of everybody in a campaign that is over, with whatever is planned for them. Messages under way are
 * finished. Returns why it is over, or null while it goes on.
 */
export async function endCampaign(deps: { db: Db; clock: Clock }, campaign: string): Promise<string | null> {
  const live = await liveRelease(deps.db, campaign)
  const why = live && (await endedBy(deps, definitionOf(live)))
  if (!why) return null
  for (;;) {
    const travelling = await selectTravelling(deps.db, campaign, batch)
    if (travelling.length === 0) break
    await deps.db.transaction((tx) => endJourneys(tx, travelling.map((id) => ({ id, reason: why })))) // prettier-ignore
  }
  await dropCampaign(deps.db, { campaign, reason: why, at: deps.clock() })
  return why
}
