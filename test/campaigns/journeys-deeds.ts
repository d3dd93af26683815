import fc from 'fast-check'
import { expect } from 'vitest'
import type { Db } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { recordConsents } from '#ingest/consent.ts'
import { liveRelease, rollback } from '#governance/releases.ts'
import { holdCampaign, liftHold, openHolds } from '#campaigns/content/holds.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { migrate } from '#campaigns/journeys/migrate.ts'
import { moveSwitch } from '#campaigns/switches.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { horizonPassed } from '../support/horizon.ts'
import { happened } from './journey-world.ts'
import { aModel, isOpen, shownIn, type Happening, type Model } from './journeys-model.ts'
import { campaign } from './world.ts'
import { address, aHouse, businessZone, hour, minute, zones, type House } from './journeys-house.ts'

/** Something that happens to both, the model and the house. */
export type Deed = { words: string; may?: (model: Model) => boolean; model: (model: Model) => void; house: (house: House) => Promise<unknown> } // prettier-ignore

/** The deed, and after it model and house side by side. */
export const asCommand = (deed: Deed): fc.AsyncCommand<Model, House> => ({
  check: (model) => deed.may?.(model) ?? true,
  run: async (model, house) => {
    await deed.house(house)
    deed.model(model)
    await compare(model, house)
  },
  toString: () => deed.words,
})

export const timePasses = (ms: number): Deed => ({
  words: `${ms / minute} minutes`,
  model: ({ state }) => void (state.now += ms),
  house: ({ clock }) => Promise.resolve(clock.advance(ms)),
})

export const happens = (who: number, kind: Happening, lateMs: number): Deed => ({
  words: `${who} ${kind}${lateMs > 0 ? `, told ${lateMs / hour} hours late` : ''}`,
  model: ({ people, state }) => {
    people[who]!.did.push({ kind, at: state.now - lateMs })
    people[who]!.unheard.push({ kind, at: state.now - lateMs })
  },
  house: ({ clock, deps, people }) =>
    happened(deps.db, clock, people[who]!, kind, { at: new Date(clock().getTime() - lateMs) }),
})

export const round: Deed = {
  words: 'round',
  model: ({ round: goes }) => goes(),
  house: async ({ clock, deps: { db }, members, worker }) => {
    // Else somebody else's transaction on the server has the house hear again what the model hears once.
    await horizonPassed(db)
    await followJourneys({ db, clock, members, zone: businessZone, log: silentLog })
    await tick(worker)
    await tick(worker)
  },
}

export const both = (one: Deed, other: Deed): Deed => ({
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

export const isFan = (who: number, is: boolean): Deed => ({
  words: `${who} is ${is ? '' : 'no '}fan`,
  model: ({ people }) => void (people[who]!.isFan = is),
  house: ({ fans, people }) => Promise.resolve(is ? fans.add(people[who]!.personId) : fans.delete(people[who]!.personId)), // prettier-ignore
})

export const unsubscribes = (who: number): Deed => ({
  words: `${who} unsubscribes`,
  may: ({ people }) => people.every(({ consents }) => consents),
  model: ({ people }) => void (people[who]!.consents = false),
  house: ({ clock, deps, people }) => {
    const { identifierId } = people[who]!
    const said = { source: 'test', externalId: newId<'record'>(clock), identifierId, channel: 'email', state: 'withdrawn' as const, basis: 'link', occurredAt: clock() } // prettier-ignore
    return deps.db.transaction((tx) => recordConsents(tx, clock, [said]))
  },
})

export const deeds = {
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
      migrate(deps, { campaign, to: (await liveRelease(deps.db, campaign))!.hash, by: owner }),
  },
} satisfies Readonly<Record<string, Deed>>

/** What must hold after everything that happens, and the model against the house, person by person. */
export async function compare(model: Model, { deps: { db }, memory }: House): Promise<void> {
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

/** Both, with everybody on their way. */
export async function begun(db: Db, begin: string): Promise<{ model: Model; real: House }> {
  const start = new Date(begin)
  const model = aModel(zones.map((zone) => zone ?? businessZone), start.getTime()) // prettier-ignore
  const real = await aHouse(db, start)
  for (const deed of [timePasses(minute), ...zones.map((_, n) => happens(n, 'came', 0)), timePasses(minute), round])
    await asCommand(deed).run(model, real)
  return { model, real }
}
