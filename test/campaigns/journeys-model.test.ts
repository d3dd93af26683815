import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newId, type PersonId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { recordConsents } from '#ingest/consent.ts'
import { liveRelease, rollback } from '#governance/releases.ts'
import { holdCampaign, liftHold, openHolds } from '#campaigns/content/holds.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { migrate } from '#campaigns/journeys/migrate.ts'
import { moveSwitch } from '#campaigns/switches.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import { horizonPassed } from '../support/horizon.ts'
import { happened, releaseJourney, send } from './journey-world.ts'
import { aModel, expireAfterHours, happenings, isOpen, reentry, shownIn, window, type Happening, type Model, type Version } from './journeys-model.ts' // prettier-ignore
import { aBody, addPeople, anOwner, campaign, memoryChannel, workerOver } from './world.ts'

const db = testDatabase()
/** So many take seconds; with MODEL_RUNS=200 it is a search. */
const runs = Number(process.env['MODEL_RUNS'] ?? 12)
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** The last lives nobody knows where: the business's clock counts. */
const zones = ['Europe/Amsterdam', 'America/New_York', undefined] as const
const businessZone = 'Europe/Amsterdam'

const address = (who: number): string => `p${who}@example.com`

/** The journey of `journeys-model.ts`, as the product knows it. */
const steps = (version: Version) => {
  const says = (key: string, next?: string) =>
    send(key, { content: aBody({ subject: { text: `${key} ${version}`, citations: [] } }), ...(next === undefined ? {} : { next }) }) // prettier-ignore
  return [
    says('hello'),
    { key: 'night', kind: 'wait' as const, until: { time: '02:30', zone: 'person' as const } },
    { key: 'which', kind: 'branch' as const, when: [{ if: { lifecycle: 'fan' }, to: 'insiders' }], otherwise: 'reply' },
    says('insiders', 'reply'),
    { key: 'reply', kind: 'wait' as const, forEvent: { event: 'replied', withinMinutes: 2 * 24 * 60 }, next: 'thanks', otherwise: 'again' }, // prettier-ignore
    ...(version === 1
      ? [says('thanks', 'end')]
      : [says('thanks'), says('extra'), { key: 'pause', kind: 'wait' as const, minutes: 24 * 60, next: 'end' }]),
    says('again'),
    { key: 'more', kind: 'wait' as const, forEvent: { event: 'enough', withinMinutes: 24 * 60 }, next: null, otherwise: 'again' }, // prettier-ignore
    { key: 'end', kind: 'exit' as const, reason: 'done' },
  ]
}
const change = {
  enter: { onEvent: { event: 'came' } },
  reentry,
  goalReachedBy: { event: 'paid', withinDays: 4 },
  exitOn: [{ event: 'quit' }],
  limits: { dailyCap: null, perPersonPerWeek: null, window, expireAfterHours },
}

/** The house itself, with nobody on their way yet. */
async function aHouse(begin: Date) {
  await db.transaction(async (tx) => {
    // What may only be added to is emptied as well.
    await tx.query(sql`set local session_replication_role = replica`)
    await tx.query(sql`truncate kernel.pointers, campaigns.turns, campaigns.deliveries, campaigns.enrolments, campaigns.listeners,
      campaigns.holds, campaigns.switch_moves, campaigns.claims, campaigns.buckets, ingest.events, ingest.profiles,
      ingest.memberships, ingest.consents, governance.users cascade`)
  })
  const clock = stoppedClock(begin)
  const deps = { db, clock }
  const people = await addPeople(db, () => new Date(begin.getTime() - day), zones.map((zone, n) => ({ address: address(n), ...(zone === undefined ? {} : { zone }) }))) // prettier-ignore
  const fans = new Set<PersonId>()
  const members: Members = (rule, _at, among = []) =>
    Promise.resolve(among.filter((one) => !('lifecycle' in rule) || fans.has(one)))
  const memory = memoryChannel()
  const owner = await anOwner(db, clock)
  const worker = workerOver(db, memory.channel, clock, { members })
  const release = (version: Version) => releaseJourney(deps, owner, steps(version), change)
  await release(1)
  await followJourneys({ db, clock, members, zone: businessZone, log: silentLog })
  return { clock, deps, people, fans, members, memory, owner, worker, release }
}
type House = Awaited<ReturnType<typeof aHouse>>

