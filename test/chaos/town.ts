import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type IdentifierId, type PersonId, type UserId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { recordConsents } from '#ingest/consent.ts'
import { recordEvents } from '#ingest/events.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { approved, approveRelease } from '#governance/approvals.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import { compileDraft } from '#campaigns/compile.ts'
import { campaignDefinition } from '#campaigns/definition.ts'
import { planRelease } from '#campaigns/enrol.ts'
import { send as sends, type Change } from '../campaigns/journey-world.ts'
import { aDraft, sender } from '../campaigns/world.ts'
import { habitsOf, type Campaign, type Habit } from './oracle.ts'

type Deps = { db: Db; clock: Clock }

export type Townsman = {
  campaign: Campaign
  habit: Habit
  address: string
  personId: PersonId
  identifierId: IdentifierId
}

const zones = ['Europe/Amsterdam', 'America/New_York', 'Australia/Lord_Howe', 'UTC']
const day = 24 * 60
const end = { key: 'end', kind: 'exit' as const, reason: 'done' }
/** Nobody here has subscribed to anything. */
const everybody = { subscribed: false }
const asks = (text: string) => ({ text, citations: [] })
/** A message that only asks and so claims nothing: it may always be sent. Its subject is the step. */
const send = (key: string, more: { next?: string } = {}) => {
  const blocks = [{ kind: 'paragraph' as const, sentences: [asks('How are you?')] }]
  return sends(key, {
    ...more,
    content: { subject: asks(`${key}?`), preheader: asks('How are you?'), blocks, slots: [] },
  })
}
const aDay = (key: string) => ({ key, kind: 'wait' as const, minutes: day })

/** The campaigns as the product knows them; `oracle.ts` says what they come to. */
const journeys: Readonly<Record<Campaign, { journey: object[]; change?: Change }>> = {
  letters: { journey: [send('hello'), aDay('a-day'), send('more'), aDay('another'), send('bye')] },
  answers: {
    journey: [
      send('hello'),
      { key: 'answer', kind: 'wait', forEvent: { event: 'answered', withinMinutes: day }, next: 'thanks', otherwise: 'again' }, // prettier-ignore
      send('thanks', { next: 'end' }),
      send('again'),
      end,
    ],
  },
  shop: {
    journey: [
      send('hello'),
      { key: 'half-a-day', kind: 'wait', minutes: day / 2 },
      { key: 'night', kind: 'wait', until: { time: '02:30', zone: 'person' } },
      send('nudge'),
      aDay('a-day'),
      send('last'),
      end,
    ],
    change: { goalReachedBy: { event: 'paid', withinDays: 30 }, exitOn: [{ event: 'left the list' }] },
  },
  arms: {
    journey: [
      { key: 'lots', kind: 'split', arms: [{ name: 'left', weight: 1, to: 'left' }, { name: 'right', weight: 2, to: 'right' }] }, // prettier-ignore
      send('left', { next: 'a-day' }),
      send('right', { next: 'a-day' }),
      aDay('a-day'),
      { key: 'which', kind: 'branch', when: [{ if: everybody, to: 'insiders' }], otherwise: 'end' },
      send('insiders'),
      end,
    ],
  },
  guests: {
    journey: [send('hello'), aDay('a-day'), send('tips'), end],
    change: { enter: { onEvent: { event: 'signed up' } } },
  },
}

/** Makes people of a campaign: reachable, consenting, in one of four zones. Of SMTP nobody hears complaints. */
export async function settle(
  deps: Deps,
  { campaign, count, complaints }: { campaign: Campaign; count: number; complaints: boolean },
): Promise<Townsman[]> {
  const habits = habitsOf[campaign].map((habit) => (habit === 'complains' && !complaints ? 'silent' : habit))
  const made = Array.from({ length: count }, (_, n) => ({ campaign, habit: habits[n % habits.length]!, address: `${campaign}-${n}@example.com`, personId: newId<'person'>(deps.clock), zone: zones[n % zones.length]! })) // prettier-ignore
  return deps.db.transaction(async (tx) => {
    const ids = await identifierIds(tx, deps.clock, made.map(({ address }) => ({ kind: 'email', value: address }))) // prettier-ignore
    const people = made.map((one, n) => ({ ...one, identifierId: ids[n]! }))
    await tx.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
      select p."identifierId", p."personId", ${deps.clock()}, 'test'
      from jsonb_to_recordset(${json(people)}::jsonb) as p ("identifierId" uuid, "personId" uuid)`)
    await tx.query(sql`insert into ingest.profiles (identifier_id, source, record_id, zone, country, updated_at)
      select p."identifierId", 'test', ${newId<'record'>(deps.clock)}, p.zone, 'NL', ${deps.clock()}
      from jsonb_to_recordset(${json(people)}::jsonb) as p ("identifierId" uuid, zone text)`)
    await recordConsents(tx, deps.clock, people.map(({ address, identifierId }) => ({ source: 'test', externalId: address, identifierId, channel: 'email', state: 'granted' as const, basis: 'form', occurredAt: deps.clock() }))) // prettier-ignore
    return people
  })
}

/** Approves a campaign, makes it live and lets its people in; those of `guests` come by themselves. */
export async function launch(
  deps: Deps,
  { owner, campaign, people }: { owner: UserId; campaign: Campaign; people: readonly Townsman[] },
): Promise<void> {
  const { journey, change } = journeys[campaign]
  const compiled = await compileDraft(deps, aDraft(), { name: campaign, sender })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  const definition = campaignDefinition.parse({ ...compiled.definition, audience: { ...compiled.definition.audience, rule: everybody }, journey, ...change }) // prettier-ignore
  const hash = await createRelease(deps, { name: campaign, pins: compiled.pins, definition, by: 'millrace' })
  await approveRelease(deps, { releaseHash: hash, by: owner })
  await releaseCampaign(deps, { hash, by: owner, reason: 'storm' })
  const release = await approved(deps.db, hash)
  if (!release) throw new Error('The release is not approved')
  await planRelease({ ...deps, members: () => Promise.resolve(people.map(({ personId }) => personId)) }, release)
}

/** A person does something: told once, however often it is tried. */
export const does = ({ db, clock }: Deps, person: Townsman, kind: string, occurredAt: Date): Promise<unknown> =>
  db.transaction((tx) => recordEvents(tx, clock, [{ source: 'shop', externalId: `${person.address} ${kind}`, kind, identifierId: person.identifierId, occurredAt }])) // prettier-ignore
