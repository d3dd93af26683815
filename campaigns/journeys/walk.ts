import type { Journey, SplitStep } from '../definition/steps.ts'
import { nextOf, stepOf, waysFrom, type Way } from '../definition/ways.ts'
import { isBestWait } from '../experiments/best-wait.ts'
import { lot } from '../experiments/lot.ts'
import { overAt } from './times.ts'

/** Where a person stands, and since when on the journey's own clock. */
export type Place = { stepKey: string; since: Date }

/** What a journey goes by that is the person's own. `drawnBy`: an id of theirs that no merge changes. */
export type Traveller = { drawnBy: string; zones: { person: string; business: string } }

/** Where a person was sent one of several ways. `took`: the next step, null for the end. */
export type Turn = { stepKey: string; took: Way; why: string }

/** The instant at which somebody last left each time of day that they waited for, in one walk. */
export type Passed = Map<string, number>

/** Where a walk ends for now. `asks`: only the database knows which way on. Who ends does so at a step, wherever they waited. */
export type Stop =
  | { kind: 'waits'; place: Place; dueAt: Date }
  | { kind: 'asks'; place: Place }
  | { kind: 'sends'; stepKey: string; next: Way }
  | { kind: 'ends'; stepKey: string; reason: string }

/** More steps than a journey has without a wait; beyond it the next round goes on. */
export const longestWalk = 200

/**
 * Takes a person on from where they stand, through waits that are over and splits, to where they must stop. Waits are
 * counted from each other, not from when somebody looked, so that a house that was away for a day loses no day.
 * @param passed the times of day that they waited for on this walk so far; those they leave now are noted in it
 */
export function walk(
  campaign: string,
  journey: Journey,
  traveller: Traveller,
  from: Place,
  at: Date,
  passed: Passed = new Map(),
): { stop: Stop; turns: Turn[] } {
  const turns: Turn[] = []
  let place = from
  for (let steps = 0; steps < longestWalk; steps++) {
    place = afterPassed(place, passed)
    const { stepKey } = place
    const step = stepOf(journey, stepKey)
    if (!step) return { stop: { kind: 'ends', stepKey, reason: `held: the journey has no step ${stepKey}` }, turns }
    if (step.kind === 'send') return { stop: { kind: 'sends', stepKey, next: nextOf(journey, step) }, turns }
    if (step.kind === 'exit') return { stop: { kind: 'ends', stepKey, reason: `left: ${step.reason}` }, turns }
    if (step.kind === 'branch' || (step.kind === 'wait' && step.forEvent) || isBestWait(step))
      return { stop: { kind: 'asks', place }, turns }
    let way: Way
    let since = place.since
    if (step.kind === 'split') {
      const arm = armOf(campaign, step, traveller.drawnBy)
      turns.push({ stepKey: step.key, took: arm.to, why: drawnFor(arm.name) })
      way = arm.to
    } else {
      since = overAt(step, place.since, traveller.zones)
      if (since.getTime() > at.getTime()) return { stop: { kind: 'waits', place, dueAt: since }, turns }
      if (step.until) passed.set(stepKey, since.getTime())
      way = nextOf(journey, step)
    }
    if (way === null) return { stop: { kind: 'ends', stepKey, reason: 'completed' }, turns }
    place = { stepKey: way, since }
  }
  return { stop: { kind: 'waits', place, dueAt: at }, turns }
}

const justAfter = (instant: Date): Date => new Date(instant.getTime() + 1)

/**
 * Who comes round to a time of day in the very instant at which they left it stands there since just after it: they wait
 * for the next one, also where somebody looks at them in between.
 */
const afterPassed = (place: Place, passed: Passed): Place =>
  passed.get(place.stepKey) === place.since.getTime() ? { ...place, since: justAfter(place.since) } : place

/**
 * Since when somebody stands at the step that follows a message: since it left, and where a time of day comes before
 * anything that takes time, since just after that. A message may leave on the stroke, and that time of day is theirs already.
 */
export function sinceSent(journey: Journey, next: string, left: Date): Date {
  const seen = new Set<string>()
  const open: Way[] = [next]
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    const step = way === null || seen.has(way) ? null : stepOf(journey, way)
    if (!step) continue
    if (step.kind === 'wait' && step.until) return justAfter(left)
    seen.add(step.key)
    if (step.kind === 'branch' || step.kind === 'split' || (step.kind === 'wait' && step.untilDate !== undefined))
      open.push(...waysFrom(journey, step))
  }
  return left
}

/** Since when somebody stands at a step: since they came to it, or since their last message left where that was later. */
export const standsSince = (
  journey: Journey,
  { stepKey, enteredAt, leftAt }: { stepKey: string; enteredAt: Date; leftAt: Date | null },
): Date => (leftAt === null || leftAt < enteredAt ? enteredAt : sinceSent(journey, stepKey, leftAt))

/** What is noted of a person who came to an arm: by this the arms are counted. */
export const drawnFor = (arm: string): string => `drawn for ${arm}`

/** The arm of a split that an id falls into: always the same, and as often as the weights say. */
export function armOf(campaign: string, split: SplitStep, drawnBy: string): SplitStep['arms'][number] {
  const total = split.arms.reduce((sum, { weight }) => sum + weight, 0)
  let drawn = lot(`split ${campaign} ${split.key} ${drawnBy}`) * total
  for (const arm of split.arms) {
    if (drawn < arm.weight) return arm
    drawn -= arm.weight
  }
  return split.arms.at(-1)!
}
