import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type ApprovalId, type Hash } from '#kernel/ids.ts'
import { isPolicy, policyHashOf, refusal, type Actor, type Approver, type Refused } from './access.ts'
import { rolesThatMay } from './permissions.ts'
import { selectDelegation, stoodAt } from './queries/delegations.ts'
import {
  insertDecision, lockReleases, releaseName, selectAuthors, selectDecisions, selectRelease, type Decision,
} from './queries/releases.ts' // prettier-ignore
import { countActiveUsers } from './queries/users.ts'
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
 * to approve its own work. The decision and its audit entry commit together. Approving again what stands approved
 * changes nothing and returns the approval that stands.
 */
export async function approveRelease(
  deps: Deps,
  input: { releaseHash: Hash; by: Approver; note?: string },
): Promise<{ kind: 'approved'; approvalId: ApprovalId } | Refused<ApproveRule>> {
  return deps.db.transaction(async (tx) => {
    const refused =
      (await lockedUnlessUnknown(tx, input.releaseHash)) ??
      (await refusal(tx, input.by, 'campaign.approve')) ??
      (await overdue(tx, deps.clock, input.by)) ??
      (await ownWork(tx, input))
    if (refused) return refused
    const standing = (await selectDecisions(tx, input.releaseHash))[0]
    if (standing?.decision === 'approved') return { kind: 'approved', approvalId: standing.id }
    const approvalId = await decide(tx, deps.clock, 'approved', input)
    return { kind: 'approved', approvalId }
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
  const standing = (await selectDecisions(db, releaseHash))[0]
  if (standing?.decision !== 'approved' || !(await wasGiven(db, standing))) return null
  const stored = await selectRelease(db, releaseHash)
  if (!stored) return null
  if (hashOf({ kind: 'campaign', name: stored.name, body: stored.body }) !== releaseHash) {
    throw new Error(`Release ${releaseHash} was altered in the database after its approval: run the audit`)
  }
  return { ...releaseFrom(stored), approvalId: standing.id } as Approved<Release>
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

/** What a person says is theirs to say; what a policy says must have been delegated to it when it spoke. */
async function wasGiven(db: Queryable, { decidedBy, decidedAt }: Decision): Promise<boolean> {
  if (!isPolicy(decidedBy)) return true
  const given = await selectDelegation(db, policyHashOf(decidedBy))
  return given !== null && stoodAt(given, decidedAt)
}

async function overdue(tx: Tx, clock: Clock, by: Approver): Promise<Refused<'not-permitted'> | null> {
  const given = isPolicy(by) ? await selectDelegation(tx, policyHashOf(by)) : null
  if (!given || stoodAt(given, clock())) return null
  return { kind: 'refused', rule: 'not-permitted', why: 'What was delegated has ended: a person must approve this' }
}

async function ownWork(tx: Tx, input: { releaseHash: Hash; by: Approver }): Promise<Refused<'own-work'> | null> {
  const authors = await selectAuthors(tx, input.releaseHash)
  const person = isPolicy(input.by) ? (await selectDelegation(tx, policyHashOf(input.by)))?.givenBy : input.by
  if (person === undefined || !authors.includes(person)) return null
  if ((await countActiveUsers(tx, rolesThatMay('campaign.approve'))) < 2) return null
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
