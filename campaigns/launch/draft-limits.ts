import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import { segmentRule } from '#graph/segment-rule.ts'
import { draftById, type Draft } from '#rag/drafts.ts'
import { carefulRollout, manyForAtOnce, rolloutPlan, rolloutProblems, type RolloutPlan } from '../canary/plan.ts'
import { campaignDefinition, defaultLimits, type Limits } from '../definition.ts'
import type { Members } from '../journeys/enrol.ts'
import { misreadings, type FieldNames } from '../definition/misreadings.ts'
import { expiresBeforeOpening } from '../definition/soundness.ts'
import { selectCountriesWithoutZone, selectDraftLimits, upsertDraftLimits } from '../queries/draft-limits.ts'
import { rolloutWords } from '../journeys/words.ts'
import { nextOpening, reachOf } from '../hours/window.ts'

/**
 * What a draft is to be sent within. `rollout`: the stages it goes out by; null for everybody at once. `seen`: whoever
 * approves it names what they read.
 */
export type DraftLimits = { limits: Limits; startAt: Date | null; rollout: RolloutPlan | null; seen: Hash }

const schema = campaignDefinition.shape.limits
const stored = schema.extend({ rollout: rolloutPlan.nullable().optional() })

type Reading = { db: Queryable; clock: Clock; members: Members; limits?: Partial<Limits> }

/**
 * What was chosen for a draft, over what the settings say; the house's own limits where nobody chose. Where nobody chose
 * how far it goes at once, many people get it in stages.
 */
export async function limitsOfDraft(deps: Reading, draft: Pick<Draft, 'id' | 'brief'>): Promise<DraftLimits> {
  const row = await selectDraftLimits(deps.db, draft.id)
  const { rollout: chosen, ...own } = row ? stored.parse(row.limits) : { ...defaultLimits, ...deps.limits }
  const rollout = chosen === undefined ? await rolloutFor(deps, draft, own) : chosen
  const startAt = row?.startAt ?? null
  const seen = hashOf({ limits: own, startAt: startAt?.toISOString() ?? null, rollout })
  return { limits: own, startAt, rollout, seen }
}

/** In stages where it is for many, unless its messages would expire meanwhile. */
async function rolloutFor(
  { members, clock }: Reading,
  { brief }: Pick<Draft, 'brief'>,
  limits: Limits,
): Promise<RolloutPlan | null> {
  const rule = segmentRule.safeParse(brief.segment.rule)
  const people = rule.success ? (await members(rule.data, clock())).length : 0
  const fits = rolloutProblems({ rollout: carefulRollout, limits }).length === 0
  return people >= manyForAtOnce && fits ? carefulRollout : null
}

type Rule = 'unknown' | 'decided' | 'limits' | 'past' | 'not-permitted'

/**
 * Chooses caps, window and start of a draft that waits; they go into the release that the approval binds to, so after it
 * they stand. `outOfReach`: countries with people whose zone nobody knows, and where no hour of the window is lawful
 * everywhere: they would be held.
 * @param input.called what its author knows the limits by, where that is not their names
 */
export async function chooseLimits(
  deps: Reading & { db: Db; zone: string },
  input: { draftId: DraftId; limits: unknown; startAt: Date | null; rollout?: RolloutPlan | null; by: Actor; called?: FieldNames }, // prettier-ignore
): Promise<{ kind: 'chosen'; chosen: DraftLimits; outOfReach: string[] } | Refused<Rule>> {
  const { draftId, startAt, by } = input
  const parsed = schema.safeParse(input.limits)
  if (!parsed.success)
    return { kind: 'refused', rule: 'limits', why: misreadings(parsed.error.issues, input.limits, input.called).join('; ') } // prettier-ignore
  const limits = parsed.data
  const late = expiresBeforeOpening(limits)
  if (late !== null) return { kind: 'refused', rule: 'limits', why: late }
  const tooSlow = input.rollout ? rolloutProblems({ rollout: input.rollout, limits }) : []
  if (tooSlow.length > 0) return { kind: 'refused', rule: 'limits', why: tooSlow.join('; ') }
  const draft = await draftById(deps.db, draftId)
  if (!draft) return { kind: 'refused', rule: 'unknown', why: 'There is no such draft' }
  if (draft.state !== 'waiting')
    return { kind: 'refused', rule: 'decided', why: 'The draft was decided on: what it was approved with stands' }
  if (startAt !== null && startAt < deps.clock())
    return { kind: 'refused', rule: 'past', why: 'The start has passed already: leave it out to send at once' }
  const { rollout = (await limitsOfDraft(deps, draft)).rollout } = input
  const kept = { ...limits, rollout }
  const refused = await deps.db.transaction(async (tx) => {
    const refusedNow = await refusal(tx, by, 'campaign.draft')
    if (refusedNow) return refusedNow
    await upsertDraftLimits(tx, draftId, { limits: kept, startAt, chosenAt: deps.clock(), chosenBy: by })
    await appendAudit(tx, deps.clock, { actor: by, action: 'draft.limits-chosen', subject: draftId, detail: { ...kept } }) // prettier-ignore
    return null
  })
  if (refused) return refused
  const outOfReach = await countriesOutOfReach(deps, limits)
  return { kind: 'chosen', chosen: await limitsOfDraft(deps, draft), outOfReach }
}

async function countriesOutOfReach(deps: Reading & { zone: string }, { window }: Limits): Promise<string[]> {
  if (window === null) return []
  return (await selectCountriesWithoutZone(deps.db)).filter((country) => {
    const reach = reachOf({ zone: null, country, window, medium: 'mail', businessZone: deps.zone })
    return reach !== null && nextOpening(reach, deps.clock()) === null
  })
}

/** Limits in words, one line each; how far it goes at once where that is told too. */
export function limitsInWords(
  { limits, startAt, rollout }: Pick<DraftLimits, 'limits' | 'startAt'> & { rollout?: RolloutPlan | null },
  zone: string,
): string[] {
  const { window, dailyCap, perPersonPerDay = null, perPersonPerWeek, expireAfterHours, priority } = limits
  const days = window?.days === undefined ? '' : `, on days ${window.days.join(', ')} of the week`
  return [
    startAt === null ? 'starts when it is approved' : `starts ${startAt.toLocaleString('en-GB', { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' })} (${zone})`, // prettier-ignore
    window === null ? 'leaves at any hour' : `leaves from ${window.from} to ${window.to} where its reader is${days}`,
    dailyCap === null ? 'as many a day as there are' : `at most ${dailyCap} a day`,
    ...(perPersonPerDay === null ? [] : [`at most ${perPersonPerDay} to one person in 24 hours, of all campaigns`]),
    ...(perPersonPerWeek === null ? [] : [`at most ${perPersonPerWeek} to one person in seven days, of all campaigns`]),
    `not sent when it is more than ${expireAfterHours} hours late`,
    ...(priority === undefined ? [] : [`priority ${priority} of 9`]),
    ...(rollout === undefined ? [] : [`goes ${rollout ? rolloutWords(rollout) : 'to everybody at once'}`]),
  ]
}
