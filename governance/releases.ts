import { appendAudit, type AuditEntry } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { pointAt, pointerHistory, register, type PointerMove } from '#kernel/versions.ts'
import { refusal, type Actor, type Refused } from './access.ts'
import { approved } from './approvals.ts'
import {
  insertAuthors, insertRelease, insertRollout, lockReleases, releaseName, selectLive, selectNamesOfContents, selectRelease,
  selectReleases,
} from './queries/releases.ts' // prettier-ignore
import { pinsSchema, releaseFrom, type Release, type ReleasePins } from './release.ts'

type Deps = { db: Db; clock: Clock }

/**
 * Makes a release and returns its hash; the same body again is the same release, by its first author.
 * @param input.by who made it; never empty, since who made it may not approve it
 * @param input.authors whoever else had a hand in what it pins (edited the draft, chose the audience)
 */
export async function createRelease(
  deps: Deps,
  input: { name: string; pins: ReleasePins; definition: unknown; by: Actor; authors?: readonly Actor[] },
): Promise<Hash> {
  const body = { pins: pinsSchema.parse(input.pins), definition: input.definition }
  const author = { clock: deps.clock, by: input.by }
  return deps.db.transaction(async (tx) => {
    const hash = await register(tx, author, 'campaign', input.name, body)
    const isNew = await insertRelease(tx, hash, input.name, deps.clock(), input.by)
    await insertAuthors(tx, hash, [...(isNew ? [input.by] : []), ...(input.authors ?? [])])
    if (isNew) await note(tx, deps.clock, { actor: input.by, action: 'release.created', subject: hash })
    return hash
  })
}

type MoveRule = 'unknown-release' | 'not-permitted' | 'not-approved'

/**
 * Makes a release live: whatever reads the pointer after the commit gets it. Only an approved release can be.
 * @param input.percent of the audience to start with, 0 to 100; 100 unless told
 */
export async function releaseCampaign(
  deps: Deps,
  input: { hash: Hash; by: Actor; reason: string; percent?: number },
): Promise<{ kind: 'released'; name: string; hash: Hash } | Refused<MoveRule>> {
  const { hash, by, reason, percent = 100 } = input
  return deps.db.transaction(async (tx) => {
    const name = await releaseName(tx, hash)
    if (name === null) return unknown(`There is no release ${hash.slice(0, 12)}`)
    await lockReleases(tx, name)
    const refused = (await refusal(tx, by, 'campaign.release')) ?? (await unapproved(tx, hash))
    if (refused) return refused
    await pointAt(tx, { clock: deps.clock, by }, 'campaign', name, hash, reason)
    await insertRollout(tx, { hash, percent: wholePercent(percent), at: deps.clock(), by, reason })
    await note(tx, deps.clock, { actor: by, action: 'release.released', subject: hash, detail: { percent } })
    return { kind: 'released', name, hash }
  })
}

type RollbackRule = MoveRule | 'never-live' | 'nothing-before' | 'already-live' | 'moved-on'

/**
 * Moves the pointer back, binding whatever reads after the commit. Without `to`, to the release that was live before
 * the live one first was, so that going back twice goes back two steps and never forward again.
 * A first release has nothing before it: take its approval back instead.
 * @param input.from what must be live still: where somebody moved the pointer meanwhile, their word stands
 */
export async function rollback(
  deps: Deps,
  input: { name: string; from?: Hash; to?: Hash; by: Actor; reason: string },
): Promise<{ kind: 'rolled-back'; from: Hash; to: Hash } | Refused<RollbackRule>> {
  const { name, by, reason } = input
  return deps.db.transaction(async (tx) => {
    await lockReleases(tx, name)
    const moves = await pointerHistory(tx, 'campaign', name)
    const from = moves[0]?.hash
    if (from === undefined) return unknown(`Nothing of "${name}" was ever released`)
    if (input.from !== undefined && input.from !== from) return movedOn
    const to = input.to ?? before(moves, from)
    const refused =
      (await refusal(tx, by, 'campaign.rollback')) ?? noWayBack(moves, from, to) ?? (to && (await unapproved(tx, to)))
    if (refused || to === undefined) return refused || nothingBefore
    await pointAt(tx, { clock: deps.clock, by }, 'campaign', name, to, reason)
    await note(tx, deps.clock, { actor: by, action: 'release.rolled-back', subject: to, detail: { from } })
    return { kind: 'rolled-back', from, to }
  })
}

