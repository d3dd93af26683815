import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { RefusedError } from '#kernel/errors.ts'
import type { Hash, IdentifierId, PersonId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { insertEdges, selectEdges, type NewEdge } from '../queries/edges.ts'
import { selectAllIdentifiers } from '../queries/identifiers.ts'
import { selectLinks, selectProfileNames } from '../queries/claims.ts'
import {
  changeMemberships,
  selectFormerMemberships,
  selectMemberships,
  type MembershipRow,
} from '../queries/memberships.ts'
import { selectPeopleCount } from '../queries/people.ts'
import { components } from './components.ts'
import { refusals, weigh, type RefusalRule } from './evidence.ts'
import { appendix, byHand, rankOf, readLedger } from './ledger.ts'
import { liveModel } from './model.ts'
import { personIds } from './person-ids.ts'

export type Refusal = { rule: RefusalRule; why: string; count: number }

export type IdentityReport = {
  identifiers: number
  /** Everybody with a name, a vendor's id or an address of their own. */
  people: number
  /** Devices that never said whose they are. */
  visitors: number
  /** Profiles that turned out to be somebody known by another one. */
  merges: number
  refusals: Refusal[]
  model: Hash
  /** What this run wrote: nothing when nothing is new. */
  written: { edges: number; withdrawals: number; memberships: number }
}

type Deps = { db: Db; clock: Clock }

/** Held while people are recomputed, so that no two recomputations write over each other. */
export const identityLease = 'identity'
const leaseMs = 60_000
const batchSize = 5_000

/**
 * Recomputes who everybody is, from all links and profiles, by the live model. Writes only what changed: new and
 * withdrawn edges, and the memberships they move; ids of people stay where they can. Throws RefusedError while another
 * process is at it.
 */
export async function resolveIdentities(deps: Deps, input: { by: string }): Promise<IdentityReport> {
  const report = await underLease(deps, identityLease, leaseMs, () => resolve(deps, input.by))
  if (!report) throw new RefusedError('Identities are being resolved by another process: try again when it is done')
  return report
}

async function resolve(deps: Deps, by: string): Promise<IdentityReport> {
  const { db, clock } = deps
  const { hash, model } = await liveModel(deps, by)
  const identifiers = await selectAllIdentifiers(db)
  const profiles = await selectProfileNames(db)
  const byId = new Map(identifiers.map((row) => [row.id, row]))
  const { findings, refused } = weigh({ identifiers: byId, links: await selectLinks(db), profiles }, model)
  const ledger = await selectEdges(db)
  const { added, withdrawn } = appendix(ledger, findings, hash, clock)
  const { same, different } = readLedger(
    ledger.filter((row) => row.verdict !== 'same' || row.rule === byHand),
    model,
  )
  const evidence = findings.map(({ left, right, rule }) => ({ left, right, rank: rankOf(rule, model) }))
  const { people, cut } = components([...byId.keys()], [...same, ...evidence], different)
  if (cut.length > 0) refused.set('kept-apart', cut.length)
  const changed = await changedMemberships(deps, people)
  await append(deps, by, [...withdrawn, ...added])
  if (changed.length > 0) await db.transaction((tx) => changeMemberships(tx, clock(), 'resolved', changed))
  return {
    identifiers: identifiers.length,
    ...(await selectPeopleCount(db)),
    merges: mergesOf(people, new Set(profiles.map((profile) => profile.identifierId))),
    refusals: [...refused].map(([rule, count]) => ({ rule, why: refusals[rule], count })),
    model: hash,
    written: { edges: added.length, withdrawals: withdrawn.length, memberships: changed.length },
  }
}

/** In batches: a crash between them leaves people as they were, and the next run goes on. */
async function append({ db, clock }: Deps, by: string, rows: readonly NewEdge[]): Promise<void> {
  for (let start = 0; start < rows.length; start += batchSize) {
    const batch = rows.slice(start, start + batchSize)
    await db.transaction((tx) => insertEdges(tx, { by, at: clock() }, batch))
  }
}

async function changedMemberships({ db, clock }: Deps, people: readonly string[][]): Promise<MembershipRow[]> {
  const rows = await selectMemberships(db)
  const current = new Map<string, PersonId>(rows.map((row) => [row.identifierId, row.personId]))
  const split = splitOff(people, current) as IdentifierId[]
  const former = split.length > 0 ? formerOf(await selectFormerMemberships(db, split)) : new Map<string, PersonId[]>()
  return movedTo(personIds(people, current, former, clock), current)
}

/** Identifiers of people who were one and are now several: they may get back who they were before. */
function splitOff(people: readonly string[][], current: ReadonlyMap<string, PersonId>): string[] {
  const parts = new Map<PersonId, number>()
  for (const members of people) {
    for (const person of new Set(members.map((id) => current.get(id)))) {
      if (person !== undefined) parts.set(person, (parts.get(person) ?? 0) + 1)
    }
  }
  return people.flat().filter((id) => (parts.get(current.get(id) as PersonId) ?? 0) > 1)
}

/** The people identifiers were before, by identifier. */
export function formerOf(rows: readonly MembershipRow[]): Map<string, PersonId[]> {
  const grouped = Map.groupBy(rows, (row) => row.identifierId)
  return new Map([...grouped].map(([id, group]) => [id, group.map((row) => row.personId)]))
}

/** Only the memberships that are not as they were. */
export const movedTo = (
  persons: ReadonlyMap<string, PersonId>,
  current: ReadonlyMap<string, PersonId>,
): MembershipRow[] =>
  [...persons]
    .filter(([id, personId]) => current.get(id) !== personId)
    .map(([id, personId]) => ({ identifierId: id as IdentifierId, personId }))

const mergesOf = (people: readonly string[][], profiles: ReadonlySet<string>): number =>
  people.reduce((sum, members) => sum + Math.max(0, members.filter((id) => profiles.has(id)).length - 1), 0)
