import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createRandom, type Random } from '#examples/roastery/random.ts'
import { sql } from '#kernel/sql.ts'
import { startPostgres } from '../support/postgres-server.mjs'
import { openHouse, patiently, type House, type HouseSettings } from './house.ts'
import { startTime, type StormTime } from './pace.ts'
import { endProcess } from './processes.ts'
import { judge, type Verdict } from './verdict.ts'

export type Victim =
  | 'the process that sends'
  | 'a worker'
  | 'the server of pages'
  | 'PostgreSQL'
  | 'the embedded engine'

export type StormSettings = {
  seed: string
  kills: number
  /** Days that go by while processes are killed. */
  days: number
  /** A folder of the embedded engine to begin with, as a tar file, so that nothing has to be migrated. */
  snapshot?: string
  houses: readonly (Pick<HouseSettings, 'name' | 'sendsBy' | 'campaigns' | 'peopleEach'> & { on: 'postgres' | 'embedded' })[] // prettier-ignore
  say?: (line: string) => void
}

export type Storm = {
  kills: Map<Victim, number>
  /** Kills between the first byte of a message and its answer. */
  struck: number
  verdicts: Map<string, Verdict>
  /** Last words of processes that ended and nobody had killed them. */
  ownEnds: string[]
  seconds: number
}

/** A Friday: in the night to Sunday Europe's clocks jump. */
const begin = new Date('2026-03-27T11:00:00Z')
const speed = 10
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const calmDays = 10

/**
 * Campaigns in a storm: real processes are killed while messages leave, days go by in minutes, and in the end everybody
 * is asked after. Who is killed when comes from the seed alone.
 */
export async function storm(settings: StormSettings): Promise<Storm> {
  const from = performance.now()
  const random = createRandom(settings.seed)
  const say = settings.say ?? (() => {})
  const folder = mkdtempSync(join(tmpdir(), 'millrace-storm-'))
  const time = startTime(join(folder, 'pace.json'), begin, speed)
  const server = settings.houses.some(({ on }) => on === 'postgres') ? await startPostgres() : null
  const houses: House[] = []
  try {
    for (const house of settings.houses) {
      houses.push(await openHouse({ ...house, folder, time, random: random.fork(house.name), snapshot: settings.snapshot ?? null, server: house.on === 'postgres' ? server!.url : null })) // prettier-ignore
    }
    say(`${houses.length} houses stand, in ${folder}`)
    const { kills, struck } = await rage({
      houses,
      time,
      random,
      crash: server?.crash ?? null,
      count: settings.kills,
      days: settings.days,
      say,
    })
    await calm(houses, time, say)
    const verdicts = new Map<string, Verdict>()
    for (const house of houses) verdicts.set(house.name, await patiently(() => judge(house)))
    const ownEnds = houses.flatMap(({ processes }) => Object.values(processes).flatMap((one) => one.ownEnds))
    return { kills, struck, verdicts, ownEnds, seconds: (performance.now() - from) / 1000 }
  } finally {
    await Promise.allSettled(houses.map((house) => house.stop()))
    await server?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 })
  }
}

type Rage = { houses: readonly House[]; time: StormTime; random: Random; crash: (() => Promise<void>) | null; count: number; days: number; say: (line: string) => void } // prettier-ignore

