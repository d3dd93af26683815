import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type ApprovalId, type Hash } from '#kernel/ids.ts'
import {
  anotherMayApprove,
  isPolicy,
  policyHashOf,
  refusal,
  type Actor,
  type Approver,
  type Refused,
} from './access.ts'
import { delegationSchema, notFor } from './agents/delegation.ts'
import { selectDelegation, selectDelegationsOf, stoodAt, type DelegationRow } from './queries/delegations.ts'
import {
  insertDecision, lockReleases, releaseName, selectAuthors, selectDecisions, selectRelease, selectReleasesOf,
  selectStandingDecisions, type Decision,
} from './queries/releases.ts' // prettier-ignore
import { releaseFrom, type Release } from './release.ts'

export type { Decision } from './queries/releases.ts'

declare const mark: unique symbol

/**
 * What a person approved. The mark is not exported, so no other module can make one: whoever demands an
 * `Approved<Release>` has one that `approved` read from the database.
 */
export type Approved<T> = T & { readonly approvalId: ApprovalId; readonly [mark]: true }

type Deps = { db: Db; clock: Clock }
type ApproveRule = 'unknown-release' | 'not-permitted' | 'own-work'

/**
 * A person's word on the hash of a release, or that of a policy a person delegated to. The author (anyone whose hand is
 * in it) may not approve when two or more active users may, nor may a policy of theirs; a house with one such user has
 * to approve its own work. A policy may approve what is of the form and for the segment that were delegated. The decision
 * and its audit entry commit together. Approving again what stands approved changes nothing and returns the approval that
 * stands, which is then not `isNew`.
 */
export async function approveRelease(
  deps: Deps,
  input: { releaseHash: Hash; by: Approver; note?: string },
): Promise<{ kind: 'approved'; approvalId: ApprovalId; isNew: boolean } | Refused<ApproveRule>> {
  return deps.db.transaction(async (tx) => {
    const refused =
      (await lockedUnlessUnknown(tx, input.releaseHash)) ??
      (await refusal(tx, input.by, 'campaign.approve')) ??
      (await undelegated(tx, deps.clock, input)) ??
      (await ownWork(tx, input))
    if (refused) return refused
    const standing = (await selectDecisions(tx, input.releaseHash))[0]
    if (standing && (await given(tx, [standing])).length > 0)
      return { kind: 'approved', approvalId: standing.id, isNew: false }
    const approvalId = await decide(tx, deps.clock, 'approved', input)
    return { kind: 'approved', approvalId, isNew: true }
  })
}

/** Takes an approval back: nothing of the release is sent after the commit, wherever its pointer stands. */
export async function withdrawApproval(
  deps: Deps,
  input: { releaseHash: Hash; by: Actor; note: string },
): Promise<{ kind: 'withdrawn' } | Refused<ApproveRule | 'not-approved'>> {
  return deps.db.transaction(async (tx) => {
    const refused =
      (await lockedUnlessUnknown(tx, input.releaseHash)) ?? (await refusal(tx, input.by, 'campaign.rollback'))
    if (refused) return refused
    const standing = (await selectDecisions(tx, input.releaseHash))[0]
    if (standing?.decision !== 'approved') {
      return { kind: 'refused', rule: 'not-approved', why: 'There is no approval to take back' }
    }
    await decide(tx, deps.clock, 'withdrawn', input)
    return { kind: 'withdrawn' }
  })
}

/**
 * The only mint of `Approved`: reads the newest decision and the release it is about, in the caller's transaction or
 * not. Null when the release was never approved, the approval was taken back, or was that of a policy which did not
 * stand at the time.
 * Throws when the stored release no longer has the hash that was approved.
 */
export async function approved(db: Queryable, releaseHash: Hash): Promise<Approved<Release> | null> {
  return (await approvedAmong(db, [releaseHash]))[0] ?? null
}

