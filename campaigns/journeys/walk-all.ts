import { hashOf } from '#kernel/crypto.ts'
import type { PersonId } from '#kernel/ids.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import { ruleWords } from '#graph/segments/rule-words.ts'
import type { BranchStep, Journey, WaitStep } from '../definition/steps.ts'
import type { Occasion } from '../definition/terms.ts'
import { nextOf, otherwiseOf, stepOf, type Way } from '../definition/ways.ts'
import { isBestWait, type Best, type BestWait, type Waiting } from '../experiments/best-wait.ts'
import { overAt } from './times.ts'
import { longestWalk, walk, type Passed, type Place, type Stop, type Traveller, type Turn } from './walk.ts'

/**
 * Somebody on a journey. `personId`: who they are now; null where nobody knows them any more. `letIn`: of who was sent nothing
 * yet, when they were enrolled, and since when what they do counts, which may be hours before.
 */
export type Walker = Traveller & {
  id: string
  personId: PersonId | null
  place: Place
  letIn?: { at: Date; countsFrom: Date } | undefined
}

export type Walked<W extends Walker = Walker> = { walker: W; stop: Exclude<Stop, { kind: 'asks' }>; turns: Turn[] }

/**
 * Somebody whose doings are looked at, after one instant and until another, or without an end (null). Never only until now:
 * clocks of machines differ, and what is known has happened.
 */
export type Looked = { id: string; personId: PersonId | null; after: Date; before: Date | null }

/** What a journey asks of the house: for a whole group at once, and never inside a transaction. */
export type Questions = {
  /** Of these people, those whom a rule selects. */
  selected: (rule: SegmentRule, among: readonly PersonId[]) => Promise<ReadonlySet<string>>
  /** When each first did something after one instant and until another. */
  happened: (occasion: Occasion, asked: readonly Looked[]) => Promise<ReadonlyMap<string, Date>>
  /** When each of these waits for a best time is over. */
  bestTimes: (step: BestWait, asked: readonly Waiting[]) => Promise<ReadonlyMap<string, Best>>
}

type OnTheWay<W extends Walker> = { walker: W; place: Place; turns: Turn[]; passed: Passed }
type Asked = { campaign: string; journey: Journey; at: Date }

/**
 * Takes a group of people on until each must stop: everybody who comes to a question is asked about together. Who has come
 * through more questions than a journey has without a wait is due again at once: the next round goes on.
 */
export async function walkAll<W extends Walker>(
  questions: Questions,
  asked: Asked,
  walkers: readonly W[],
): Promise<Walked<W>[]> {
  const arrived: Walked<W>[] = []
  let going: OnTheWay<W>[] = walkers.map((walker) => ({
    walker,
    place: walker.place,
    turns: [],
    passed: new Map(),
  }))
  for (let rounds = 0; going.length > 0; rounds++) {
    const asking: OnTheWay<W>[] = []
    for (const { walker, place, turns, passed } of going) {
      const { stop, turns: taken } = walk(asked.campaign, asked.journey, walker, place, asked.at, passed)
      const all = [...turns, ...taken]
      if (stop.kind !== 'asks') arrived.push({ walker, stop, turns: all })
      else if (rounds < longestWalk) asking.push({ walker, place: stop.place, turns: all, passed })
      else arrived.push({ walker, stop: { kind: 'waits', place: stop.place, dueAt: asked.at }, turns: all })
    }
    going = []
    for (const [stepKey, group] of Map.groupBy(asking, ({ place }) => place.stepKey)) {
      for (const answered of await answer(questions, asked, stepKey, group)) {
        if ('stop' in answered) arrived.push(answered)
        else going.push(answered)
      }
    }
  }
  return arrived
}

async function answer<W extends Walker>(
  questions: Questions,
  asked: Asked,
  stepKey: string,
  group: readonly OnTheWay<W>[],
): Promise<(OnTheWay<W> | Walked<W>)[]> {
  const step = stepOf(asked.journey, stepKey)
  if (step?.kind === 'branch') return parted(questions, asked, step, group)
  if (step?.kind === 'wait' && step.forEvent) return awaited(questions, asked, { ...step, forEvent: step.forEvent }, group)
  if (step && isBestWait(step)) return timed(questions, asked, step, group)
  throw new Error(`The step ${stepKey} asks nothing`)
} // prettier-ignore

