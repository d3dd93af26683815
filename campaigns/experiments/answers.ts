import { DateTime } from 'luxon'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { replaceHours, selectAnswered, selectHours, type Answered } from '../queries/answers.ts'
import { zoneOr } from '../hours/window.ts'
import { halfLifeDays, noHours, type HourCount, type Hours } from './best-hour.ts'

const dayMs = 86_400_000
/** Who did not answer by then will hardly do. */
const answersWithinMs = dayMs
/** What is older than three half-lives says little. */
const horizonMs = 3 * halfLifeDays * dayMs

/** The messages that tell something at an instant: old enough to be answered, and not too old. */
export const tellingSpan = (at: Date): { since: Date; until: Date } => ({
  since: new Date(at.getTime() - horizonMs),
  until: new Date(at.getTime() - answersWithinMs),
})

/** How much a message counts that left at an hour: half after each half-life. */
export const weightOf = (hour: Date, at: Date): number =>
  2 ** (-(at.getTime() - hour.getTime()) / (halfLifeDays * dayMs))

/** Sums up answers by the hour of the clock where people are, older ones counting less. */
export function hoursOf(rows: readonly (Omit<Answered, 'channel'> & { zone: string })[], at: Date): Hours {
  const hours: HourCount[] = noHours.map(() => ({ sent: 0, answered: 0 }))
  for (const { hour, sent, answered, zone } of rows) {
    const weight = weightOf(hour, at)
    const place = hours[DateTime.fromJSDate(hour, { zone }).hour]!
    place.sent += weight * sent
    place.answered += weight * answered
  }
  return hours
}

/** What everybody does with mail by the hour, as it was learnt last. */
export async function learntHours(db: Queryable): Promise<Hours> {
  const learnt = (await selectHours(db)).filter(({ channel }) => channel === 'email')
  const byHour = new Map(learnt.map((one) => [one.hour, one]))
  return noHours.map((none, hour) => byHour.get(hour) ?? none)
}

/** What everybody does by channel, as it was learnt last. */
export async function learntChannels(db: Queryable): Promise<ReadonlyMap<string, HourCount>> {
  const channels = Map.groupBy(await selectHours(db), ({ channel }) => channel)
  return new Map([...channels].map(([channel, hours]) => [channel, hours.reduce<HourCount>(plus, { sent: 0, answered: 0 })])) // prettier-ignore
}

/** Two counts together. */
export const plus = (one: HourCount, other: HourCount): HourCount => ({
  sent: one.sent + other.sent,
  answered: one.answered + other.answered,
})

const learnsEveryMs = 3_600_000
const mostMessages = 200_000

/** Learns when, and by what, people answer, from the newest messages of all campaigns; once an hour is enough. Returns whether it did. */
export async function learnAnswers(deps: { db: Db; clock: Clock; zone: string }): Promise<boolean> {
  const at = deps.clock()
  const [last] = await selectHours(deps.db)
  if (last && at.getTime() - last.learntAt.getTime() < learnsEveryMs) return false
  const rows = await selectAnswered(deps.db, { ...tellingSpan(at), limit: mostMessages })
  const zoned = rows.map((row) => ({ ...row, zone: zoneOr(row.zone, deps.zone) }))
  const channels = Map.groupBy(zoned, ({ channel }) => channel)
  const hours = ['email', ...channels.keys()].flatMap((channel) =>
    hoursOf(channels.get(channel) ?? [], at).map((one, hour) => ({ channel, hour, ...one })),
  )
  const once = new Map(hours.map((one) => [`${one.channel} ${one.hour}`, one]))
  await replaceHours(deps.db, [...once.values()], at)
  return true
}
