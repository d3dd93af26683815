import type { Step } from '#campaigns/definition/steps.ts'
import { given } from './fields.ts'
import { freeKey, newExit } from './shape.ts'
import { atEnd } from './steps.ts'

type Way = { to: unknown; [more: string]: unknown }
/** A step as its fields say it: nobody has checked it yet. */
export type SaidStep = Pick<Step, 'key' | 'kind'> & {
  next?: unknown
  otherwise?: unknown
  reason?: unknown
  when?: readonly Way[]
  arms?: readonly Way[]
}

/**
 * Steps that say “the end” as a campaign says it: behind the last step it is by itself, and from elsewhere a step leads
 * there that ends the journey, which comes in where there is none.
 */
export function withEnd(steps: readonly SaidStep[]): SaidStep[] {
  const said = steps.map((step, at) => (at === steps.length - 1 ? fallingOff(step) : step))
  if (!said.some((step) => waysOf(step).includes(atEnd))) return said
  const there = said.find(({ kind, reason }) => kind === 'exit' && reason === newExit('').reason)
  const end = there ?? newExit(freeKey(said, 'exit', 'end'))
  const led = said.map((step) => ledTo(step, end.key))
  return there ? led : [...led, end]
}

const waysOf = ({ next, otherwise, when = [], arms = [] }: SaidStep): unknown[] => [
  next,
  otherwise,
  ...[...when, ...arms].map(({ to }) => to),
]

/** The last step, behind which is the end anyway. */
function fallingOff(step: SaidStep): SaidStep {
  const { [step.kind === 'branch' ? 'otherwise' : 'next']: onward, ...rest } = step
  return onward === atEnd ? rest : step
}

function ledTo({ next, otherwise, when, arms, ...step }: SaidStep, end: string): SaidStep {
  const to = (way: unknown): unknown => (way === atEnd ? end : way)
  const all = (ways: readonly Way[] | undefined) => ways?.map((way) => ({ ...way, to: to(way.to) }))
  return { ...step, ...given({ next: to(next), otherwise: to(otherwise), when: all(when), arms: all(arms) }) }
}
