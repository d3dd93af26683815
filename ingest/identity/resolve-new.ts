import type { IdentifierId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import type { AlikeRow } from '../queries/alike.ts'
import { selectTouched, type IdentityState, type TouchedRow } from '../queries/identity-state.ts'
import { decide, writtenBy, type Models } from './decide-people.ts'
import { findAlike, type Found } from './find-alike.ts'
import { neighbourhoodOf, type Neighbourhood } from './neighbourhood.ts'
import {
  identityLease, impactOf, refusalsOf, resolveAll, startOf, type IdentityDeps, type IdentityReport, type Refusal, type Written,
} from './resolve.ts' // prettier-ignore
import { writePeople } from './write-people.ts'

/** What resolving the new came to. `all`: it was too much, or a model changed, so that everything was resolved. */
export type Resolution =
  | {
      kind: 'new'
      /** Identifiers that are new, or of which something is. */
      touched: number
      /** Identifiers that were looked at. */
      read: number
      refusals: Refusal[]
      written: Written
      impact: string[]
    }
  | { kind: 'all'; report: IdentityReport }
  | { kind: 'busy'; why: string }

const leaseMs = 60_000
/** Beyond these it is cheaper to read everything once. */
const mostTouched = 5_000
const mostRead = 20_000

/**
 * Resolves what is new since the last resolution, or what is named, against who everybody is now: reads only what can
 * bear on it, and comes to the same people as resolving everything would. To be called after each run, push or pull.
 */
export async function resolveNew(
  deps: IdentityDeps,
  input: { by: string; ids?: readonly IdentifierId[] },
): Promise<Resolution> {
  const done = await underLease(deps, identityLease, leaseMs, () => resolve(deps, input.by, input.ids ?? []))
  if (!done)
    return { kind: 'busy', why: 'Another process is resolving identities: what is new now is left for the next time' }
  const impact = await impactOf(deps)
  return done.kind === 'all' ? { kind: 'all', report: { ...done.report, impact } } : { ...done, impact }
}

type Done = Exclude<Resolution, { kind: 'busy' }>

async function resolve(deps: IdentityDeps, by: string, named: readonly IdentifierId[]): Promise<Done> {
  const { db } = deps
  const start = await startOf(deps, by)
  const { models, now, state } = start
  const touched = state && isOf(state, models) ? await selectTouched(db, state.watermark, mostTouched + 1) : null
  if (!touched || touched.length > mostTouched) return { kind: 'all', report: await resolveAll(deps, by, start) }
  const ids = [...new Set([...named, ...touched.map((row) => row.id)])]
  if (ids.length === 0) return { kind: 'new', touched: 0, read: 0, refusals: [], written: nothing, impact: [] }
  const found = await findNew(deps, models, touched)
  const near = await neighbourhoodOf(db, ids, models.rules.model, { fresh: found?.pairs ?? [], limit: mostRead })
  if (!near) return { kind: 'all', report: await resolveAll(deps, by, start) }
  return { kind: 'new', touched: ids.length, impact: [], ...(await settleNear(deps, by, models, near, found, now)) }
}

const nothing: Written = { edges: 0, withdrawals: 0, memberships: 0 }

/** Whether what is kept was made by the live models, in this database. */
export const isOf = (state: IdentityState, { rules, linkage }: Models): boolean =>
  !state.isAhead && state.rulesHash === rules.hash && state.linkageHash === (linkage?.hash ?? null)

async function findNew(
  { db }: IdentityDeps,
  { linkage }: Models,
  touched: readonly TouchedRow[],
): Promise<Found | null> {
  const profiles = touched.filter((row) => row.hasProfile).map((row) => row.id)
  return linkage && profiles.length > 0 ? findAlike(db, linkage, profiles) : null
}

async function settleNear(
  deps: IdentityDeps,
  by: string,
  models: Models,
  near: Neighbourhood,
  found: Found | null,
  watermark: string,
): Promise<{ read: number; refusals: Refusal[]; written: Written }> {
  const { db, clock } = deps
  const world = { ...near, alike: withFound(near.alike, found) }
  const decided = await decide(db, clock, world, models, found?.prepared)
  await writePeople(deps, by, {
    ...decided,
    hubs: { more: decided.hubs.filter((id) => !near.hubs.has(id)), gone: [] },
    found: found && { ...found, isKnown: near.alike.length > 0 },
    state: { watermark, rulesHash: models.rules.hash, linkageHash: models.linkage?.hash ?? null },
  })
  return { read: near.identifiers.size, refusals: refusalsOf(decided.refused), written: writtenBy(decided) }
}

/** What is kept of profiles that changed is no longer true: what was found of them now is. */
function withFound(kept: readonly AlikeRow[], found: Found | null): readonly AlikeRow[] {
  if (!found) return kept
  const anew = new Set(found.ids)
  return [...kept.filter(({ left, right }) => !anew.has(left) && !anew.has(right)), ...found.pairs]
}