/** Something that happens to both, the model and the house. */
type Deed = { words: string; may?: (model: Model) => boolean; model: (model: Model) => void; house: (house: House) => Promise<unknown> } // prettier-ignore

/** The deed, and after it model and house side by side. */
const asCommand = (deed: Deed): fc.AsyncCommand<Model, House> => ({
  check: (model) => deed.may?.(model) ?? true,
  run: async (model, house) => {
    await deed.house(house)
    deed.model(model)
    await compare(model, house)
  },
  toString: () => deed.words,
})

const timePasses = (ms: number): Deed => ({
  words: `${ms / minute} minutes`,
  model: ({ state }) => void (state.now += ms),
  house: ({ clock }) => Promise.resolve(clock.advance(ms)),
})

const happens = (who: number, kind: Happening, lateMs: number): Deed => ({
  words: `${who} ${kind}${lateMs > 0 ? `, told ${lateMs / hour} hours late` : ''}`,
  model: ({ people, state }) => {
    people[who]!.did.push({ kind, at: state.now - lateMs })
    people[who]!.unheard.push({ kind, at: state.now - lateMs })
  },
  house: ({ clock, people }) => happened(db, clock, people[who]!, kind, { at: new Date(clock().getTime() - lateMs) }),
})

const round: Deed = {
  words: 'round',
  model: ({ round: goes }) => goes(),
  house: async ({ clock, members, worker }) => {
    // Else somebody else's transaction on the server has the house hear again what the model hears once.
    await horizonPassed(db)
    await followJourneys({ db, clock, members, zone: businessZone, log: silentLog })
    await tick(worker)
    await tick(worker)
  },
}

const both = (one: Deed, other: Deed): Deed => ({
  words: `${one.words}, ${other.words}`,
  model: (model) => {
    one.model(model)
    other.model(model)
  },
  house: async (house) => {
    await one.house(house)
    await other.house(house)
  },
})

const isFan = (who: number, is: boolean): Deed => ({
  words: `${who} is ${is ? '' : 'no '}fan`,
  model: ({ people }) => void (people[who]!.isFan = is),
  house: ({ fans, people }) => Promise.resolve(is ? fans.add(people[who]!.personId) : fans.delete(people[who]!.personId)), // prettier-ignore
})

const unsubscribes = (who: number): Deed => ({
  words: `${who} unsubscribes`,
  may: ({ people }) => people.every(({ consents }) => consents),
  model: ({ people }) => void (people[who]!.consents = false),
  house: ({ clock, people }) => {
    const { identifierId } = people[who]!
    const said = { source: 'test', externalId: newId<'record'>(clock), identifierId, channel: 'email', state: 'withdrawn' as const, basis: 'link', occurredAt: clock() } // prettier-ignore
    return db.transaction((tx) => recordConsents(tx, clock, [said]))
  },
})

const deeds = {
  hold: {
    words: 'hold',
    may: ({ state }) => !state.held,
    model: ({ state }) => void (state.held = true),
    house: ({ deps, owner }) => holdCampaign(deps, { campaign, by: owner, reason: 'test' }),
  },
  lift: {
    words: 'lift',
    may: ({ state }) => state.held,
    model: ({ state }) => void (state.held = false),
    house: async ({ deps, owner }) => {
      for (const { id, seen } of await openHolds(deps, campaign)) await liftHold(deps, { id, campaign, by: owner, reason: 'test', seen }) // prettier-ignore
    },
  },
  pause: {
    words: 'pause',
    may: ({ state }) => !state.off,
    model: ({ state }) => void (state.off = true),
    house: ({ deps, owner }) => moveSwitch(deps, { name: `campaign.${campaign}`, percent: 0, by: owner, reason: 'test' }), // prettier-ignore
  },
  resume: {
    words: 'resume',
    may: ({ state }) => state.off,
    model: ({ state }) => void (state.off = false),
    house: ({ deps, owner }) => moveSwitch(deps, { name: `campaign.${campaign}`, percent: 100, by: owner, reason: 'test' }), // prettier-ignore
  },
  second: {
    words: 'second version',
    may: ({ state }) => state.live === 1,
    model: ({ state }) => void (state.live = 2),
    house: ({ release }) => release(2),
  },
  rollback: {
    words: 'rollback',
    may: ({ state }) => state.live === 2,
    model: ({ state }) => void (state.live = 1),
    house: ({ deps, owner }) => rollback(deps, { name: campaign, by: owner, reason: 'test' }),
  },
  migrate: {
    words: 'migrate',
    model: ({ migrate: moves }) => moves(),
    house: async ({ deps, owner }) =>
      migrate(deps, { campaign, to: (await liveRelease(db, campaign))!.hash, by: owner }),
  },
} satisfies Readonly<Record<string, Deed>>

