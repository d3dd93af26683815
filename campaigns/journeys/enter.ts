import { DateTime } from 'luxon'
import { hashOf } from '#kernel/crypto.ts'
import type { GraphStore } from '#graph/port.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import { approved, type Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { liveRelease, releaseHistory } from '#governance/releases.ts'
import { definitionOf } from '../definition.ts'
import type { Entry } from '../definition/coming-in.ts'
import { enrolPeople, type Entrant } from './enrol.ts'
import { keepFitting, selectNewlyFit } from '../queries/fitting.ts'
import { keepListened, listenedUpTo, selectDoers, selectEntered } from '../queries/listening.ts'
import type { JourneyDeps } from './advance.ts'
import { datedOn } from './dated.ts'
import { endedBy } from './endings.ts'
import { pinnedDefinition } from './plan.ts'

/** The graph that answers for rules, where it lags behind what people do. */
export type Knowing = { graph?: Pick<GraphStore, 'live'> }

/**
 * Enrols whoever came into a live campaign's segment, did what it waits for, or has their day today or tomorrow, where
 * its audience selects them too. Nobody by what was before they were let in this way, or while the campaign was over or its
 * approval taken back. Safe to repeat and to kill.
 * @returns how many came in
 */
export async function enterJourney(deps: JourneyDeps & Knowing, campaign: string): Promise<number> {
  const live = await liveRelease(deps.db, campaign)
  const enter = live && definitionOf(live).enter
  if (!live || !enter || 'byList' in enter) return 0
  const release = await approved(deps.db, live.hash)
  if (!release || (await endedBy(deps, definitionOf(release)))) return letNobodyIn(deps, campaign, enter)
  if ('onDate' in enter) return enterByDate(deps, release, enter.onDate)
  if ('becomes' in enter) return enterByRule(deps, release, enter.becomes)
  // Asked before the audience is.
  const { last, next } = await listenedUpTo(deps.db, campaign, 'entries', await knownTo(deps))
  const people = await arrivals(deps, { campaign, enter, after: await openSince(deps, campaign, enter), since: last })
  const entered = await enrolSelected(deps, release, people)
  await keepListened(deps.db, campaign, 'entries', next)
  return entered
}

/** What happens meanwhile lets nobody in later either, and of who fits a rule the next look is the first again. */
async function letNobodyIn(deps: JourneyDeps & Knowing, campaign: string, enter: Entry): Promise<number> {
  if ('becomes' in enter) await keepListened(deps.db, campaign, 'fitting', 'nobody')
  else if (!('onDate' in enter)) {
    const { next } = await listenedUpTo(deps.db, campaign, 'entries', await knownTo(deps))
    await keepListened(deps.db, campaign, 'entries', next)
    const behindThisInstant = new Date(deps.clock().getTime() + 1)
    await keepListened(deps.db, campaign, 'shut', behindThisInstant.toISOString())
  }
  return 0
}

/** Up to where the graph knows who people are: whom it does not know yet no rule selects, and they are heard again. */
const knownTo = async ({ graph }: Knowing): Promise<string | null> =>
  graph ? ((await graph.live())?.watermark ?? '0') : null

/** Since when what people do lets them in as the live version has it: when that became so, and not while it was shut. */
async function openSince(deps: JourneyDeps, campaign: string, enter: Entry): Promise<Date> {
  const live = await liveSince(deps, campaign, enter)
  const { last: shut } = await listenedUpTo(deps.db, campaign, 'shut')
  return shut === null || new Date(shut) < live ? live : new Date(shut)
}

/** When the first of the versions went live that have let people in as the live one does, without another in between. */
async function liveSince({ db, clock }: JourneyDeps, campaign: string, enter: Entry): Promise<Date> {
  const basis = hashOf(enter)
  let since = clock()
  for (const { hash, movedAt } of await releaseHistory(db, campaign)) {
    const before = (await pinnedDefinition(db, hash)).enter
    if (before === undefined || hashOf(before) !== basis) break
    since = movedAt
  }
  return since
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
  const fitting = await deps.members(rule, deps.clock())
  const news = last === basis ? await selectNewlyFit(deps.db, campaign, fitting) : []
  const entered = await enrolSelected(deps, release, news.map((personId) => ({ personId }))) // prettier-ignore
  await deps.db.transaction(async (tx) => {
    await keepFitting(tx, campaign, fitting)
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

async function arrivals({ db }: JourneyDeps, { campaign, enter, after, since }: Asked): Promise<Entrant[]> {
  if ('onEntry' in enter) return selectEntered(db, { campaign, segment: enter.onEntry, after, since })
  const { event, where = {} } = enter.onEvent
  return selectDoers(db, { campaign, event, where, after, since })
}

/** Whose day it is today or tomorrow: tomorrow too, since it begins earlier where they live. */
function dated(deps: JourneyDeps, onDate: OnDate): Promise<Entrant[]> {
  const today = DateTime.fromJSDate(deps.clock(), { zone: deps.zone }).startOf('day')
  return datedOn(deps, onDate, [today, today.plus({ days: 1 })])
}
