import type { BranchStep, Journey, Step, WaitStep } from './steps.ts'

/** Where a way leads: the key of a step, or null for the end of the journey. */
export type Way = string | null

/** The step of that key; null where the journey has none. */
export const stepOf = (journey: Journey, stepKey: string): Step | null =>
  journey.find(({ key }) => key === stepKey) ?? null

/** The step that follows one: the one it names, else the one below it. */
export function nextOf(journey: Journey, step: Step): Way {
  if (step.kind === 'split' || step.kind === 'exit') return null
  if (step.next !== undefined) return step.next
  return journey[journey.findIndex(({ key }) => key === step.key) + 1]?.key ?? null
}

/** Where those go whom no rule of a branch selects, or who did not do in time what a step waits for. */
export const otherwiseOf = (journey: Journey, step: BranchStep | WaitStep): Way =>
  step.otherwise === undefined ? nextOf(journey, step) : step.otherwise

/** Every way out of a step. */
export function waysFrom(journey: Journey, step: Step): Way[] {
  if (step.kind === 'exit') return [null]
  if (step.kind === 'split') return step.arms.map(({ to }) => to)
  if (step.kind === 'branch') return [...step.when.map(({ to }) => to), otherwiseOf(journey, step)]
  const next = nextOf(journey, step)
  return step.kind === 'wait' && step.otherwise !== undefined ? [next, step.otherwise] : [next]
}

/** The keys of the steps that some way leads to from these, themselves among them only where a way leads back. */
export function reachedFrom(journey: Journey, steps: readonly Step[]): Set<string> {
  const reached = new Set<string>()
  const open = steps.flatMap((step) => waysFrom(journey, step))
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    const step = way === null || reached.has(way) ? null : stepOf(journey, way)
    if (!step) continue
    reached.add(step.key)
    open.push(...waysFrom(journey, step))
  }
  return reached
}

/** The steps that a person may come to again within one run: what they send is sent each time. */
export const loopingSteps = (journey: Journey): Set<string> =>
  new Set(journey.filter((step) => reachedFrom(journey, [step]).has(step.key)).map(({ key }) => key))
