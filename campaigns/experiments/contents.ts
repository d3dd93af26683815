import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type DeliveryId, type Hash } from '#kernel/ids.ts'
import { sendsOf, type CampaignDefinition, type SendStep } from '../definition.ts'
import {
  allShares, countDraws, drawnToContents, drawnUnderShares, insertDraws, insertShares, newestShares, selectArms, selectUndrawn, sharesOver, type SharedArm, type Shares,
} from '../queries/contents.ts' // prettier-ignore
import { countArms } from '../queries/experiments.ts'
import { banditShares } from './allocate.ts'
import { compared, type Compared } from './compared.ts'
import type { Counted } from './counted.ts'
import { evened, type Stratum } from './evened.ts'
import { armAt, lot } from './lot.ts'

type Experiment = NonNullable<SendStep['experiment']>
type TestedStep = SendStep & { experiment: Experiment }

/** One of the contents that a step tries; the first is the control. */
export type ContentArm = { name: string; weight: number; contentHash: Hash; content: SendStep['content'] }

/** The sends of a journey that try several contents. */
export const testedSteps = (definition: Pick<CampaignDefinition, 'journey'>): TestedStep[] =>
  sendsOf(definition).filter((step): step is TestedStep => step.experiment !== undefined)

/** The contents of a step that tries several, its own first. */
export const contentArms = ({ experiment, contentHash, content }: TestedStep): ContentArm[] => [
  { ...experiment.control, contentHash, content },
  ...experiment.others,
]

/** The arm that a draw falls into by shares that were set: the same shares and id always give the same arm. */
export function contentArmOf(
  asked: { campaign: string; stepKey: string; drawnBy: string },
  arms: readonly SharedArm[],
): SharedArm {
  return armAt(lot(`content ${asked.campaign} ${asked.stepKey} ${asked.drawnBy}`), arms)
}

/**
 * Draws whoever of a claim is to get one of several contents and has none yet, in the transaction of the claim. Who was
 * drawn stays in their arm for as long as the step has it, whatever the shares become.
 */
export async function drawContents(
  tx: Tx,
  clock: Clock,
  definition: CampaignDefinition,
  claimed: readonly DeliveryId[],
): Promise<void> {
  for (const step of claimed.length === 0 ? [] : testedSteps(definition)) {
    const place = { campaign: definition.name, stepKey: step.key }
    const names = contentArms(step).map(({ name }) => name)
    const people = await selectUndrawn(tx, { ...place, channel: step.channel, names, ids: claimed })
    if (people.length === 0) continue
    const shares = await sharesOf(tx, clock, place, step)
    const draws = people.map((one) => {
      const { name, contentHash } = contentArmOf({ ...place, drawnBy: one.drawnBy }, shares.arms)
      return { ...one, arm: name, contentHash }
    })
    await insertDraws(tx, { ...place, sharesId: shares.id, at: clock(), draws })
  }
}

type Place = { campaign: string; stepKey: string }

/** The shares that hold now; those that the definition declares where none were set for these contents yet. */
async function sharesOf(tx: Tx, clock: Clock, place: Place, step: TestedStep): Promise<Shares> {
  const declared = declaredArms(step)
  const newest = await newestShares(tx, place)
  if (
    newest &&
    sameContents(newest.arms, declared) &&
    (step.experiment.allocation === 'bandit' || sameShares(newest.arms, declared))
  )
    // prettier-ignore
    return newest
  const why = step.experiment.allocation === 'bandit' ? 'as declared, to begin with' : 'as declared'
  const shares = { id: newId<'arm-shares'>(clock), setAt: clock(), arms: declared, why }
  await insertShares(tx, place, shares)
  return shares
}

function declaredArms(step: TestedStep): SharedArm[] {
  const arms = contentArms(step)
  const total = arms.reduce((sum, { weight }) => sum + weight, 0)
  return arms.map(({ name, contentHash, weight }) => ({ name, contentHash, share: weight / total, people: 0, converted: 0 })) // prettier-ignore
}

type Named = Pick<SharedArm, 'name' | 'contentHash'>
const sameContents = (one: readonly Named[], other: readonly Named[]): boolean =>
  one.length === other.length &&
  one.every(({ name, contentHash }, at) => name === other[at]!.name && contentHash === other[at]!.contentHash)

const sameShares = (one: readonly SharedArm[], other: readonly SharedArm[]): boolean =>
  one.every(({ share }, at) => Math.abs(share - other[at]!.share) < 1e-9)

/** How often shares follow what was seen, where a step does not say. */
const defaultRhythm = 60
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/**
 * Who counts at an instant, by when they were drawn. Under a bandit those whose time to reach the goal is over: an arm whose
 * share grew has more people of today, who would all seem to have failed. Under fixed shares the arms are of one age anyway.
 */
const countsUntil = ({ experiment }: TestedStep, withinDays: number, at: Date): Date =>
  experiment.allocation === 'bandit' ? new Date(at.getTime() - withinDays * dayMs) : at

/**
 * Sets the shares of a campaign's bandits anew where their time has come and something was seen since: by what
 * each content brought so far, the days evened out (`evened`, `banditShares`). Returns the steps whose shares were set.
 */
