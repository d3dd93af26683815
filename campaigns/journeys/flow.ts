import type { CampaignDefinition } from '../definition.ts'
import type { Journey, Step } from '../definition/steps.ts'
import type { Way } from '../definition/ways.ts'
import { waysFrom } from '../definition/ways.ts'
import type { StateCount, StepCount, TurnCount } from '../queries/progress.ts'
import { plainSends } from './plain.ts'

/** A way out of a step, and how many people went it; one who came round again counts again. */
export type Went = { to: Way; people: number }

/** How a step stands: how many came to it, stand there now, went on which way, and ended there for which reason. */
export type StepFlow = {
  key: string
  came: number
  here: number
  went: Went[]
  ended: { reason: string; people: number }[]
}

export type Counted = { people: readonly StepCount[]; messages: readonly StateCount[]; turns: readonly TurnCount[] }

/**
 * How people move through a journey. Turns say which way they went where it parts, the ledger how many were sent something;
 * who went on from a plain wait is whoever came and is neither there nor ended there. People on older versions are counted
 * with the steps of the same key.
 */
export function journeyFlow(definition: CampaignDefinition, counted: Counted): StepFlow[] {
  const { journey } = definition
  const standing = plainSends(definition) ? standingAtWaits(journey, counted.people) : counted.people
  const asked: Asked = { journey, ...counted, people: standing, known: new Map() }
  return journey.map((step) => {
    const ended = endedAt(standing, step)
    return {
      key: step.key,
      came: cameTo(asked, step),
      here: hereAt(standing, step),
      went: wentFrom(asked, step),
      ended,
    }
  })
}

type Asked = Counted & { journey: Journey; known: Map<string, Went[]> }

function cameTo(asked: Asked, step: Step): number {
  const begun = step === asked.journey[0] ? sum(asked.people.map(({ here, ended }) => here + ended)) : 0
  const led = asked.journey.flatMap((from) => (waysFrom(asked.journey, from).includes(step.key) ? wentFrom(asked, from) : [])) // prettier-ignore
  return begun + sum(led.filter(({ to }) => to === step.key).map(({ people }) => people))
}

function wentFrom(asked: Asked, step: Step): Went[] {
  const before = asked.known.get(step.key)
  if (before) return before
  const ways = [...new Set(waysFrom(asked.journey, step))]
  // Round a circle nobody is counted twice: what is asked meanwhile is not known yet.
  asked.known.set(step.key, [])
  const went = step.kind === 'exit' ? [] : ways.map((to) => ({ to, people: wentBy(asked, step, to) }))
  asked.known.set(step.key, went)
  return went
}

function wentBy(asked: Asked, step: Step, to: Way): number {
  if (step.kind === 'send') return sum(asked.messages.filter(({ stepKey }) => stepKey === step.key).map(({ count }) => count)) // prettier-ignore
  if (noted(step)) return sum(asked.turns.filter(({ stepKey, took }) => stepKey === step.key && took === to).map(({ people }) => people)) // prettier-ignore
  const stopped = hereAt(asked.people, step) + sum(endedAt(asked.people, step).map(({ people }) => people))
  return Math.max(0, cameTo(asked, step) - stopped)
}

/** Whether it is written down of each person which way they went. */
const noted = (step: Step): boolean =>
  step.kind === 'branch' ||
  step.kind === 'split' ||
  (step.kind === 'wait' && (step.forEvent ?? step.until?.best) !== undefined)

const hereAt = (people: readonly StepCount[], { key }: Step): number =>
  sum(people.filter(({ stepKey }) => stepKey === key).map(({ here }) => here))

/** Who came to the end of the journey there did not stop there. */
const endedAt = (people: readonly StepCount[], { key }: Step): StepFlow['ended'] =>
  people
    .filter(({ stepKey, ended, reason }) => stepKey === key && ended > 0 && reason !== null && reason !== 'completed')
    .map(({ reason, ended }) => ({ reason: reason ?? '', people: ended }))

/** A plain journey keeps people at the send they wait for: they stand at the wait before it. */
function standingAtWaits(journey: Journey, people: readonly StepCount[]): StepCount[] {
  return people.flatMap((one) => {
    const at = journey.findIndex(({ key }) => key === one.stepKey)
    const before = journey[at - 1]
    if (before?.kind !== 'wait' || one.here === 0) return [one]
    return [
      { ...one, here: 0 },
      { stepKey: before.key, here: one.here, ended: 0, reason: null },
    ]
  })
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
