import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type Hash, type PersonId } from '#kernel/ids.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import type { Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { definitionOf, mailsOnly, type CampaignDefinition } from '../definition.ts'
import { holdOut, holdoutShares } from '../experiments/holdout.ts'
import { reachOfCampaign } from '../delivery/detours.ts'
import { planDue } from './plan.ts'
import { bucketOf } from './advance.ts'
import { plainSends, type TimedSend } from './plain.ts'
import { insertEnrolments, type Again, type FirstSend, type Place } from '../queries/enrolments.ts'
import { knowPeople, planPlainly } from '../queries/plans.ts'

/** Who a segment's rule selects at an instant, of `among` where given: the graph answers. */
export type Members = (rule: SegmentRule, at: Date, among?: readonly PersonId[]) => Promise<readonly PersonId[]>

export type PlanReport = {
  /** People the rule selects. */
  members: number
  /** Newly enrolled: neither in it already nor without an address, and not kept out by the rule of re-entry. */
  enrolled: number
  /** Ledger rows planned now. */
  planned: number
}

/**
 * Somebody to come in, the earliest their journey may begin (at once where it is left out), when they did what lets them in,
 * what is said of them, and the question of a program that brings them.
 */
export type Entrant = {
  personId: PersonId
  from?: Date
  countsFrom?: Date
  properties?: Readonly<Record<string, string>>
  askedBy?: string
}

type Deps = { db: Db; clock: Clock; members: Members }

const chunkSize = 5_000
/** Up to so many are looked up in no time, however it is done. */
const fewPeople = 500
/** Transactions under way at once: PostgreSQL gives each a core, while this house puts the next together. */
const lanes = 2

/**
 * Enrols everyone the audience selects and plans what is due at once. Again, also with a newer release of the campaign,
 * it enrols only those who are new or may come again. A campaign that people come into one by one starts empty.
 */
export async function planRelease(deps: Deps, release: Approved<Release>): Promise<PlanReport> {
  const definition = definitionOf(release)
  if (definition.enter !== undefined) return { members: 0, enrolled: 0, planned: 0 }
  const members = await deps.members(definition.audience.rule, deps.clock())
  const entrants = members.map((personId) => ({ personId }))
  return { members: members.length, ...(await enrolPeople(deps, release, entrants)) }
}

/**
 * Enrols people at the first step, by one insert-select for each 5,000. Whoever is in the campaign stays where they
 * are; who was comes in again only by its rule of re-entry. After a kill, asking again goes on with those who are missing.
 */
export async function enrolPeople(
  deps: Pick<Deps, 'db' | 'clock'>,
  release: Approved<Release>,
  entrants: readonly Entrant[],
): Promise<Omit<PlanReport, 'members'>> {
  const definition = definitionOf(release)
  if (entrants.length > fewPeople) await knowPeople(deps.db)
  const report = { enrolled: 0, planned: 0 }
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < entrants.length) {
      const chunk = entrants.slice(next, (next += chunkSize))
      const done = await deps.db.transaction((tx) =>
        enrolChunk(tx, deps.clock, { definition, hash: release.hash, chunk }),
      )
      report.enrolled += done.enrolled
      report.planned += done.planned
    }
  }
  // Behind a fault nothing more is begun, and it is told when nothing is under way any more.
  const ends = await Promise.allSettled(Array.from({ length: lanes }, () => lane().finally(() => (next = entrants.length)))) // prettier-ignore
  const broken = ends.find((end) => end.status === 'rejected')
  if (broken) throw broken.reason
  return report
}

type Chunk = { definition: CampaignDefinition; hash: Hash; chunk: readonly Entrant[] }

async function enrolChunk(
  tx: Tx,
  clock: Clock,
  { definition, hash, chunk }: Chunk,
): Promise<Omit<PlanReport, 'members'>> {
  planPlainly(tx)
  const at = clock()
  const sends = plainSends(definition)
  const first = firstStep(definition, sends, at)
  const dueAt = later(first.start, first.afterMs)
  const people = chunk.map(({ from, ...said }) => ({ ...said, id: newId<'enrolment'>(clock), ...(from && from > first.start ? { dueAt: later(from, first.afterMs) } : {}) })) // prettier-ignore
  const into = { campaign: definition.name, releaseHash: hash, at, people, again: againOf(definition, chunk, at), reach: reachOfCampaign(definition) } // prettier-ignore
  const allDue = dueAt <= at && people.every((one) => one.dueAt === undefined)
  if (sends && allDue && (await isPlain(tx, definition)))
    return insertEnrolments(tx, { ...into, ...sentAtOnce(clock, { definition, sends, people, at }) })
  const { enrolled } = await insertEnrolments(tx, { ...into, place: { stepKey: first.stepKey, dueAt }, send: null })
  if (enrolled > 0) await holdOut(tx, definition, people.map(({ id }) => id)) // prettier-ignore
  const due = { campaign: definition.name, hash, limit: chunkSize }
  return { enrolled, planned: sends ? await planDue(tx, clock, sends, due) : 0 }
}

/** Where people come in, when their journey begins, and how long after it. A plain journey stands at its sends, others at every step. */
function firstStep(
  { journey, startAt }: CampaignDefinition,
  sends: readonly TimedSend[] | null,
  at: Date,
): { stepKey: string; start: Date; afterMs: number } {
  const start = new Date(Math.max(at.getTime(), startAt === null ? 0 : Date.parse(startAt)))
  const [send] = sends ?? []
  return send
    ? { stepKey: send.step.key, start, afterMs: send.afterMs }
    : { stepKey: journey[0]!.key, start, afterMs: 0 }
}

const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms)

/** Whether nothing is asked between coming in and being sent the first message: who is held out, by which channel. */
async function isPlain(tx: Tx, definition: CampaignDefinition): Promise<boolean> {
  if (!mailsOnly(definition)) return false
  const { everywhere, here } = await holdoutShares(tx, definition)
  return everywhere + here === 0
}

/** The first send of people who are due now, and where they stand behind it. */
function sentAtOnce(
  clock: Clock,
  input: {
    definition: CampaignDefinition
    sends: readonly TimedSend[]
    people: readonly { personId: PersonId }[]
    at: Date
  },
): { place: Place; send: FirstSend } {
  const { definition, people, at } = input
  const [first, second] = input.sends
  const { key: stepKey, channel } = first!.step
  const rows = people.map(({ personId }) => ({
    id: newId<'delivery'>(clock),
    bucket: bucketOf(definition.name, personId),
  }))
  const place = second
    ? { stepKey: second.step.key, dueAt: new Date(at.getTime() + second.afterMs) }
    : { stepKey, dueAt: null }
  return { place, send: { stepKey, channel, rows } }
}

const dayMs = 24 * 3_600_000

/** By what rule people may come again who were in it before; asked of nobody where all come for the first time. */
function againOf({ reentry }: CampaignDefinition, chunk: readonly Entrant[], at: Date): Again | null {
  const ownWay = chunk.some(({ from, properties, askedBy }) => (from ?? properties ?? askedBy) !== undefined)
  if (!reentry && !ownWay) return null
  return { lastBefore: new Date(at.getTime() - (reentry?.afterDays ?? 0) * dayMs), most: reentry?.most ?? 1 }
}
