import { difference, type Interval } from './always-valid.ts'
import type { Counted } from './counted.ts'
import { standings, type Standing } from './posterior.ts'
import { sampleRatio, type SampleRatio } from './sample-ratio.ts'
import { peopleNeeded } from './sample-size.ts'

/**
 * An arm as counted. `weight`: its share by the plan, in any unit. `evened`: by what it is compared with others, where they
 * had their people on other days. The first arm is the control.
 */
export type Arm = Counted & { name: string; weight: number; evened?: Counted }

/** What an experiment is to find: a change of so large a part of the control's rate. */
export type Plan = { change: number; power: number; errorRate: number }

export const defaultPlan: Plan = { change: 0.2, power: 0.8, errorRate: 0.05 }

export type ReadArm = Arm & Standing & { versusControl: Interval | null }

export type Readout = {
  /** `uneven`: people were lost on the way, nothing can be said. `early`: too few people. `better`: an arm beats the control. */
  kind: 'uneven' | 'early' | 'better' | 'worse' | 'open'
  /** The same for people. */
  words: string
  arms: ReadArm[]
  ratio: SampleRatio
  /** People each arm needs by the plan; null where the control has converted nobody yet, or everybody. */
  needed: number | null
}

/**
 * What an experiment says at this moment; it may be asked as often as one likes. The error rate is shared among the
 * comparisons with the control (Bonferroni).
 */
export function readExperiment(arms: readonly Arm[], plan: Plan = defaultPlan): Readout {
  const [control, ...others] = arms
  if (!control || others.length === 0) throw new Error('An experiment compares at least two arms')
  const compared = arms.map(({ evened, ...counted }) => evened ?? counted)
  const chances = standings(compared)
  const errorRate = plan.errorRate / others.length
  const read = arms.map((arm, at) => ({
    ...arm,
    ...chances[at]!,
    versusControl: at === 0 ? null : difference(compared[at]!, compared[0]!, errorRate),
  }))
  const facts = { arms: read, ratio: sampleRatio(arms), needed: neededOf(compared[0]!, plan, errorRate) }
  return { ...facts, ...verdict(facts) }
}

function neededOf({ people, converted }: Counted, { change, power }: Plan, errorRate: number): number | null {
  const rate = converted / people
  if (!(rate > 0 && rate * (1 + change) < 1)) return null
  return peopleNeeded({ rate, change, power, errorRate })
}

type Verdict = Pick<Readout, 'kind' | 'words'>

function verdict({ arms, ratio, needed }: Pick<Readout, 'arms' | 'ratio' | 'needed'>): Verdict {
  if (ratio.kind === 'uneven') {
    const words =
      'The arms do not have the shares they were meant to have: people were lost or counted twice. Nothing can be concluded.'
    return { kind: 'uneven', words }
  }
  const ahead = arms.filter(({ versusControl }) => versusControl !== null && versusControl.low > 0)
  const winner = ahead.toSorted((one, other) => other.best - one.best)[0]
  if (winner) return { kind: 'better', words: better(winner, arms[0]!) }
  const others = arms.slice(1)
  if (others.every(({ versusControl }) => versusControl !== null && versusControl.high < 0))
    return {
      kind: 'worse',
      words: `Nothing beats “${arms[0]!.name}”: ${others.length > 1 ? 'all others do' : 'the other does'} worse.`,
    }
  const fewest = Math.min(...arms.map(({ people }) => people))
  if (needed === null) return { kind: 'early', words: `Too early to tell: “${arms[0]!.name}” says nothing yet.` }
  if (fewest < needed)
    return { kind: 'early', words: `Too early to tell: ${count(fewest)} of ${count(needed)} needed in each arm.` }
  return { kind: 'open', words: 'Enough people, and no difference that stands out: the arms do about as well.' }
}

function better(winner: ReadArm, control: ReadArm): string {
  const { low, high } = winner.versusControl!
  const range = `${points(low)} to ${points(high)} percentage points`
  return `“${winner.name}” does better than “${control.name}”: by ${range}, ${percent(winner.best)} likely the best.`
}

const count = (value: number): string => value.toLocaleString('en-GB')
const points = (value: number): string => (value * 100).toFixed(1)
const percent = (value: number): string => (value > 0.999 ? 'more than 99.9 %' : `${(value * 100).toFixed(1)} %`)
