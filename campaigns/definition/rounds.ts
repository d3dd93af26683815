import type { Journey, Step } from './steps.ts'
import { stepOf, waysFrom, type Way } from './ways.ts'

export const dayMinutes = 1_440

/**
 * The least minutes in which somebody who leaves a step may come to it again; Infinity where no way leads back. A time of
 * day is passed once a day; an awaited event may come at once, and an instant be over.
 */
export function shortestRound(journey: Journey, from: Step): number {
  const least = new Map<string, number>()
  const onward = (step: Step, minutes: number): { to: Way; minutes: number }[] =>
    waysFrom(journey, step).map((to) => ({ to, minutes: minutes + leastMinutes(step) }))
  const open = onward(from, 0)
  for (let way = open.shift(); way !== undefined; way = open.shift()) {
    const { to, minutes } = way
    if (to === null || minutes >= (least.get(to) ?? Infinity)) continue
    least.set(to, minutes)
    const step = to === from.key ? null : stepOf(journey, to)
    if (step) open.push(...onward(step, minutes))
  }
  return least.get(from.key) ?? Infinity
}

function leastMinutes(step: Step): number {
  if (step.kind !== 'wait') return 0
  return step.until === undefined ? (step.minutes ?? 0) : dayMinutes
}
