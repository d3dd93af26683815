import { setTimeout as pause } from 'node:timers/promises'
import { sql } from '#kernel/sql.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import type { House } from './house.ts'
import type { StormTime } from './pace.ts'
import { patiently } from './patiently.ts'
import { liftAll } from './plans.ts'
import { everybody } from './town.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const calmDays = 10

/** Waits until everything that is due has left and is known, and lets a day pass. */
export async function nightfall(houses: readonly House[], time: StormTime, say: (line: string) => void): Promise<void> {
  await liftAll(houses)
  await quiet(houses, time)
  await Promise.all(houses.map((house) => house.signUpAgain()))
  time.jump(dayMs + minuteMs)
  say(`${time.now().toISOString()} a day later`)
}

/** Until the graph knows everybody whom a branch may ask it about: it does long before a day is over. */
async function known({ db, people }: House, time: StormTime): Promise<void> {
  const until = performance.now() + patienceMs
  const graph = postgresGraph(db)
  while ((await patiently(() => graph.segment(everybody, { at: time.now() }))).length < people.length) {
    if (performance.now() > until) throw new Error('The graph does not come to know everybody')
    await pause(100)
  }
}

/** The days after the storm: until nobody is on their way any more. */
export async function calm(houses: readonly House[], time: StormTime, say: (line: string) => void): Promise<void> {
  for (let day = 0; day < calmDays; day++) {
    await quiet(houses, time)
    await Promise.all(houses.map((house) => house.signUpAgain()))
    await quiet(houses, time)
    if ((await Promise.all(houses.map(travelling))).every((count) => count === 0)) return
    time.jump(dayMs + minuteMs)
    say(`${time.now().toISOString()} a calm day later`)
  }
}

const travelling = ({ db }: House): Promise<number> =>
  patiently(async () => (await db.query<{ n: number }>(sql`select count(*) as n from campaigns.enrolments where next_due_at is not null`))[0]!.n) // prettier-ignore

const stalledMs = 800
const patienceMs = 10 * minuteMs

/**
 * Until nothing is under way. What only waits for its time (another try, the lease of a dead worker, the next round) is
 * not waited for: the clock goes on by as much, once nothing has moved for a while.
 */
async function quiet(houses: readonly House[], time: StormTime): Promise<void> {
  await Promise.all(houses.map((house) => known(house, time)))
  const until = performance.now() + patienceMs
  let [last, since] = ['', performance.now()]
  while (performance.now() < until) {
    const open = await Promise.all(houses.map((house) => openOf(house, time.now())))
    if (open.every(({ count }) => count === 0)) return
    const seen = JSON.stringify([open, houses.map(({ provider }) => provider.taken.length)])
    if (seen !== last) [last, since] = [seen, performance.now()]
    else if (performance.now() - since > stalledMs) {
      const next = Math.min(...open.flatMap(({ next: at }) => (at === null ? [] : [at.getTime()])), time.now().getTime() + minuteMs) // prettier-ignore
      time.jump(Math.max(1_000, next - time.now().getTime()))
      since = performance.now()
    }
    await pause(100)
  }
  throw new Error(`It does not come to rest: ${last}`)
}

type Open = { count: number; next: Date | null }

/** Messages under way and people whose step is due; deeds and webhooks not heard yet; guests not in yet. */
async function openOf(house: House, at: Date): Promise<Open> {
  const soon = new Date(at.getTime() + 12 * 60 * minuteMs)
  const [row] = await patiently(() =>
    house.db.query<{ messages: number; due: number; guests: number; next: Date | null }>(sql`
      select (select count(*) from campaigns.deliveries where state in ('planned', 'claimed', 'sending') and due_at < ${soon}) as messages,
        (select count(*) from campaigns.enrolments where next_due_at <= ${at}) as due,
        (select count(*) from ingest.events where kind = 'signed up')
          - (select count(*) from campaigns.enrolments where campaign = 'guests') as guests,
        least((select min(due_at) from campaigns.deliveries where state = 'planned' and due_at > ${at}),
          (select min(expires_at) from campaigns.claims where expires_at > ${at})) as next`),
  )
  const { messages, due, guests, next } = row!
  return { count: messages + due + guests + house.pending(), next }
}

/** Whether a message should leave by now, of a campaign that nobody holds. */
export async function somethingIsDue(houses: readonly House[], at: Date): Promise<boolean> {
  const due = await Promise.all(houses.map(({ db }) => patiently(() => db.query(sql`
    select from campaigns.deliveries d where d.state in ('planned', 'claimed', 'sending') and d.due_at <= ${at} and not exists (
      select from campaigns.holds h where h.campaign = d.campaign and h.lifted_at is null) limit 1`)))) // prettier-ignore
  return due.some((rows) => rows.length > 0)
}
