import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type Hash, type PersonId } from '#kernel/ids.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import type { Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { definitionOf, type CampaignDefinition } from './definition.ts'
import { holdOut } from './holdout.ts'
import { reachOfCampaign } from './detours.ts'
import { planDue } from './journey.ts'
import { plainSends, type TimedSend } from './journeys/plain.ts'
import { insertEnrolments, insertNewcomers } from './queries/enrolments.ts'

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
 * Somebody to come in, the earliest their first step may be due (at once where it is left out), what is said of them, and the
 * question of a program that brings them.
 */
export type Entrant = {
  personId: PersonId
  from?: Date
  properties?: Readonly<Record<string, string>>
  askedBy?: string
}

type Deps = { db: Db; clock: Clock; members: Members }

const chunkSize = 5_000

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
 * are; who was comes in again only by its rule of re-entry.
 */
export async function enrolPeople(
  deps: Pick<Deps, 'db' | 'clock'>,
  release: Approved<Release>,
  entrants: readonly Entrant[],
): Promise<Omit<PlanReport, 'members'>> {
  const definition = definitionOf(release)
  const report = { enrolled: 0, planned: 0 }
  for (let from = 0; from < entrants.length; from += chunkSize) {
    const chunk = entrants.slice(from, from + chunkSize)
    await deps.db.transaction(async (tx) => {
      const done = await enrolChunk(tx, deps.clock, { definition, hash: release.hash, chunk })
      report.enrolled += done.enrolled
      report.planned += done.planned
    })
  }
  return report
}

const dayMs = 24 * 3_600_000

type Chunk = { definition: CampaignDefinition; hash: Hash; chunk: readonly Entrant[] }

async function enrolChunk(
  tx: Tx,
  clock: Clock,
  { definition, hash, chunk }: Chunk,
): Promise<Omit<PlanReport, 'members'>> {
  const at = clock()
  const sends = plainSends(definition)
  const first = firstStep(definition, sends)
  const dueAt = new Date(Math.max(at.getTime(), startOf(definition)) + first.afterMs)
  const people = chunk.map(({ personId, from, ...said }) => ({ ...said, id: newId<'enrolment'>(clock), personId, dueAt: from && from > dueAt ? from : dueAt })) // prettier-ignore
  const into = {
    campaign: definition.name,
    releaseHash: hash,
    stepKey: first.stepKey,
    at,
    people,
    reach: reachOfCampaign(definition),
  }
  const { reentry } = definition
  const ownWay = chunk.some(({ from, properties, askedBy }) => (from ?? properties ?? askedBy) !== undefined)
  const enrolled =
    reentry || ownWay
      ? await insertNewcomers(tx, { ...into, lastBefore: new Date(at.getTime() - (reentry?.afterDays ?? 0) * dayMs), most: reentry?.most ?? 1 }) // prettier-ignore
      : await insertEnrolments(tx, { ...into, occurrence: 1, dueAt })
  if (enrolled > 0) await holdOut(tx, definition, people.map(({ id }) => id)) // prettier-ignore
  const due = { campaign: definition.name, hash, limit: chunkSize }
  return { enrolled, planned: sends ? await planDue(tx, clock, sends, due) : 0 }
}

/** Where people come in. A plain journey stands at its sends, others at every step. */
function firstStep(
  { journey }: CampaignDefinition,
  sends: readonly TimedSend[] | null,
): { stepKey: string; afterMs: number } {
  // prettier-ignore
  const [send] = sends ?? []
  return send ? { stepKey: send.step.key, afterMs: send.afterMs } : { stepKey: journey[0]!.key, afterMs: 0 }
}

const startOf = ({ startAt }: CampaignDefinition): number => (startAt === null ? 0 : Date.parse(startAt))
