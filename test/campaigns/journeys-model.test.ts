import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { testDatabase } from '../support/database.ts'
import { happened } from './journey-world.ts'
import { happenings } from './journeys-model.ts'
import { address, aHouse, businessZone, day, hour, minute, zones } from './journeys-house.ts'
import {
  asCommand,
  begun,
  both,
  deeds,
  happens,
  isFan,
  round,
  timePasses,
  unsubscribes,
  type Deed,
} from './journeys-deeds.ts'

const db = testDatabase()
/** So many take seconds; with MODEL_RUNS=200 it is a search. */
const runs = Number(process.env['MODEL_RUNS'] ?? 12)

const who = fc.nat({ max: zones.length - 1 })
const passes = fc.constantFrom(minute, 6 * hour, 12 * hour, 12 * hour, day, 2 * day).map(timePasses)
/** Clocks of machines differ by a little, and are put right. */
const goesBack = fc.constantFrom(-1_000, -30_000, -90_000).map(timePasses)
const acts = fc.tuple(who, fc.constantFrom('came' as const, 'replied', ...happenings), fc.constantFrom(0, 0, 0, hour, day)).map(([one, kind, late]) => happens(one, kind, late)) // prettier-ignore
const often = <T>(times: number, one: T): T[] => Array.from({ length: times }, () => one)
/** Mostly time passes and the house goes round, so that journeys go on between the other deeds; what stops them soon ends. */
const commands = [
  ...often(10, passes.map((time) => both(time, round))), ...often(6, acts.map((act) => both(act, both(timePasses(12 * hour), round)))),
  ...often(4, fc.constantFrom(deeds.lift, deeds.resume)), ...Object.values(deeds).map((deed) => fc.constant(deed)),
  fc.constant(round), acts, acts, passes, goesBack, goesBack, fc.tuple(who, fc.boolean()).map(([one, is]) => isFan(one, is)), who.map(unsubscribes),
].map((deed) => deed.map(asCommand)) // prettier-ignore

/** The eves of the four nights in which clocks change, in one of the zones or the other. */
const begins = fc.constantFrom('2026-03-06T15:00:00Z', '2026-03-27T15:00:00Z', '2026-10-23T15:00:00Z', '2026-10-30T15:00:00Z') // prettier-ignore

it('hears at once what a machine whose clock is ahead tells', async () => {
  const { model, real } = await begun(db, '2026-03-27T15:00:00Z')
  const told = [timePasses(day), round, happens(0, 'replied', 0), happens(1, 'quit', 0), timePasses(-1_000), round]
  for (const deed of told) await asCommand(deed).run(model, real)
  expect(real.memory.given.at(-1)).toMatchObject({ to: address(0), subject: 'thanks 1' })
})

it('lets in who came before the graph knew them, once it does', async () => {
  const { deps, people, members } = await aHouse(db, new Date('2026-03-27T15:00:00Z'))
  const known = { people: false, to: '0' }
  const following = {
    ...deps, zone: businessZone, log: silentLog, graph: { live: () => Promise.resolve({ number: 1, version: 'v', watermark: known.to }) },
    members: (...asked: Parameters<Members>) => (known.people ? members(...asked) : Promise.resolve([])),
  } // prettier-ignore
  await happened(db, deps.clock, people[0]!, 'came')
  expect(await followJourneys(following)).toMatchObject([{ entered: 0 }])
  const [now] = await db.query<{ to: string }>(sql`select pg_snapshot_xmax(pg_current_snapshot())::text as to`)
  Object.assign(known, { people: true, to: now!.to })
  expect(await followJourneys(following)).toMatchObject([{ entered: 1 }])
  expect(await followJourneys(following)).toMatchObject([{ entered: 0 }])
})

it('lets nobody in a second time by what let them in before, though it is heard again behind something long', async () => {
  const { deps, people, members, clock } = await aHouse(db, new Date('2026-03-27T15:00:00Z'))
  const following = { ...deps, zone: businessZone, log: silentLog, members }
  const hearAgain = () => db.query(sql`update campaigns.listeners set watermark = '0' where hears = 'entries'`)
  await happened(db, clock, people[0]!, 'came')
  expect(await followJourneys(following)).toMatchObject([{ entered: 1 }])
  clock.advance(hour)
  await happened(db, clock, people[0]!, 'quit')
  await followJourneys(following)
  clock.advance(3 * day)
  await hearAgain()
  expect(await followJourneys(following)).toMatchObject([{ entered: 0 }])
  await happened(db, clock, people[0]!, 'came')
  expect(await followJourneys(following)).toMatchObject([{ entered: 1 }])
})

it('writes nothing more to who reached the goal when a rollback had left no step for them', async () => {
  const { model, real } = await begun(db, '2026-03-27T15:00:00Z')
  const later = both(timePasses(12 * hour), round)
  const told = [
    later,
    later,
    deeds.second,
    deeds.migrate,
    happens(0, 'replied', 0),
    deeds.hold,
    later,
    deeds.rollback,
    round,
  ]
  for (const deed of told) await asCommand(deed).run(model, real)
  expect(model.people[0]!.visits).toMatchObject([
    { step: 'extra', ended: 'held: the restored release has no step extra' },
  ])
  for (const deed of [happens(0, 'paid', 0), round, deeds.lift, later, later]) await asCommand(deed).run(model, real)
  expect(real.memory.given.map(({ subject }) => subject)).not.toContain('thanks 1')
})

describe('a rollback', () => {
  const later = both(timePasses(12 * hour), round)
  /** At 03:02 the first awaits `extra`, a step that only the second version has: it was planned in the night. */
  const awaitsExtra = [later, deeds.second, deeds.migrate, happens(0, 'replied', 0), round, later, later]
  const told = async (sequence: readonly Deed[]) => {
    const { model, real } = await begun(db, '2026-03-27T15:00:00Z')
    for (const deed of sequence) await asCommand(deed).run(model, real)
    return model.people[0]!.visits.at(-1)!
  }

  it('keeps a message in the plan whose step is gone, until it expires', async () => {
    const { messages } = await told([...awaitsExtra, deeds.rollback, later])
    expect(messages.at(-1)).toMatchObject({ step: 'extra', state: 'planned' })
    const { messages: old } = await told([...awaitsExtra, deeds.rollback, ...Array.from({ length: 8 }, () => later)])
    expect(old.at(-1)).toMatchObject({ step: 'extra', state: 'expired' })
  })

  it('hands over at the next look, though nobody is due', async () => {
    const { ended } = await told([...awaitsExtra, later, deeds.rollback, round])
    expect(ended).toBe('held: the restored release has no step pause')
  })

  it('has heard before who reached the goal', async () => {
    const { ended } = await told([...awaitsExtra, later, happens(0, 'paid', 0), deeds.rollback, round])
    expect(ended).toBe('goal reached')
  })
})

it('keeps journeys as a model in memory has them, whatever happens and however the clocks jump', async () => {
  const sequences = fc.commands(commands, { maxCommands: 40, size: 'max' })
  await fc.assert(
    fc.asyncProperty(begins, sequences, async (begin, sequence) => {
      await fc.asyncModelRun(() => begun(db, begin), sequence)
    }),
    { numRuns: runs, endOnFailure: true },
  )
}, 3_600_000)
