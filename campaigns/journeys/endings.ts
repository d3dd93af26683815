import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { formatMoney } from '#kernel/money.ts'
import { liveRelease } from '#governance/releases.ts'
import { definitionOf, type CampaignDefinition } from '../definition.ts'
import { readContents } from '../experiments/contents.ts'
import { readSplits } from '../experiments/splits.ts'
import { countClaimed, countGoals, countLeft, endJourneys, selectTravelling } from '../queries/listening.ts'
import { countTired } from '../queries/spending.ts'
import { dropCampaign } from '../queries/travellers.ts'
import { messagesPaidFor } from './spending.ts'

/** Why a campaign is over, by its own words; null while it goes on. */
export async function endedBy(
  deps: { db: Queryable; clock: Clock },
  definition: CampaignDefinition,
): Promise<string | null> {
  const { db, clock } = deps
  const { ends, goalReachedBy, name } = definition
  if (!ends) return null
  if (hasCome(definition, clock())) return 'the campaign is over: its end has come'
  // What comes back to the plan may go to somebody yet: nothing is over before the last has left.
  if (ends.sends !== undefined && (await countLeft(db, name)) >= ends.sends)
    return `the campaign is over: its ${ends.sends} messages are sent`
  if ((await messagesPaidFor(deps, definition, countLeft)) <= 0)
    return `the campaign is over: its budget of ${formatMoney(ends.budget!)} is spent`
  const tired = (await fatigue(db, definition)) ?? (await decided(deps, definition))
  if (tired !== null || ends.goals === undefined || !goalReachedBy) return tired
  const { event, where = {}, withinDays } = goalReachedBy
  const goals = await countGoals(db, { campaign: name, event, where, withinDays })
  return goals >= ends.goals ? `the campaign is over: ${ends.goals} people reached its goal` : null
}

const hasCome = ({ ends }: CampaignDefinition, at: Date): boolean =>
  ends?.at !== undefined && at.getTime() >= Date.parse(ends.at)

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** Why its readers are tired of a campaign, or null. */
async function fatigue(db: Queryable, { ends, name }: CampaignDefinition): Promise<string | null> {
  if (!ends?.fatigue) return null
  const { unsubscribed, complained, afterSends } = ends.fatigue
  const sends = await countClaimed(db, name)
  if (sends < afterSends) return null
  const tired = await countTired(db, name)
  if (unsubscribed !== undefined && tired.unsubscribed / sends > unsubscribed)
    return `the campaign is over: ${percent(tired.unsubscribed / sends)} of its messages made their readers unsubscribe`
  if (complained !== undefined && tired.complained / sends > complained)
    return `the campaign is over: ${percent(tired.complained / sends)} of its messages were marked as unwanted`
  return null
}

/** What the split, or the contents, said that a campaign is for, or null while it is open. */
async function decided(deps: { db: Queryable; clock: Clock }, definition: CampaignDefinition): Promise<string | null> {
  const { db } = deps
  const live = definition.ends?.decided === undefined ? null : await liveRelease(db, definition.name)
  if (!live) return null
  const tried = [
    ...(await readSplits(db, { definition, releaseHash: live.hash })),
    ...(await readContents(deps, definition)),
  ]
  const readout = tried.find(({ stepKey }) => stepKey === definition.ends?.decided)?.readout
  const clear = readout?.kind === 'better' || readout?.kind === 'worse'
  return clear ? `the campaign is over: its experiment is decided. ${readout.words.replace(/\.$/, '')}` : null
}

/** How many messages of a campaign may still be claimed under its own end; Infinity where it has none. */
export async function messagesLeft(
  deps: { db: Queryable; clock: Clock },
  definition: CampaignDefinition,
): Promise<number> {
  const { ends, name } = definition
  if (!ends) return Infinity
  if (hasCome(definition, deps.clock())) return 0
  const unsent = ends.sends === undefined ? Infinity : Math.max(0, ends.sends - (await countClaimed(deps.db, name)))
  return Math.min(unsent, await messagesPaidFor(deps, definition))
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
