import { DateTime } from 'luxon'
import { hashOf } from '#kernel/crypto.ts'
import type { PersonId } from '#kernel/ids.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import { approved, type Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { liveRelease, releaseHistory } from '#governance/releases.ts'
import { definitionOf } from '../definition.ts'
import type { Entry } from '../definition/steps.ts'
import { enrolPeople, type Entrant } from '../enrol.ts'
import { keepFitting, selectFitting } from '../queries/fitting.ts'
import { keepListened, listenedUpTo, selectDated, selectDoers, selectEntered } from '../queries/listening.ts'
import { zoneOr } from '../window.ts'
import type { JourneyDeps } from './advance.ts'
import { endedBy } from './endings.ts'
import { timeOn } from './times.ts'

/**
 * Enrols whoever came into a live campaign's segment, did what it waits for, or has their day today or tomorrow, where
 * its audience selects them too. Nobody from before the campaign first went live. Safe to repeat and to kill.
 * @returns how many came in
 */
export async function enterJourney(deps: JourneyDeps, campaign: string): Promise<number> {
  const live = await liveRelease(deps.db, campaign)
  const release = live && (await approved(deps.db, live.hash))
  const enter = release && definitionOf(release).enter
  if (!release || !enter || 'byList' in enter || (await endedBy(deps, definitionOf(release)))) return 0
  if ('onDate' in enter) return enterByDate(deps, release, enter.onDate)
  if ('becomes' in enter) return enterByRule(deps, release, enter.becomes)
  const { last, next } = await listenedUpTo(deps.db, campaign, 'entries')
  const after = (await releaseHistory(deps.db, campaign)).at(-1)?.movedAt ?? deps.clock()
  const people = await arrivals(deps, { campaign, enter, after, since: last })
  const entered = await enrolSelected(deps, release, people.map((personId) => ({ personId }))) // prettier-ignore
  await keepListened(deps.db, campaign, 'entries', next)
  return entered
}

/** Everybody's dates are looked through once an hour. */
async function enterByDate(deps: JourneyDeps, release: Approved<Release>, onDate: OnDate): Promise<number> {
  const hour = deps.clock().toISOString().slice(0, 13)
  const { last } = await listenedUpTo(deps.db, release.name, 'dates')
  if (last === hour) return 0
  const entered = await enrolSelected(deps, release, await dated(deps, onDate))
  await keepListened(deps.db, release.name, 'dates', hour)
  return entered
}

/**
 * Who newly fits a rule: a stage of life, a score. Whoever fits it at the first look was there before; who fits it no more
 * may come to fit it again. People are let in before it is kept that they fit, so that a kill lets nobody slip.
 */
async function enterByRule(deps: JourneyDeps, release: Approved<Release>, rule: SegmentRule): Promise<number> {
  const campaign = release.name
  const basis = hashOf(rule)
  const { last } = await listenedUpTo(deps.db, campaign, 'fitting')
  const fitting = new Set<PersonId>(await deps.members(rule, deps.clock()))
  const before = new Set(last === basis ? await selectFitting(deps.db, campaign) : [])
  const news = [...fitting].filter((personId) => !before.has(personId))
  const entered = last === basis ? await enrolSelected(deps, release, news.map((personId) => ({ personId }))) : 0 // prettier-ignore
  await deps.db.transaction(async (tx) => {
    await keepFitting(tx, campaign, {
      came: news,
      went: last === basis ? [...before].filter((id) => !fitting.has(id)) : 'all',
    })
    await keepListened(tx, campaign, 'fitting', basis)
  })
  return entered
}

/** Enrols those of some people whom the audience of a release selects. */
export async function enrolSelected(
  deps: Pick<JourneyDeps, 'db' | 'clock' | 'members'>,
  release: Approved<Release>,
  entrants: readonly Entrant[],
): Promise<number> {
  if (entrants.length === 0) return 0
  const { audience } = definitionOf(release)
  const among = entrants.map(({ personId }) => personId)
  const selected = new Set(await deps.members(audience.rule, deps.clock(), among))
  const coming = entrants.filter(({ personId }) => selected.has(personId))
  return (await enrolPeople(deps, release, coming)).enrolled
}

type OnDate = Extract<Entry, { onDate: unknown }>['onDate']
type Asked = { campaign: string; enter: Extract<Entry, { onEntry: unknown } | { onEvent: unknown }>; after: Date; since: string | null } // prettier-ignore

function arrivals({ db }: JourneyDeps, { campaign, enter, after, since }: Asked): Promise<PersonId[]> {
  if ('onEntry' in enter) return selectEntered(db, { segment: enter.onEntry, after, since })
  const { event, where = {} } = enter.onEvent
  return selectDoers(db, { campaign, event, where, after, since })
}

/** Whose day it is today or tomorrow: tomorrow too, since it begins earlier where they live. */
async function dated(
  { db, clock, zone }: JourneyDeps,
  { property, offsetDays, time, zone: whose }: OnDate,
): Promise<Entrant[]> {
  // prettier-ignore
  const today = DateTime.fromJSDate(clock(), { zone }).startOf('day')
  const coming: Entrant[] = []
  for (const day of [today, today.plus({ days: 1 })]) {
    const days = daysMeant(day.minus({ days: offsetDays }))
    for (const person of await selectDated(db, { property, days, zone })) {
      const theirs = DateTime.fromObject(
        { year: day.year, month: day.month, day: day.day },
        { zone: whose === 'person' ? zoneOr(person.zone, zone) : zone },
      )
      coming.push({ personId: person.id, from: timeOn(theirs, time) })
    }
  }
  return [...new Map(coming.map((one) => [one.personId, one])).values()]
}

/** Days of the year that are kept on a day: the last of February stands for the 29th where there is none. */
function daysMeant(day: DateTime): string[] {
  const own = day.toFormat('MM-dd')
  return own === '02-28' && !day.isInLeapYear ? [own, '02-29'] : [own]
}
