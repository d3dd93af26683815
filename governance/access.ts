import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { newId, type Hash, type UserId } from '#kernel/ids.ts'
import { may, rolesThatMay, type Action, type Role } from './permissions.ts'
import { selectDelegation } from './queries/delegations.ts'
import { selectFlag } from './queries/flags.ts'
import {
  countActiveUsers, deactivate, expireLinks, insertUser, lockActiveUsers, revokeByUser, selectActorNames, selectUser, selectUserByEmail, selectUsers,
  updateRole, type User,
} from './queries/users.ts' // prettier-ignore

export type { User } from './queries/users.ts'

/** A policy that an owner delegated to: `policy:` and the hash of its version. */
export type Policy = `policy:${string}`

/** Who acts: a person who signed in, a policy, or the house itself (its schedule, its command line). */
export type Actor = UserId | Policy | 'millrace'

/** Whoever can approve. */
export type Approver = UserId | Policy

export const isPolicy = (actor: string): actor is Policy => actor.startsWith('policy:')
export const policyHashOf = (policy: Policy): Hash => policy.slice('policy:'.length) as Hash

export type Refused<Rule extends string = string> = { kind: 'refused'; rule: Rule; why: string }

type Deps = { db: Db; clock: Clock }

const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** All that can be delegated to a policy. */
const delegable: readonly Action[] = ['campaign.approve', 'campaign.release']

/**
 * Refuses an actor who may not do something; null when they may. A user must exist and be active. The house may do
 * what needs no person's word; a policy what was delegated to it, while that stands, its agent is switched on, and whoever
 * delegated it still may.
 */
export async function refusal(db: Queryable, actor: Actor, action: Action): Promise<Refused<'not-permitted'> | null> {
  if (actor === 'millrace') return null
  if (isPolicy(actor)) return policyRefusal(db, actor, action)
  const user = await selectUser(db, actor)
  if (!user?.active) return { kind: 'refused', rule: 'not-permitted', why: 'This user has no access any more' }
  if (may(user.role, action)) return null
  return {
    kind: 'refused',
    rule: 'not-permitted',
    why: `${aRole(user.role)} may not do this (${action}): ask an owner`,
  }
}

/** A role, as a sentence begins with it. */
export const aRole = (role: Role): string => `${/^[aeiou]/.test(role) ? 'An' : 'A'} ${role}`

async function policyRefusal(db: Queryable, policy: Policy, action: Action): Promise<Refused<'not-permitted'> | null> {
  const given = await selectDelegation(db, policyHashOf(policy))
  if (!given || given.takenBackAt !== null || !delegable.includes(action))
    return { kind: 'refused', rule: 'not-permitted', why: 'This was not delegated, or was taken back' }
  if ((await selectFlag(db, `agent.${given.agent}`))?.isOn === false)
    return { kind: 'refused', rule: 'not-permitted', why: 'The agent that it was delegated to is switched off' }
  return refusal(db, given.givenBy, 'agent.delegate')
}

/** Whether whoever had a hand in something must leave the word on it to somebody else: where another may say it. */
export const anotherMayApprove = async (db: Queryable): Promise<boolean> =>
  (await countActiveUsers(db, rolesThatMay('campaign.approve'))) >= 2

/** Adds a user. The address is kept in lower case and must be free, also of users who left. */
export async function createUser(
  deps: Deps,
  input: { email: string; name: string; role: Role; by: Actor },
): Promise<{ kind: 'created'; userId: UserId } | Refused> {
  const email = input.email.trim().toLowerCase()
  if (!address.test(email)) return { kind: 'refused', rule: 'no-address', why: 'This is no e-mail address' }
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'user.manage')
    if (refused) return refused
    const user = { id: newId<'user'>(deps.clock), email, name: input.name.trim(), role: input.role, at: deps.clock() }
    const userId = await insertUser(tx, user)
    if (!userId) return { kind: 'refused', rule: 'address-taken', why: 'A user with this address exists already' }
    await appendAudit(tx, deps.clock, {
      actor: input.by,
      action: 'user.created',
      subject: userId,
      detail: { role: input.role },
    })
    return { kind: 'created', userId }
  })
}

/** Gives a user another role. The last owner stays one. */
export async function setRole(
  deps: Deps,
  input: { userId: UserId; role: Role; by: Actor },
): Promise<{ kind: 'changed' } | Refused> {
  return deps.db.transaction(async (tx) => {
    const refused = (await refusal(tx, input.by, 'user.manage')) ?? (await lastOwner(tx, input.userId, input.role))
    if (refused) return refused
    await updateRole(tx, input.userId, input.role)
    const detail = { role: input.role }
    await appendAudit(tx, deps.clock, { actor: input.by, action: 'user.role-set', subject: input.userId, detail })
    return { kind: 'changed' }
  })
}

/** Ends a user's access: their sessions and open links end in the same commit. The last owner cannot go. */
export async function deactivateUser(
  deps: Deps,
  input: { userId: UserId; by: Actor },
): Promise<{ kind: 'deactivated'; sessionsEnded: number } | Refused> {
  return deps.db.transaction(async (tx) => {
    const refused = (await refusal(tx, input.by, 'user.manage')) ?? (await lastOwner(tx, input.userId, null))
    if (refused) return refused
    await deactivate(tx, input.userId, deps.clock())
    await expireLinks(tx, input.userId, deps.clock())
    const sessionsEnded = await revokeByUser(tx, input.userId, deps.clock())
    const entry = { actor: input.by, action: 'user.deactivated', subject: input.userId, detail: { sessionsEnded } }
    await appendAudit(tx, deps.clock, entry)
    return { kind: 'deactivated', sessionsEnded }
  })
}

async function lastOwner(
  tx: Parameters<typeof lockActiveUsers>[0],
  userId: UserId,
  role: Role | null,
): Promise<Refused | null> {
  if (role === 'owner') return null
  const owners = await lockActiveUsers(tx, ['owner'])
  if (owners.length !== 1 || owners[0]?.id !== userId) return null
  return { kind: 'refused', rule: 'last-owner', why: 'This is the only owner: make somebody else an owner first' }
}

/** A user by address, also one who left. */
export const userByEmail = (db: Queryable, email: string): Promise<User | null> =>
  selectUserByEmail(db, email.trim().toLowerCase())

/** What actors are called: users by their own name, a policy by that of whoever delegated to it; others are not in it. */
export async function namesOfActors(db: Queryable, actors: readonly string[]): Promise<Map<string, string>> {
  return new Map((await selectActorNames(db, [...new Set(actors)])).map(({ actor, name }) => [actor, name]))
}

/** Every user, eldest first. */
export const listUsers = (db: Queryable): Promise<User[]> => selectUsers(db)
