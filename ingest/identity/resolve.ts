import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { RefusedError } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { selectProfileNames, selectLinks } from '../queries/claims.ts'
import { selectEdges } from '../queries/edges.ts'
import { selectHubs } from '../queries/hubs.ts'
import { selectAllIdentifiers } from '../queries/identifiers.ts'
import { selectBeginning, type IdentityState } from '../queries/identity-state.ts'
import { selectMemberships } from '../queries/memberships.ts'
import { selectPeopleCount } from '../queries/people.ts'
import { countReviews, selectOpenPairs } from '../queries/reviews.ts'
import { alikeEverywhere } from './alike-everywhere.ts'
import { decide, writtenBy, type Models, type World } from './decide-people.ts'
import { refusals, type RefusalRule } from './evidence.ts'
import { linkageOf } from './linkage.ts'
import { liveModel, rulesOf } from './model.ts'
import { writePeople } from './write-people.ts'

export type Refusal = { rule: RefusalRule; why: string; count: number }

export type Written = { edges: number; withdrawals: number; memberships: number }

export type IdentityReport = {
  identifiers: number
  /** Everybody with a name, a vendor's id or an address of their own. */
  people: number
  /** Devices that never said whose they are. */
  visitors: number
  /** Profiles that turned out to be somebody known by another one. */
  merges: number
  refusals: Refusal[]
  /** Pairs that wait for a person's word. */
  reviews: number
  model: Hash
  /** The model of linkage, null while none was trained: then only rules join. */
  linkage: Hash | null
  /** What this run wrote: nothing when nothing is new. */
  written: Written
  /** What merges and unmerges changed in the owner's figures, in words. */
  impact: string[]
}

export type IdentityDeps = {
  db: Db
  clock: Clock
  /** Called after people changed, outside of any transaction; says in words what that changed in the owner's figures. */
  onPeopleChanged?: () => Promise<string[]>
}

/** Held while people are recomputed, so that no two recomputations write over each other. */
export const identityLease = 'identity'
const leaseMs = 60_000

/**
 * Recomputes who everybody is, from all links and profiles, by the live models of rules and of linkage. Writes only what
 * changed: new and withdrawn edges, and the memberships they move; ids of people stay where they can. Throws
 * RefusedError while another process is at it.
 */
export async function resolveIdentities(deps: IdentityDeps, input: { by: string }): Promise<IdentityReport> {
  const report = await underLease(deps, identityLease, leaseMs, () => resolveAll(deps, input.by))
  if (!report) throw new RefusedError('Identities are being resolved by another process: try again when it is done')
  return { ...report, impact: await impactOf(deps) }
}

/** What the owner will see otherwise, where somebody listens for it. */
export const impactOf = async (deps: IdentityDeps): Promise<string[]> => (await deps.onPeopleChanged?.()) ?? []

export type Start = { models: Models; now: string; state: IdentityState | null }

/** Where a resolution starts: how far the last one came, and the live models. The first call registers the house's rules. */
export async function startOf(deps: IdentityDeps, by: string): Promise<Start> {
  const { now, state, rulesHash, linkageHash } = await selectBeginning(deps.db)
  const rules = rulesHash === null ? await liveModel(deps, by) : await rulesOf(deps.db, rulesHash)
  const linkage = linkageHash === null ? null : await linkageOf(deps.db, linkageHash)
  return { models: { rules, linkage }, now, state }
}

/** The whole resolution, for whoever holds the lease. */
export async function resolveAll(deps: IdentityDeps, by: string, start?: Start): Promise<IdentityReport> {
  const { db, clock } = deps
  const { models, now, state } = start ?? (await startOf(deps, by))
  const alike = await alikeEverywhere(deps, models.linkage, state)
  const identifiers = await selectAllIdentifiers(db)
  const world: World = {
    identifiers: new Map(identifiers.map((row) => [row.id, row])),
    links: await selectLinks(db),
    profiles: await selectProfileNames(db),
    ledger: await selectEdges(db),
    current: new Map((await selectMemberships(db)).map((row) => [row.identifierId, row.personId])),
    alike,
    openPairs: await selectOpenPairs(db, null),
  }
  const decided = await decide(db, clock, world, models)
  const known = new Set((await selectHubs(db)).map((row) => row.id))
  const hubs = new Set(decided.hubs)
  await writePeople(deps, by, {
    ...decided,
    hubs: { more: decided.hubs.filter((id) => !known.has(id)), gone: [...known].filter((id) => !hubs.has(id)) },
    found: null,
    state: { watermark: now, rulesHash: models.rules.hash, linkageHash: models.linkage?.hash ?? null },
  })
  const [waiting] = await countReviews(db)
  return {
    identifiers: identifiers.length,
    ...(await selectPeopleCount(db)),
    merges: mergesOf(decided.people, new Set(world.profiles.map((profile) => profile.identifierId))),
    refusals: refusalsOf(decided.refused),
    reviews: (waiting?.open ?? 0) + (waiting?.putOff ?? 0),
    model: models.rules.hash,
    linkage: models.linkage?.hash ?? null,
    written: writtenBy(decided),
    impact: [],
  }
}

export const refusalsOf = (refused: ReadonlyMap<RefusalRule, number>): Refusal[] =>
  [...refused].map(([rule, count]) => ({ rule, why: refusals[rule], count }))

const mergesOf = (people: readonly string[][], profiles: ReadonlySet<string>): number =>
  people.reduce((sum, members) => sum + Math.max(0, members.filter((id) => profiles.has(id)).length - 1), 0)
