import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, pointerHistory, register, versionOf, type PointerMove } from '#kernel/versions.ts'
import { firstPolicy, policyKind, policyName, routerPolicySchema, type RouterPolicy } from './policy.ts'

type Deps = { db: Db; clock: Clock }

/** The policy that decides now; a house that never released one starts with the first. */
export async function livePolicy({ db, clock }: Deps): Promise<RouterPolicy> {
  const live = await liveVersion<unknown>(db, policyKind, policyName)
  if (live) return routerPolicySchema.parse(live.body)
  const author = { clock, by: 'millrace' }
  await db.transaction(async (tx) => {
    const hash = await register(tx, author, policyKind, policyName, firstPolicy)
    await pointAt(tx, author, policyKind, policyName, hash, 'the policy the house starts with')
  })
  return firstPolicy
}

/** Makes a policy the one that decides, from the next call on. Going back is releasing an older one. */
export async function releasePolicy(
  { db, clock }: Deps,
  input: { policy: RouterPolicy; by: string; reason: string },
): Promise<Hash> {
  const author = { clock, by: input.by }
  return db.transaction(async (tx) => {
    const hash = await register(tx, author, policyKind, policyName, input.policy)
    await pointAt(tx, author, policyKind, policyName, hash, input.reason)
    const detail = { hash, threshold: input.policy.threshold, reason: input.reason }
    await appendAudit(tx, clock, { actor: input.by, action: 'router.released', subject: policyName, detail })
    return hash
  })
}

/** Every move to a policy, newest first. */
export const policyHistory = (db: Queryable): Promise<PointerMove[]> => pointerHistory(db, policyKind, policyName)

/** A policy by its hash, or null when the house never had it. */
export async function policyOf(db: Queryable, hash: Hash): Promise<RouterPolicy | null> {
  const version = await versionOf<unknown>(db, policyKind, hash)
  return version && routerPolicySchema.parse(version.body)
}
