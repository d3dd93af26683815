import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { randomToken, sha256 } from '#kernel/crypto.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { UserId } from '#kernel/ids.ts'
import { refusal, type Actor, type Refused } from './access.ts'
import {
  insertLink, insertSession, noteSeen, revokeByToken, revokeByUser, selectLink, selectSessionUser, selectUser, useLink, wasSeenSince,
  type User,
} from './queries/users.ts' // prettier-ignore

type Deps = { db: Db; clock: Clock }

const minuteMs = 60_000
export const linkLifeMs = 15 * minuteMs
export const sessionLifeMs = 7 * 24 * 60 * minuteMs

/**
 * Makes a one-time sign-in token, good for 15 minutes. Only its hash is stored: whoever calls puts the token into a
 * link, shows it once and never logs it.
 */
export async function signInLink(
  deps: { db: Queryable; clock: Clock },
  input: { userId: UserId },
): Promise<{ kind: 'link'; token: string; expiresAt: Date } | Refused<'no-user'>> {
  const user = await selectUser(deps.db, input.userId)
  if (!user?.active) return { kind: 'refused', rule: 'no-user', why: 'There is no active user of this id' }
  const token = randomToken()
  const now = deps.clock()
  const expiresAt = new Date(now.getTime() + linkLifeMs)
  await insertLink(deps.db, sha256(token), user.id, now, expiresAt)
  return { kind: 'link', token, expiresAt }
}

type RedeemRule = 'unknown-link' | 'used-link' | 'expired-link'

/** Turns a one-time token into a session, once. The session's token goes into a cookie; only its hash is stored. */
export async function redeemSignIn(
  deps: Deps,
  token: string,
): Promise<{ kind: 'session'; token: string; userId: UserId; expiresAt: Date } | Refused<RedeemRule>> {
  return deps.db.transaction(async (tx) => {
    const now = deps.clock()
    const userId = await useLink(tx, sha256(token), now)
    if (!userId) return whyNot(await selectLink(tx, sha256(token)))
    const session = randomToken()
    const expiresAt = new Date(now.getTime() + sessionLifeMs)
    await insertSession(tx, sha256(session), userId, now, expiresAt)
    await appendAudit(tx, deps.clock, { actor: userId, action: 'session.opened', subject: userId, detail: {} })
    return { kind: 'session', token: session, userId, expiresAt }
  })
}

function whyNot(link: { usedAt: Date | null } | null): Refused<RedeemRule> {
  const again = 'ask for a new one'
  if (!link) return { kind: 'refused', rule: 'unknown-link', why: `This sign-in link is not ours: ${again}` }
  if (link.usedAt) return { kind: 'refused', rule: 'used-link', why: `This sign-in link was used already: ${again}` }
  return { kind: 'refused', rule: 'expired-link', why: `This sign-in link has expired: ${again}` }
}

/** Who a session's token belongs to; null when it is unknown, expired or revoked, or its user left. */
export async function sessionUser(deps: { db: Queryable; clock: Clock }, token: string): Promise<User | null> {
  const user = await selectSessionUser(deps.db, sha256(token), deps.clock())
  if (user) await noteSeen(deps.db, sha256(token), deps.clock())
  return user
}

const presentMs = 15 * minuteMs

/** Whether somebody who could notice a weak draft is there: a session was used in the last quarter of an hour. */
export const someoneIsThere = ({ db, clock }: { db: Queryable; clock: Clock }): Promise<boolean> =>
  wasSeenSince(db, new Date(clock().getTime() - presentMs), clock())

/** Signs out: the token is worth nothing after the commit. */
export async function revokeSession(deps: Deps, token: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const userId = await revokeByToken(tx, sha256(token), deps.clock())
    if (userId) {
      await appendAudit(tx, deps.clock, { actor: userId, action: 'session.revoked', subject: userId, detail: {} })
    }
  })
}

/** Ends every session of a user: by themselves, or by who may manage users. */
export async function revokeSessions(
  deps: Deps,
  input: { userId: UserId; by: Actor },
): Promise<{ kind: 'revoked'; sessions: number } | Refused> {
  return deps.db.transaction(async (tx) => {
    const refused = input.by === input.userId ? null : await refusal(tx, input.by, 'user.manage')
    if (refused) return refused
    const sessions = await revokeByUser(tx, input.userId, deps.clock())
    const entry = { actor: input.by, action: 'session.revoked', subject: input.userId, detail: { sessions } }
    await appendAudit(tx, deps.clock, entry)
    return { kind: 'revoked', sessions }
  })
}