/** How far a release goes, in percent of its audience: outside its hash, so no new approval is needed. */
export async function setRollout(
  deps: Deps,
  input: { hash: Hash; percent: number; by: Actor; reason: string },
): Promise<{ kind: 'set'; percent: number } | Refused<MoveRule>> {
  const { hash, by, reason } = input
  const percent = wholePercent(input.percent)
  return deps.db.transaction(async (tx) => {
    const name = await releaseName(tx, hash)
    if (name === null) return unknown(`There is no release ${hash.slice(0, 12)}`)
    await lockReleases(tx, name)
    const refused = await refusal(tx, by, 'campaign.release')
    if (refused) return refused
    await insertRollout(tx, { hash, percent, at: deps.clock(), by, reason })
    await note(tx, deps.clock, { actor: by, action: 'release.rollout-set', subject: hash, detail: { percent } })
    return { kind: 'set', percent }
  })
}

export type LiveRelease = Release & { readonly percent: number; readonly releasedAt: Date }

/** The live release of a name and how far it has gone; null when nothing was released. Sending needs `approved` too. */
export async function liveRelease(db: Queryable, name: string): Promise<LiveRelease | null> {
  const live = await selectLive(db, name)
  const stored = live && (await selectRelease(db, live.hash))
  return stored ? { ...releaseFrom(stored), percent: live.percent, releasedAt: live.releasedAt } : null
}

/** A release by its hash. */
export async function releaseByHash(db: Queryable, hash: Hash): Promise<Release | null> {
  const stored = await selectRelease(db, hash)
  return stored && releaseFrom(stored)
}

/** Releases, newest first: of one campaign, or of all; without those whose definition is of a kind that is left out. */
export async function listReleases(
  db: Queryable,
  name: string | null = null,
  except: string | null = null,
): Promise<Release[]> {
  return (await selectReleases(db, { name, except })).map((stored) => releaseFrom(stored))
}

/** The campaign, or piece of copy, that each of these contents was released in. */
export async function namesOfContents(db: Queryable, contents: readonly Hash[]): Promise<Map<Hash, string>> {
  return new Map((await selectNamesOfContents(db, contents)).map(({ contentHash, name }) => [contentHash, name]))
}

/** Every move of a campaign's pointer, newest first. */
export const releaseHistory = (db: Queryable, name: string): Promise<PointerMove[]> =>
  pointerHistory(db, 'campaign', name)

const unknown = (why: string): Refused<'unknown-release'> => ({ kind: 'refused', rule: 'unknown-release', why })

const nothingBefore: Refused<'nothing-before'> = {
  kind: 'refused',
  rule: 'nothing-before',
  why: 'This is the first release: take its approval back to stop it',
}

const movedOn: Refused<'moved-on'> = {
  kind: 'refused',
  rule: 'moved-on',
  why: 'Another version was made live meanwhile',
}

/** What was live before `live` first was. Moves are newest first. */
export function before(moves: readonly PointerMove[], live: Hash): Hash | undefined {
  const first = moves.findLastIndex((move) => move.hash === live)
  return moves[first + 1]?.hash
}

function noWayBack(
  moves: readonly PointerMove[],
  from: Hash,
  to: Hash | undefined,
): Refused<'never-live' | 'nothing-before' | 'already-live'> | null {
  if (to === undefined) return nothingBefore
  if (to === from) return { kind: 'refused', rule: 'already-live', why: 'This release is live already' }
  if (moves.some((move) => move.hash === to)) return null
  return { kind: 'refused', rule: 'never-live', why: 'A rollback goes to a release that was live before' }
}

async function unapproved(tx: Tx, hash: Hash): Promise<Refused<'not-approved'> | null> {
  if (await approved(tx, hash)) return null
  return {
    kind: 'refused',
    rule: 'not-approved',
    why: `Release ${hash.slice(0, 12)} is not approved: approve it first`,
  }
}

function wholePercent(percent: number): number {
  if (Number.isInteger(percent) && percent >= 0 && percent <= 100) return percent
  throw new Error(`A rollout is a whole percentage from 0 to 100, not ${percent}`)
}

const note = (tx: Tx, clock: Clock, entry: Omit<AuditEntry, 'detail'> & { detail?: AuditEntry['detail'] }) =>
  appendAudit(tx, clock, { detail: {}, ...entry })
