import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Sql } from '#kernel/sql.ts'
import type { CampaignDefinition } from '../definition.ts'
import { globalHoldout } from './holdout.ts'
import { countArms } from '../queries/experiments.ts'
import { drawnByAll, drawnByCampaign } from '../queries/holdouts.ts'
import { hasMoreThan, selectKeptCounts, upsertKeptCounts, type LiftPlace } from '../queries/lift-counts.ts'
import { compared, type Compared, type PlannedArm } from './compared.ts'
import { liftGoal, purchase } from './goals.ts'

/** What sending brings, against people who are sent nothing. `of`: this campaign, or all campaigns. */
export type Lift = Compared & {
  of: 'campaign' | 'global'
  share: number
  goal: { event: string; withinDays: number }
  countedAt: Date
}

type Lifted = Pick<CampaignDefinition, 'name' | 'holdout' | 'goalReachedBy'>
type Deps = { db: Queryable; clock: Clock }

/** What is asked of people held out beside the others. `about`: the same words for the same question. */
type Question = LiftPlace & { share: number; goal: Lift['goal']; drawn: Sql; about: Hash }

/** The lift of a campaign by its own holdout and by that of the house, where there are such. */
export async function readLifts(
  deps: Deps,
  { definition, releases }: { definition: Lifted; releases: readonly Hash[] },
): Promise<Lift[]> {
  const lifts: Lift[] = []
  for (const question of await questionsOf(deps.db, { definition, releases }))
    lifts.push(await answerTo(deps, question))
  return lifts
}

/** What all campaigns together bring: purchases of everybody who came into any of them. Null where nobody is held out. */
export async function readHouseLift(deps: Deps): Promise<Lift | null> {
  const question = await questionOfHouse(deps.db)
  return question && answerTo(deps, question)
}

async function questionsOf(
  db: Queryable,
  { definition, releases }: { definition: Lifted; releases: readonly Hash[] },
): Promise<Question[]> {
  const { name: campaign, holdout } = definition
  const goal = liftGoal(definition)
  const { share, since } = await globalHoldout(db)
  const ofCampaign = holdout && { campaign, scope: 'campaign' as const, share: holdout.share, goal }
  const ofAll = { campaign, scope: 'global' as const, share, goal }
  return [
    ...(ofCampaign ? [{ ...ofCampaign, drawn: drawnByCampaign({ campaign, releases }), about: hashOf({ ...ofCampaign, releases }) }] : []),
    ...(share > 0 && since ? [{ ...ofAll, drawn: drawnByAll({ campaign, since }), about: hashOf({ ...ofAll, since: since.toISOString() }) }] : []),
  ] // prettier-ignore
}

async function questionOfHouse(db: Queryable): Promise<Question | null> {
  const { share, since } = await globalHoldout(db)
  if (share === 0 || !since) return null
  const asked = { campaign: '', scope: 'global' as const, share, goal: purchase }
  return {
    ...asked,
    drawn: drawnByAll({ campaign: null, since }),
    about: hashOf({ ...asked, since: since.toISOString() }),
  }
}

/** Kept counts are made anew after so long, and no answer any more after twice that: nobody follows the campaign. */
const keptForMs = 3_600_000

async function answerTo({ db, clock }: Deps, { scope: of, share, goal, about, ...question }: Question): Promise<Lift> {
  const at = clock()
  const kept = await selectKeptCounts(db, { ...question, scope: of })
  const holds = kept?.about === about && at.getTime() - kept.countedAt.getTime() < 2 * keptForMs
  const counts = holds ? kept.arms : await countArms(db, { ...question, goal })
  return { of, share, goal, countedAt: holds ? kept.countedAt : at, ...compared(armsOf(share), counts) }
}

/**
 * Counts anew, and keeps, what is slow to count: a million people take seconds, and nobody waits for it at a page. Returns
 * how often it counted.
 * @param deps.many of how many people and more
 * @param of a campaign, or null for all of them together
 */
export async function keepLifts(
  { db, clock, many = 100_000 }: Deps & { many?: number },
  of: { definition: Lifted; releases: readonly Hash[] } | null,
): Promise<number> {
  const questions = of ? await questionsOf(db, of) : await questionOfHouse(db).then((one) => (one ? [one] : []))
  let counted = 0
  for (const question of questions) {
    const at = clock()
    const kept = await selectKeptCounts(db, question)
    if (kept?.about === question.about && at.getTime() - kept.countedAt.getTime() < keptForMs) continue
    if (!(await hasMoreThan(db, question.campaign, many))) continue
    const arms = await countArms(db, question)
    await upsertKeptCounts(db, question, { about: question.about, countedAt: at, arms })
    counted += 1
  }
  return counted
}

const armsOf = (share: number): PlannedArm[] => [
  { counted: 'held', name: 'held out', weight: share },
  { counted: 'treated', name: 'written to', weight: 1 - share },
]
