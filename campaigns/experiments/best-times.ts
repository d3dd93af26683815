import { DateTime } from 'luxon'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { CampaignDefinition } from '../definition.ts'
import { firstTime } from '../journeys/times.ts'
import { countArms } from '../queries/experiments.ts'
import { selectAnsweredBy } from '../queries/answers.ts'
import { countHours, drawnByTime, insertSendTimes, selectSendTimes, type SendTime } from '../queries/send-times.ts'
import { hoursOf, learntHours, tellingSpan } from './answers.ts'
import { bestHour, openHours } from './best-hour.ts'
import { isBestWait, type Best, type BestWait, type Waiting } from './best-wait.ts'
import { compared, type Compared } from './compared.ts'
import { answer } from './goals.ts'
import { lot } from './lot.ts'

/** When these people's waits are over: drawn when they come to the step, and kept. Who waited there today waits for another day. */
export async function keptTimes(
  deps: { db: Db; clock: Clock },
  definition: CampaignDefinition,
  step: BestWait,
  asked: readonly Waiting[],
): Promise<ReadonlyMap<string, Best>> {
  const kept = await selectSendTimes(deps.db, {
    stepKey: step.key,
    asked: asked.map(({ id, since }) => ({ id, since })),
  })
  const known = new Set(kept.map(({ id }) => id))
  const drawing = asked.filter(({ id }) => !known.has(id))
  const today = await selectSendTimes(deps.db, {
    stepKey: step.key,
    asked: drawing.map((one) => ({ id: one.id, since: dayOf(step, one).toJSDate() })),
  })
  const passed = new Map(today.map(({ id, dueAt }) => [id, dueAt]))
  const fresh = await drawTimes(deps.db, definition, step, onLaterDays(step, drawing, passed), deps.clock())
  if (fresh.length > 0) await insertSendTimes(deps.db, { stepKey: step.key, at: deps.clock(), times: fresh })
  return inWords(step, [...kept, ...fresh])
}

/** The same without keeping anything: for a rehearsal. `passed`: the last of these times that each has waited for so far. */
export const rehearsedTimes = async (
  deps: { db: Db; clock: Clock },
  definition: CampaignDefinition,
  step: BestWait,
  asked: readonly Waiting[],
  passed: ReadonlyMap<string, Date>,
): Promise<ReadonlyMap<string, Best>> =>
  inWords(step, await drawTimes(deps.db, definition, step, onLaterDays(step, asked, passed), deps.clock()))

/** The day on which somebody came to a wait, where it is counted. */
const dayOf = (step: BestWait, { since, zones }: Waiting): DateTime =>
  DateTime.fromJSDate(since, { zone: zones[step.until.zone] }).startOf('day')

/** A time of day is waited for once a day: who comes round on the day of the last is drawn another from the next day on. */
const onLaterDays = (step: BestWait, asked: readonly Waiting[], passed: ReadonlyMap<string, Date>): Waiting[] =>
  asked.map((one) => {
    const last = passed.get(one.id)
    if (last === undefined || last.getTime() < dayOf(step, one).toMillis()) return one
    return { ...one, since: dayOf(step, one).plus({ days: 1 }).startOf('day').toJSDate() }
  })

const inWords = (step: BestWait, times: readonly SendTime[]): ReadonlyMap<string, Best> =>
  new Map(times.map((time) => [time.id, { dueAt: time.dueAt, why: wordsOf(step, time) }]))

const wordsOf = ({ until }: BestWait, { arm, hour }: SendTime): string =>
  arm === 'declared'
    ? `at ${until.time}, as the control that their best time is measured against`
    : `in the hour from ${clockHour(hour)}, drawn as the one they answer best in`

const clockHour = (hour: number): string => `${String(hour).padStart(2, '0')}:00`

async function drawTimes(
  db: Queryable,
  definition: CampaignDefinition,
  step: BestWait,
  asked: readonly Waiting[],
  at: Date,
): Promise<SendTime[]> {
  if (asked.length === 0) return []
  const population = await learntHours(db)
  const people = [...new Set(asked.flatMap(({ personId }) => (personId === null ? [] : [personId])))]
  const answered = Map.groupBy(await selectAnsweredBy(db, { ...tellingSpan(at), people }), ({ personId }) => personId)
  const open = openHours(definition.limits.window)
  return asked.map((one) => {
    const zone = one.zones[step.until.zone]
    const words = `best time ${definition.name} ${step.key} ${one.drawnBy}`
    if (lot(`control of ${words}`) < step.until.best.control) {
      const { time, days } = step.until
      return {
        id: one.id,
        arm: 'declared',
        hour: Number(time.slice(0, 2)),
        dueAt: firstTime({ time, days }, zone, one.since),
      }
    }
    const history =
      one.personId === null ? [] : (answered.get(one.personId) ?? []).filter(({ channel }) => channel === 'email')
    const own = hoursOf(history.map((row) => ({ ...row, zone: one.zones.person })), at) // prettier-ignore
    const { hour } = bestHour({ population, own }, open, `${words} ${one.since.toISOString()}`)
    const minute = String(Math.floor(lot(`minute of ${words}`) * 60)).padStart(2, '0')
    const time = `${String(hour).padStart(2, '0')}:${minute}`
    return { id: one.id, arm: 'best', hour, dueAt: firstTime({ time, days: step.until.days }, zone, one.since) }
  })
}

/** Best times read as an experiment against the declared time; `hours`: for how many each hour was drawn. */
export type TimeReadout = Compared & {
  stepKey: string
  declared: string
  hours: { hour: number; people: number }[]
  goal: { event: string; withinDays: number }
}

/** What waiting for best times brings; by the goal, or by clicks where the campaign has none. */
export async function readTimes(db: Queryable, definition: CampaignDefinition): Promise<TimeReadout[]> {
  const { name: campaign, goalReachedBy: goal = answer } = definition
  const read: TimeReadout[] = []
  for (const step of definition.journey.filter(isBestWait)) {
    const place = { campaign, stepKey: step.key }
    const counts = await countArms(db, { campaign, goal, drawn: drawnByTime(place) })
    const { control } = step.until.best
    const planned = [
      { counted: 'declared', name: `at ${step.until.time}`, weight: control },
      { counted: 'best', name: 'at their best time', weight: 1 - control },
    ]
    const hours = (await countHours(db, place)).filter(({ arm }) => arm === 'best')
    read.push({ ...compared(planned, counts), stepKey: step.key, declared: step.until.time, hours, goal })
  }
  return read
}