/** What must hold after everything that happens, and the model against the house, person by person. */
async function compare(model: Model, { memory }: House): Promise<void> {
  expect(new Set(memory.given.map(({ deliveryId }) => deliveryId)).size).toBe(memory.given.length)
  const undecided = await db.query(sql`select id from campaigns.enrolments where (next_due_at is null) = (ended_reason is null)`) // prettier-ignore
  expect(undecided).toEqual([])
  for (const { who, at } of model.sent) expect(isOpen(shownIn(zones[who] ?? businessZone)(at))).toBe(true)
  for (const who of zones.keys())
    expect(memory.given.filter(({ to }) => to === address(who)).map(({ subject }) => subject)).toEqual(model.sent.filter((one) => one.who === who).map(({ subject }) => subject)) // prettier-ignore
  const visits = await db.query(sql`
    select i.value as to, e.occurrence, e.step_key as step, e.next_due_at as due, e.ended_reason as ended
    from campaigns.enrolments e join ingest.identifiers i on i.id = e.identifier_id order by 1, 2`)
  expect(visits).toEqual(model.people.flatMap((one, who) => one.visits.map(({ step, due, ended }, n) => ({ to: address(who), occurrence: n + 1, step, due: due === null ? null : new Date(due), ended })))) // prettier-ignore
  const rows = await db.query(sql`
    select i.value as to, d.step_key as step, d.occurrence, d.state from campaigns.deliveries d
    join ingest.identifiers i on i.id = d.identifier_id order by i.value, d.step_key collate "C", d.occurrence`)
  const messages = model.people.flatMap((one, who) => one.visits.flatMap((visit) => visit.messages).map(({ step, occurrence, state }) => ({ to: address(who), step, occurrence, state }))) // prettier-ignore
  expect(rows).toEqual(messages.toSorted((a, b) => (`${a.to} ${a.step}` < `${b.to} ${b.step}` ? -1 : `${a.to} ${a.step}` > `${b.to} ${b.step}` ? 1 : a.occurrence - b.occurrence))) // prettier-ignore
}

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

/** Both, with everybody on their way. */
async function begun(begin: string): Promise<{ model: Model; real: House }> {
  const start = new Date(begin)
  const model = aModel(zones.map((zone) => zone ?? businessZone), start.getTime()) // prettier-ignore
  const real = await aHouse(start)
  for (const deed of [timePasses(minute), ...zones.map((_, n) => happens(n, 'came', 0)), timePasses(minute), round])
    await asCommand(deed).run(model, real)
  return { model, real }
}

it('hears at once what a machine whose clock is ahead tells', async () => {
  const { model, real } = await begun('2026-03-27T15:00:00Z')
  const told = [timePasses(day), round, happens(0, 'replied', 0), happens(1, 'quit', 0), timePasses(-1_000), round]
  for (const deed of told) await asCommand(deed).run(model, real)
  expect(real.memory.given.at(-1)).toMatchObject({ to: address(0), subject: 'thanks 1' })
})

it('lets in who came before the graph knew them, once it does', async () => {
  const { deps, people, members } = await aHouse(new Date('2026-03-27T15:00:00Z'))
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
  const { deps, people, members, clock } = await aHouse(new Date('2026-03-27T15:00:00Z'))
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

it('keeps journeys as a model in memory has them, whatever happens and however the clocks jump', async () => {
  const sequences = fc.commands(commands, { maxCommands: 40, size: 'max' })
  await fc.assert(
    fc.asyncProperty(begins, sequences, async (begin, sequence) => {
      await fc.asyncModelRun(() => begun(begin), sequence)
    }),
    { numRuns: runs, endOnFailure: true },
  )
}, 3_600_000)
