import type { SendingWindow } from '../definition.ts'
import { drawBeta, lots } from './lot.ts'

/** Messages that left in an hour of the day, and those that were answered; old ones count less, so these are no whole numbers. */
export type HourCount = { sent: number; answered: number }

/** By hour of the clock where the reader is, from 0 to 23. */
export type Hours = readonly HourCount[]

export const noHours: Hours = Array.from({ length: 24 }, () => ({ sent: 0, answered: 0 }))

/** After so many days a message counts half: habits change. */
export const halfLifeDays = 60

/** As many messages does what everybody does weigh against what one person did. */
const populationWeight = 12
/** As many messages does the rate over the whole day weigh against one hour's. */
const dayWeight = 50
/** An hour before anything is known: one of five messages is answered, and it is known badly. */
const unknown: HourCount = { sent: 5, answered: 1 }

/**
 * The hour at which somebody's message is to leave, and how often they answer then: Beta-Bernoulli of each hour of the day,
 * what they did shrunk to what everybody does, and that to the rate of the day. By Thompson sampling: from each hour's
 * rates one is drawn, and the hour of the highest is taken, so that hours nobody knows are tried as often as they may be
 * the best. The same words draw the same hour.
 */
export function bestHour(
  known: { population: Hours; own: Hours },
  open: readonly number[],
  words: string,
): { hour: number; rate: number } {
  const next = lots(words)
  const day = rateOf(known.population.reduce(sum, unknown))
  const drawn = open.map((hour) => {
    const all = known.population[hour]!
    const everybody = (all.answered + dayWeight * day) / (all.sent + dayWeight)
    const { sent, answered } = known.own[hour]!
    // What everybody does is known no better than by the messages behind it.
    const weight = Math.min(populationWeight, unknown.sent + all.sent)
    const a = answered + weight * everybody
    const b = Math.max(0, sent - answered) + weight * (1 - everybody)
    return { hour, rate: a / (a + b), draw: drawBeta(a, b, next) }
  })
  const best = drawn.reduce((high, one) => (one.draw > high.draw ? one : high))
  return { hour: best.hour, rate: best.rate }
}

const sum = (one: HourCount, other: HourCount): HourCount => ({
  sent: one.sent + other.sent,
  answered: one.answered + other.answered,
})

const rateOf = ({ sent, answered }: HourCount): number => answered / sent

/** Hours in which nobody is woken where a campaign says nothing of it. */
const waking: Pick<SendingWindow, 'from' | 'to'> = { from: '07:00', to: '22:00' }

/** The hours that lie whole within the sending window; that of its opening where none does. */
export function openHours(window: Pick<SendingWindow, 'from' | 'to'> | null): number[] {
  const { from, to } = window ?? waking
  const first = Math.ceil(hourOf(from))
  const last = Math.floor(hourOf(to)) - 1
  if (last < first) return [Math.floor(hourOf(from))]
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

const hourOf = (time: string): number => Number(time.slice(0, 2)) + Number(time.slice(3)) / 60