/** Each rule is asked about those whom none before it selected. */
async function parted<W extends Walker>(
  questions: Questions,
  { journey }: Asked,
  step: BranchStep,
  group: readonly OnTheWay<W>[],
): Promise<(OnTheWay<W> | Walked<W>)[]> {
  const gone: (OnTheWay<W> | Walked<W>)[] = []
  let rest = [...group]
  const answers = new Map<string, ReadonlySet<string>>()
  for (const { if: rule, segment, to } of step.when) {
    const among = rest.flatMap(({ walker }) => (walker.personId === null ? [] : [walker.personId]))
    if (among.length === 0) break
    const name = hashOf(rule)
    const selected = answers.get(name) ?? (await questions.selected(rule, [...new Set(among)]))
    answers.set(name, selected)
    const why = segment === undefined ? `because they ${ruleWords(rule)}` : `because they are in “${segment}”`
    const [yes, no] = partition(rest, ({ walker }) => walker.personId !== null && selected.has(walker.personId))
    gone.push(...yes.map((one) => onward(one, { stepKey: step.key, took: to, why }, one.place.since)))
    rest = no
  }
  const turn = { stepKey: step.key, took: otherwiseOf(journey, step), why: 'because none of its rules selects them' }
  return [...gone, ...rest.map((one) => onward(one, turn, one.place.since))]
}

type EventWait = WaitStep & { forEvent: NonNullable<WaitStep['forEvent']> }

async function awaited<W extends Walker>(
  questions: Questions,
  { journey, at }: Asked,
  step: EventWait,
  group: readonly OnTheWay<W>[],
): Promise<(OnTheWay<W> | Walked<W>)[]> {
  const { event, where } = step.forEvent
  const over = (one: OnTheWay<W>): Date => overAt(step, one.place.since, one.walker.zones)
  const looked = group.map((one) => ({
    id: one.walker.id,
    personId: one.walker.personId,
    after: listensSince(one),
    before: over(one),
  }))
  const happened = await questions.happened({ event, ...(where === undefined ? {} : { where }) }, looked)
  const next = nextOf(journey, step)
  return group.map((one) => {
    const since = happened.get(one.walker.id)
    const end = over(one)
    if (since) return onward(one, { stepKey: step.key, took: next, why: `because they did “${event}”` }, since)
    if (end.getTime() > at.getTime()) return { ...one, stop: { kind: 'waits', place: one.place, dueAt: end } }
    const why = `because they did not do “${event}” in time`
    return onward(one, { stepKey: step.key, took: otherwiseOf(journey, step), why }, end)
  })
}

/** Who still stands where they were let in is listened to since what let them in: somebody may look at them only later. */
const listensSince = ({ place: { since }, walker: { letIn } }: OnTheWay<Walker>): Date =>
  letIn && since.getTime() === letIn.at.getTime() ? letIn.countsFrom : since

async function timed<W extends Walker>(
  questions: Questions,
  { journey, at }: Asked,
  step: BestWait,
  group: readonly OnTheWay<W>[],
): Promise<(OnTheWay<W> | Walked<W>)[]> {
  const asked = group.map(({ walker, place }) => ({ ...walkerAsked(walker), since: place.since }))
  const times = await questions.bestTimes(step, asked)
  const next = nextOf(journey, step)
  return group.map((one) => {
    const best = times.get(one.walker.id)
    if (!best) throw new Error(`No time was found for somebody at ${step.key}`)
    const { dueAt, why } = best
    if (dueAt.getTime() > at.getTime()) return { ...one, stop: { kind: 'waits', place: one.place, dueAt } }
    one.passed.set(step.key, dueAt.getTime())
    return onward(one, { stepKey: step.key, took: next, why }, dueAt)
  })
}

const walkerAsked = ({ id, personId, drawnBy, zones }: Walker) => ({ id, personId, drawnBy, zones })

function onward<W extends Walker>(one: OnTheWay<W>, turn: Turn, since: Date): OnTheWay<W> | Walked<W> {
  const turns = [...one.turns, turn]
  const way: Way = turn.took
  if (way === null)
    return { walker: one.walker, turns, stop: { kind: 'ends', stepKey: turn.stepKey, reason: 'completed' } }
  return { ...one, turns, place: { stepKey: way, since } }
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  const { first = [], second = [] } = Object.groupBy(all, (one) => (isFirst(one) ? 'first' : 'second'))
  return [first, second]
}