/** Those of several releases that are approved, in no order: `approved` of each, by three queries for all. */
export async function approvedAmong(db: Queryable, hashes: readonly Hash[]): Promise<Approved<Release>[]> {
  const standing = await given(db, await selectStandingDecisions(db, hashes))
  const approvals = new Map(standing.map(({ releaseHash, id }) => [releaseHash, id]))
  return (await selectReleasesOf(db, [...approvals.keys()])).map((stored) => {
    if (hashOf({ kind: 'campaign', name: stored.name, body: stored.body }) !== stored.hash) {
      throw new Error(`Release ${stored.hash} was altered in the database after its approval: run the audit`)
    }
    return { ...releaseFrom(stored), approvalId: approvals.get(stored.hash)! } as Approved<Release>
  })
}

/** Every decision on a release, newest first. */
export const decisionsOn = (db: Queryable, releaseHash: Hash): Promise<Decision[]> => selectDecisions(db, releaseHash)

async function lockedUnlessUnknown(tx: Tx, hash: Hash): Promise<Refused<'unknown-release'> | null> {
  const name = await releaseName(tx, hash)
  if (name === null)
    return { kind: 'refused', rule: 'unknown-release', why: `There is no release ${hash.slice(0, 12)}` }
  await lockReleases(tx, name)
  return null
}

/** The approvals among decisions: what a person says is theirs to say, a policy's must have been delegated when it spoke. */
async function given(db: Queryable, decisions: readonly Decision[]): Promise<Decision[]> {
  const approvals = decisions.filter(({ decision }) => decision === 'approved')
  const policies = approvals.flatMap(({ decidedBy }) => (isPolicy(decidedBy) ? [policyHashOf(decidedBy)] : []))
  const known = policies.length === 0 ? [] : await selectDelegationsOf(db, policies)
  const delegations = new Map<string, DelegationRow>(known.map((row) => [`policy:${row.hash}`, row]))
  return approvals.filter(({ decidedBy, decidedAt }) => {
    if (!isPolicy(decidedBy)) return true
    const delegation = delegations.get(decidedBy)
    return delegation !== undefined && stoodAt(delegation, decidedAt)
  })
}

async function undelegated(
  tx: Tx,
  clock: Clock,
  { by, releaseHash }: { by: Approver; releaseHash: Hash },
): Promise<Refused<'not-permitted'> | null> {
  const delegation = isPolicy(by) ? await selectDelegation(tx, policyHashOf(by)) : null
  if (!delegation) return null
  const why = stoodAt(delegation, clock())
    ? await beyondScope(tx, delegation.body, releaseHash)
    : 'What was delegated has ended'
  return why === null ? null : { kind: 'refused', rule: 'not-permitted', why: `${why}: a person must approve this` }
}

/** Why a release is not of the form, or not for the segment, that were delegated; null where it is. */
async function beyondScope(tx: Tx, delegation: unknown, releaseHash: Hash): Promise<string | null> {
  const stored = await selectRelease(tx, releaseHash)
  if (!stored) return 'It is no release'
  const { channel: form, audience } = releaseFrom(stored).pins
  const { segment: name, rule } = audience
  if (typeof name !== 'string') return 'It names no segment'
  return notFor(delegationSchema.parse(delegation).scope, { form, segment: { name, rule } })
}

async function ownWork(tx: Tx, input: { releaseHash: Hash; by: Approver }): Promise<Refused<'own-work'> | null> {
  const authors = await selectAuthors(tx, input.releaseHash)
  const person = isPolicy(input.by) ? (await selectDelegation(tx, policyHashOf(input.by)))?.givenBy : input.by
  if (person === undefined || !authors.includes(person)) return null
  if (!(await anotherMayApprove(tx))) return null
  return { kind: 'refused', rule: 'own-work', why: 'You wrote this: somebody else must approve it' }
}

async function decide(
  tx: Tx,
  clock: Clock,
  decision: Decision['decision'],
  input: { releaseHash: Hash; by: Actor; note?: string },
): Promise<ApprovalId> {
  const { releaseHash, by, note = '' } = input
  const id = newId<'approval'>(clock)
  await insertDecision(tx, { id, releaseHash, decision, decidedBy: by, decidedAt: clock(), note })
  const action = decision === 'approved' ? 'release.approved' : 'release.approval-withdrawn'
  await appendAudit(tx, clock, { actor: by, action, subject: releaseHash, detail: { approvalId: id } })
  return id
}