/** The kills: campaigns start one after the other, guests come, and a few times a day goes by. */
async function rage({ houses, time, random, crash, count, days, say }: Rage): Promise<Pick<Storm, 'kills' | 'struck'>> {
  const kills = new Map<Victim, number>()
  let struck = 0
  const launches = random.shuffle(houses.flatMap((house) => house.campaigns.map((campaign) => ({ house, campaign }))))
  const perLaunch = Math.max(1, Math.floor(count / launches.length))
  const perDay = Math.ceil(count / days)
  const first = launches.shift()
  await first?.house.launch(first.campaign)
  for (let n = 1; n <= count; n++) {
    const house = random.pick(houses)
    const victim = victimOf(random, house)
    for (const one of houses) one.signUp(Math.ceil(one.people.length / one.campaigns.length / count))
    await letPass(houses, random.int(1, 40), random.int(300, 2_500))
    if ((await kill({ victim, house, houses, crash, since: time.now() })) > 0) struck += 1
    kills.set(victim, (kills.get(victim) ?? 0) + 1)
    say(`${time.now().toISOString()} kill ${n}: ${victim} of ${house.name}; ${houses.map((one) => `${one.name} took ${one.provider.taken.length}`).join(', ')}`) // prettier-ignore
    const next = n % perLaunch === 0 ? launches.shift() : undefined
    if (next) await next.house.launch(next.campaign)
    if (n % perDay === 0 && n < count) await nightfall(houses, time, say)
  }
  for (const next of launches) await next.house.launch(next.campaign)
  for (const house of houses) house.signUp(house.people.length)
  return { kills, struck }
}

const victimOf = (random: Random, { on }: House): Victim =>
  random.weighted<Victim>([
    ['the process that sends', 45],
    ['a worker', 20],
    ['the server of pages', 20],
    [on === 'postgres' ? 'PostgreSQL' : 'the embedded engine', 15],
  ])

type Killing = Pick<Rage, 'houses' | 'crash'> & { victim: Victim; house: House; since: Date }

/** Kills somebody; how many messages were between their first byte and the answer. */
async function kill({ victim, house, houses, crash, since }: Killing): Promise<number> {
  if (victim === 'PostgreSQL') {
    await crash?.()
    const left = await Promise.all(houses.map((one) => one.doubt(null, since)))
    return left.reduce((sum, count) => sum + count, 0)
  }
  if (victim === 'the embedded engine') {
    const engine = await house.engine()
    if (engine !== null) endProcess(engine, 'SIGKILL')
    return house.doubt(null, since)
  }
  const { start, worker } = house.processes
  const senders = { start: await start.sender(), worker: await worker.sender() }
  if (victim === 'a worker') await worker.kill()
  if (victim === 'the server of pages') await start.kill()
  const sender = victim === 'the server of pages' ? senders.start : (senders.worker ?? senders.start)
  if (victim === 'the process that sends' && sender !== null) endProcess(sender, 'SIGKILL')
  return sender === null ? 0 : house.doubt(sender, since)
}

/** Lets so many messages leave, or so much time pass, whichever is first. */
async function letPass(houses: readonly House[], messages: number, ms: number): Promise<void> {
  const taken = (): number => houses.reduce((sum, { provider }) => sum + provider.taken.length, 0)
  const enough = taken() + messages
  const until = performance.now() + ms
  while (taken() < enough && performance.now() < until) await pause(5)
}

/** Waits until everything that is due has left and is known, and lets a day pass. */
async function nightfall(houses: readonly House[], time: StormTime, say: (line: string) => void): Promise<void> {
  await quiet(houses, time)
  time.jump(dayMs + minuteMs)
  say(`${time.now().toISOString()} a day later`)
}

/** The days after the storm: until nobody is on their way any more. */
async function calm(houses: readonly House[], time: StormTime, say: (line: string) => void): Promise<void> {
  for (let day = 0; day < calmDays; day++) {
    await quiet(houses, time)
    if ((await Promise.all(houses.map(travelling))).every((count) => count === 0)) return
    time.jump(dayMs + minuteMs)
    say(`${time.now().toISOString()} a calm day later`)
  }
}

const travelling = ({ db }: House): Promise<number> =>
  patiently(async () => (await db.query<{ n: number }>(sql`select count(*) as n from campaigns.enrolments where next_due_at is not null`))[0]!.n) // prettier-ignore

const stalledMs = 2_000
const patienceMs = 10 * minuteMs

/**
 * Until nothing is under way. What only waits for its time (another try, the lease of a dead worker, the next round) is
 * not waited for: the clock goes on by as much, once nothing has moved for a while.
 */
async function quiet(houses: readonly House[], time: StormTime): Promise<void> {
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
