import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type Hash, type IdentifierId, type PersonId, type UserId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { recordConsents } from '#ingest/consent.ts'
import { recordEvents } from '#ingest/events.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { approved, approveRelease } from '#governance/approvals.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import { compileDraft } from '#campaigns/launch/compile.ts'
import { campaignDefinition } from '#campaigns/definition.ts'
import { planRelease } from '#campaigns/journeys/enrol.ts'
import { send as sends, type Change } from '../campaigns/journey-world.ts'
import { aDraft, sender } from '../campaigns/world.ts'
import { habitsOf, type Campaign, type Habit } from './oracle.ts'

type Deps = { db: Db; clock: Clock }
type Step = ReturnType<typeof sends>

/** Something that a person does, for the n-th time (from 1). */
type Deed = { person: Townsman; kind: string; nth: number; at: Date }

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
export const everybody = { subscribed: false }
const asks = (text: string) => ({ text, citations: [] })
/** A message that only asks and so claims nothing: it may always be sent. Its subject is the step and the version. */
const send = (key: string, more: { next?: string | null } = {}, version = 1) => {
  const blocks = [{ kind: 'paragraph' as const, sentences: [asks('How are you?')] }]
  return sends(key, {
    ...more,
    content: { subject: asks(subjectOf({ step: key, version })), preheader: asks('How are you?'), blocks, slots: [] },
  })
}

/** What a message shows of itself: the step it is of, and the version of its copy. */
export type Shown = { step: string; version: number }
const subjectOf = ({ step, version }: Shown): string => `${step}${'?'.repeat(version)}`
export const shownBy = (subject: string): Shown => {
  const step = subject.trim().replace(/\?+$/, '')
  return { step, version: subject.trim().length - step.length }
}
const aDay = (key: string) => ({ key, kind: 'wait' as const, minutes: day })

/** The campaigns as the product knows them; `oracle.ts` says what they come to. */
const journeys: Readonly<Record<Campaign, { journey: Step[]; change?: Change }>> = {
  letters: {
    journey: [send('hello'), aDay('a-day'), send('more'), aDay('another'), send('bye')],
    change: {
      rollout: {
        stages: [
          { percent: 20, minSends: 0, minMinutes: 1 },
          { percent: 100, minSends: 0, minMinutes: 1 },
        ],
        guards: [{ metric: 'error', limit: 0.5 }],
        mostBetweenLooks: 60,
        errorRate: 0.01,
      },
    },
  },
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
    change: { enter: { onEvent: { event: 'signed up' } }, reentry: { afterDays: 1, most: 2 } },
  },
  rounds: {
    journey: [
      send('round'),
      { key: 'enough', kind: 'wait', forEvent: { event: 'had enough', withinMinutes: day }, next: 'bye', otherwise: 'round' }, // prettier-ignore
      send('bye'),
      end,
    ],
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

/** The journey of a campaign with the copy of a version: its steps are the same in all. */
const journeyOf = (campaign: Campaign, version: number): Step[] =>
  journeys[campaign].journey.map((step) => (step.kind === 'send' ? send(step.key, step.next === undefined ? {} : { next: step.next }, version) : step)) // prettier-ignore

/** Approves a version of a campaign, makes it live and lets people in; those of `guests` come by themselves. Returns its hash. */
export async function launch(
  deps: Deps,
  { owner, campaign, version, people }: { owner: UserId; campaign: Campaign; version: number; people: readonly Townsman[] }, // prettier-ignore
): Promise<Hash> {
  const { change } = journeys[campaign]
  const journey = journeyOf(campaign, version)
  const compiled = await compileDraft(deps, aDraft(), { name: campaign, sender })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  const definition = campaignDefinition.parse({ ...compiled.definition, audience: { ...compiled.definition.audience, rule: everybody }, journey, ...change }) // prettier-ignore
  const hash = await createRelease(deps, { name: campaign, pins: compiled.pins, definition, by: 'millrace' })
  await approveRelease(deps, { releaseHash: hash, by: owner })
  await releaseCampaign(deps, { hash, by: owner, reason: 'storm' })
  const release = await approved(deps.db, hash)
  if (!release) throw new Error('The release is not approved')
  await planRelease({ ...deps, members: () => Promise.resolve(people.map(({ personId }) => personId)) }, release)
  return hash
}

/** A person does something, for the n-th time: told once, however often it is tried. */
export const does = ({ db, clock }: Deps, { person, kind, nth, at }: Deed): Promise<unknown> =>
  db.transaction((tx) => recordEvents(tx, clock, [{ source: 'shop', externalId: `${person.address} ${kind} ${nth}`, kind, identifierId: person.identifierId, occurredAt: at }])) // prettier-ignore
