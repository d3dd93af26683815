import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createRandom, type Random } from '#examples/roastery/random.ts'
import { startPostgres } from '../support/postgres-server.mjs'
import { calm, nightfall, somethingIsDue } from './calm.ts'
import type { Kill } from './flights.ts'
import { openHouse, type House, type HouseSettings } from './house.ts'
import { patiently } from './patiently.ts'
import { startTime, type StormTime } from './pace.ts'
import { liftAll, plansOf } from './plans.ts'
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
      crash: server === null ? null : () => crashed(server.crash, time.now),
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

/** Kills PostgreSQL; returns when it was dead, which is well before it runs again. */
async function crashed(crash: () => Promise<void>, now: () => Date): Promise<Date> {
  const again = crash()
  await pause(20)
  const dead = now()
  await again
  return dead
}

type Rage = { houses: readonly House[]; time: StormTime; random: Random; crash: (() => Promise<Date>) | null; count: number; days: number; say: (line: string) => void } // prettier-ignore

/** The kills, and beside them what people do to their campaigns; a few times a day goes by. */
async function rage({ houses, time, random, crash, count, days, say }: Rage): Promise<Pick<Storm, 'kills' | 'struck'>> {
  const kills = new Map<Victim, number>()
  let struck = 0
  const plans = plansOf(houses, random, count)
  const perDay = Math.ceil(count / days)
  for (let n = 1; n <= count; n++) {
    for (const plan of plans.splice(0, plans.findLastIndex(({ before }) => before <= n) + 1)) {
      await plan.does()
      say(`${time.now().toISOString()} ${plan.what}`)
    }
    const house = random.pick(houses)
    const victim = victimOf(random, house)
    for (const one of houses) one.signUp(Math.ceil(one.people.length / one.campaigns.length / count))
    await lives(victim, house)
    await letPass({ houses, time }, random.int(1, 40), random.int(300, 2_500))
    if ((await kill({ victim, house, houses, crash, now: time.now })) > 0) struck += 1
    kills.set(victim, (kills.get(victim) ?? 0) + 1)
    say(`${time.now().toISOString()} kill ${n}: ${victim} of ${house.name}; ${houses.map((one) => `${one.name} took ${one.provider.taken.length}`).join(', ')}`) // prettier-ignore
    if (n % perDay === 0 && n < count) await nightfall(houses, time, say)
  }
  for (const plan of plans) await plan.does()
  await liftAll(houses)
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

type Killing = Pick<Rage, 'houses' | 'crash'> & { victim: Victim; house: House; now: () => Date }

/** Kills somebody; how many groups were between their first byte and the answer. */
async function kill({ victim, house, houses, crash, now }: Killing): Promise<number> {
  const from = now()
  const note = (one: House, sender: Kill['sender'], until: Date): Promise<number> =>
    patiently(() => one.flights.note({ sender, from, until }))
  if (victim === 'PostgreSQL') {
    const dead = await crash?.()
    const onIt = houses.filter(({ on }) => on === 'postgres')
    const struck = await Promise.all(onIt.map((one) => note(one, null, dead ?? now())))
    return struck.reduce((sum, count) => sum + count, 0)
  }
  if (victim === 'the embedded engine') {
    const engine = await house.engine()
    if (engine !== null) endProcess(engine, 'SIGKILL')
    return note(house, null, now())
  }
  const { start, worker } = house.processes
  const senders = { start: await start.sender(), worker: await worker.sender() }
  if (victim === 'a worker') await worker.kill()
  if (victim === 'the server of pages') await start.kill()
  const sender = victim === 'the server of pages' ? senders.start : (senders.worker ?? senders.start)
  if (victim === 'the process that sends' && sender !== null) endProcess(sender, 'SIGKILL')
  // What it had asked the database for before it died may be done a moment later.
  await pause(50)
  return sender === null ? 0 : note(house, sender, now())
}

const startingMs = 30_000

/** Until somebody is there to be killed: processes that were killed before are starting still. */
async function lives(victim: Victim, { processes: { start, worker } }: House): Promise<void> {
  const until = performance.now() + startingMs
  const isThere = async (): Promise<boolean> => {
    if (victim !== 'the server of pages' && (await worker.sender()) !== null) return true
    return victim !== 'a worker' && (await start.sender()) !== null
  }
  while (!(await isThere()) && performance.now() < until) await pause(100)
}

const patienceMs = 15_000

/**
 * Lets so many messages leave, or so much time pass, whichever is first; where something should leave, at least one message:
 * on a busy machine a process takes as long to start as the storm to kill it.
 */
async function letPass({ houses, time }: Pick<Rage, 'houses' | 'time'>, messages: number, ms: number): Promise<void> {
  const taken = (): number => houses.reduce((sum, { provider }) => sum + provider.taken.length, 0)
  const before = taken()
  const from = performance.now()
  for (;;) {
    const passed = performance.now() - from
    if (taken() - before >= messages || passed > patienceMs) return
    if (passed > ms && (taken() > before || !(await somethingIsDue(houses, time.now())))) return
    await pause(passed > ms ? 100 : 5)
  }
}