export async function reallocate(
  deps: { db: Db; clock: Clock },
  definition: CampaignDefinition,
): Promise<{ stepKey: string; arms: SharedArm[] }[]> {
  const set: { stepKey: string; arms: SharedArm[] }[] = []
  const { name: campaign, goalReachedBy: goal } = definition
  for (const step of goal ? testedSteps(definition) : []) {
    if (step.experiment.allocation !== 'bandit') continue
    const place = { campaign, stepKey: step.key }
    const newest = await newestShares(deps.db, place)
    const rhythmMs = (step.experiment.everyMinutes ?? defaultRhythm) * minuteMs
    if (!newest || newest.setAt.getTime() + rhythmMs > deps.clock().getTime()) continue
    if (!sameContents(newest.arms, declaredArms(step))) continue
    const until = countsUntil(step, goal!.withinDays, deps.clock())
    const days = await daysOf(deps.db, { campaign, goal: goal! }, { ...place, arms: newest.arms, until })
    const seen = newest.arms.map((arm, at) => ({ ...arm, people: sumOf(days, at, 'people'), converted: sumOf(days, at, 'converted') })) // prettier-ignore
    if (seen.every((arm, at) => arm.people === newest.arms[at]!.people && arm.converted === newest.arms[at]!.converted))
      continue
    const evenly = evened(days)
    const shares = banditShares(seen.map((_, at) => evenly[at]!))
    const arms = seen.map((arm, at) => ({ ...arm, share: shares[at]! }))
    const why = 'by what each brought so far'
    await deps.db.transaction((tx) => insertShares(tx, place, { id: newId<'arm-shares'>(deps.clock), setAt: deps.clock(), arms, why })) // prettier-ignore
    set.push({ stepKey: step.key, arms })
  }
  return set
}

type Goal = NonNullable<CampaignDefinition['goalReachedBy']>

/** What was counted of contents under each set of shares they had together: nobody is compared over days that one arm had alone. */
async function daysOf(
  db: Queryable,
  of: { campaign: string; goal: Goal },
  these: Parameters<typeof drawnUnderShares>[0],
): Promise<Stratum[][]> {
  const counts = new Map((await countArms(db, { ...of, drawn: drawnUnderShares(these) })).map((one) => [one.arm, one]))
  const sets = (await allShares(db, these)).filter(({ arms }) => sameContents(arms, these.arms))
  return sets.map(({ id, arms }) =>
    arms.map(({ name, share }) => {
      const { people = 0, converted = 0 } = counts.get(`${id}/${name}`) ?? {}
      return { people, converted, share }
    }),
  )
}

const sumOf = (days: readonly (readonly Stratum[])[], arm: number, what: keyof Counted): number =>
  days.reduce((sum, day) => sum + day[arm]![what], 0)

/** Which content each of these messages carries, for those whose step tries several. */
export async function armsOfMessages(
  db: Queryable,
  definition: CampaignDefinition,
  ids: readonly DeliveryId[],
): Promise<ReadonlyMap<DeliveryId, string>> {
  if (testedSteps(definition).length === 0) return new Map()
  return new Map((await selectArms(db, ids)).map(({ id, arm }) => [id, arm]))
}

/** Contents read as an experiment; `shares`: what each has now, and since when. */
export type ContentReadout = Compared & {
  stepKey: string
  allocation: Experiment['allocation']
  shares: number[]
  since: Date | null
  /** Every share there ever was, newest first, with what had been counted by then. */
  history: Shares[]
}

/**
 * What the contents of a step say: of everybody who was drawn to them as they are, and under a bandit has had the time that
 * the goal gives. Where shares moved, each arm is meant to have what those who were drawn under each share add up to, and
 * they are compared with the days evened out.
 */
export async function readContents(
  { db, clock }: { db: Queryable; clock: Clock },
  definition: CampaignDefinition,
): Promise<ContentReadout[]> {
  const { name: campaign, goalReachedBy: goal } = definition
  const read: ContentReadout[] = []
  for (const step of goal ? testedSteps(definition) : []) {
    const place = { campaign, stepKey: step.key }
    const declared = declaredArms(step)
    const newest = await newestShares(db, place)
    const isNow = newest !== null && sameContents(newest.arms, declared)
    const these = { ...place, arms: declared, until: countsUntil(step, goal!.withinDays, clock()) }
    const counts = await countArms(db, { campaign, goal: goal!, drawn: drawnToContents(these) })
    const meant = new Map((await countDraws(db, these)).map(({ arm, meant: people }) => [arm, people])) // prettier-ignore
    const evenly = evened(await daysOf(db, { campaign, goal: goal! }, these))
    const planned = declared.map(({ name, share }, at) => ({ counted: name, name, weight: meant.get(name) ?? share, ...(evenly[at] ? { evened: evenly[at] } : {}) })) // prettier-ignore
    read.push({
      stepKey: step.key,
      allocation: step.experiment.allocation,
      ...compared(planned, counts),
      shares: (isNow ? newest.arms : declared).map(({ share }) => share),
      since: isNow ? newest.setAt : null,
      history: await sharesOver(db, place),
    })
  }
  return read
}
