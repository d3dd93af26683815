import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import { happened, releaseJourney, send, standings } from './journey-world.ts'
import { addPeople, anOwner, enrol, memoryChannel, workerOver, type Person } from './world.ts'

const db = testDatabase()
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const steps = () => [
  send('hello'),
  { key: 'night', kind: 'wait' as const, until: { time: '02:30', zone: 'person' as const } },
  { key: 'which', kind: 'branch' as const, when: [{ if: { subscribed: true }, to: 'insiders' }], otherwise: 'reply' },
  send('insiders', { next: 'reply' }),
  { key: 'reply', kind: 'wait' as const, forEvent: { event: 'replied', withinMinutes: 2 * 24 * 60 }, next: 'thanks', otherwise: 'again' }, // prettier-ignore
  send('thanks', { next: 'end' }),
  send('again'),
  { key: 'pause', kind: 'wait' as const, minutes: 3 * 24 * 60 },
  send('last'),
  { key: 'end', kind: 'exit' as const, reason: 'done' },
]
const change = { goalReachedBy: { event: 'paid', withinDays: 4 }, exitOn: [{ event: 'quit' }] }

const zones = ['Europe/Amsterdam', 'America/New_York', 'Australia/Lord_Howe'] as const
const kinds = ['replied', 'paid', 'quit', 'something'] as const

/** What happens between two looks: a person does something, told late or at once, a person subscribes, the clock jumps. */
const act = fc.record({
  who: fc.nat({ max: zones.length - 1 }),
  event: fc.option(fc.constantFrom(...kinds), { freq: 2 }),
  lateMs: fc.constantFrom(0, 0, hour, day),
  subscribes: fc.boolean(),
  jumpMs: fc.constantFrom(minute, 30 * minute, hour, 6 * hour, day, 3 * day),
})
const begins = fc.constantFrom('2026-03-27T11:00:00Z', '2026-10-24T11:00:00Z', '2026-10-31T20:00:00Z', '2026-04-03T09:00:00Z') // prettier-ignore

it('takes everybody through a journey as an oracle does, whatever they do, over changes of the clocks', async () => {
  await fc.assert(
    fc.asyncProperty(begins, fc.array(act, { minLength: 3, maxLength: 9 }), async (begin, acts) => {
      await db.query(sql`truncate campaigns.turns, campaigns.deliveries, campaigns.enrolments, campaigns.listeners,
        ingest.events, ingest.profiles, ingest.memberships, ingest.consents, governance.users cascade`)
      const clock = stoppedClock(new Date(begin))
      const people = await addPeople(db, clock, zones.map((zone) => ({ address: `${zone.slice(-4).toLowerCase()}@example.com`, zone }))) // prettier-ignore
      await db.query(sql`update ingest.profiles set country = 'NL'`)
      const subscribers = new Set<number>()
      const members: Members = (_rule, _at, among = []) => Promise.resolve(people.filter((one, n) => subscribers.has(n) && among.includes(one.personId)).map((one) => one.personId)) // prettier-ignore
      const memory = memoryChannel()
      const worker = workerOver(db, memory.channel, clock, { members })
      const look = async (): Promise<void> => {
        await followJourneys({ db, clock, members, zone: zones[0], log: silentLog })
        for (let round = 0; round < 5; round++) await tick(worker)
      }
      await enrol({ db, clock }, await releaseJourney({ db, clock }, await anOwner(db, clock), steps(), change), people)
      const oracles = zones.map((zone) => oracle(zone, clock()))
      const compare = async (): Promise<void> => {
        await look()
        oracles.forEach((one, n) => one.look(clock(), subscribers.has(n)))
        expect(sentTo(memory.given, people)).toEqual(oracles.map((one) => one.sent()))
        const ended = new Map((await standings(db)).map((one) => [one.address, one.ended]))
        expect(people.map(({ address }) => ended.get(address))).toEqual(oracles.map((one) => one.ended()))
      }
      await compare()
      for (const { who, event, lateMs, subscribes, jumpMs } of acts) {
        clock.advance(jumpMs)
        if (subscribes) subscribers.add(who)
        if (event !== null) {
          const when = new Date(clock().getTime() - lateMs)
          await happened(db, clock, people[who]!, event, { at: when })
          oracles[who]!.hears(event, when)
        }
        await compare()
      }
      const undecided = await db.query(sql`select id from campaigns.enrolments where (next_due_at is null) = (ended_reason is null)`) // prettier-ignore
      expect(undecided).toEqual([])
    }),
    { numRuns: 6, endOnFailure: true },
  )
}, 300_000)

const sentTo = (given: readonly { to: string; subject: string }[], people: readonly Person[]): string[][] =>
  people.map(({ address }) => given.filter(({ to }) => to === address).map(({ subject }) => subject))

/** The journey above, written out once more for one person: no rules, no batches, no database. */
function oracle(zone: string, enrolledAt: Date) {
  const heard: { event: string; at: number }[] = []
  const sent: string[] = []
  let place = 'hello'
  let since = enrolledAt.getTime()
  let ended: string | null = null
  const did = (event: string, after: number, until: number): number | null =>
    heard.filter((one) => one.event === event && one.at > after && one.at <= until).map((one) => one.at).toSorted((a, b) => a - b)[0] ?? null // prettier-ignore
  const to = (key: string, at: number): boolean => {
    place = key
    since = at
    return true
  }
  const says = (key: string, next: string, at: number): boolean => {
    sent.push(key)
    return to(next, at)
  }
  const step = (now: number, subscribes: boolean): boolean => {
    const [night, deadline] = [nightAfter(since, zone), since + 2 * day]
    if (place === 'hello') return says('hello', 'night', now)
    if (place === 'night') return night <= now && to(subscribes ? 'insiders' : 'reply', night)
    if (place === 'insiders') return says('insiders', 'reply', now)
    if (place === 'reply') {
      const replied = did('replied', since, Math.min(now, deadline))
      if (replied !== null) return to('thanks', replied)
      return deadline <= now && to('again', deadline)
    }
    if (place === 'thanks') return says('thanks', 'end', now)
    if (place === 'again') return says('again', 'pause', now)
    if (place === 'pause') return since + 3 * day <= now && to('last', since + 3 * day)
    if (place === 'last') return says('last', 'end', now)
    ended = 'left: done'
    return false
  }
  return {
    hears: (event: string, at: Date) => void heard.push({ event, at: at.getTime() }),
    look: (at: Date, subscribes: boolean) => {
      const now = at.getTime()
      const start = enrolledAt.getTime()
      if (ended !== null) return
      if (did('paid', start, Math.min(now, start + 4 * day)) !== null) ended = 'goal reached'
      else if (did('quit', start, now) !== null) ended = 'left: did “quit”'
      for (let goesOn = ended === null; goesOn; goesOn = step(now, subscribes));
    },
    sent: () => sent,
    ended: () => ended,
  }
}

/** The first minute, from one on, at which clocks show half past two; the jump where they skip it; never a second time. */
function nightAfter(from: number, zone: string): number {
  const clocks = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const shown = (at: number): number => {
    const [hours = 0, minutes = 0] = clocks.format(at).split(':').map(Number)
    return hours * 60 + minutes
  }
  const wanted = 2 * 60 + 30
  for (let at = Math.ceil(from / minute) * minute; ; at += minute) {
    const now = shown(at)
    const before = shown(at - minute)
    const jumped = before < wanted && now > wanted && now - before > 1
    const again = shown(at - 30 * minute) === wanted || shown(at - hour) === wanted
    if ((now === wanted && !again) || jumped) return at
  }
}
