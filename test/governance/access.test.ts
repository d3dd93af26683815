import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { createUser, deactivateUser, listUsers, setRole, userByEmail, type Actor } from '#governance/access.ts'
import { consentTextOf, liveConsentText, releaseConsentText } from '#governance/consent-texts.ts'
import { actions, may, roles, type Role } from '#governance/permissions.ts'
import {
  linkLifeMs,
  redeemSignIn,
  revokeSession,
  revokeSessions,
  sessionLifeMs,
  sessionUser,
  signInLink,
} from '#governance/sessions.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-02-03T04:05:06Z'))
const deps = { db, clock }

async function user(email: string, role: Role, by: Actor = 'millrace'): Promise<UserId> {
  const made = await createUser(deps, { email, name: email, role, by })
  if (made.kind === 'refused') throw new Error(made.why)
  return made.userId
}

async function link(userId: UserId): Promise<string> {
  const made = await signInLink(deps, { userId })
  if (made.kind === 'refused') throw new Error(made.why)
  return made.token
}

async function session(userId: UserId): Promise<string> {
  const made = await redeemSignIn(deps, await link(userId))
  if (made.kind === 'refused') throw new Error(made.why)
  return made.token
}

const rule = (result: object): unknown => ('rule' in result ? result.rule : result)

describe('permissions', () => {
  it('deny by default: what is not written, nobody may', () => {
    for (const role of roles) {
      for (const action of ['', 'campaign', 'campaign.delete', 'constructor', '__proto__', 'toString']) {
        expect(may(role, action)).toBe(false)
      }
    }
  })

  it('give the owner everything, and approve and release only to owner and marketer', () => {
    expect(actions.every((action) => may('owner', action))).toBe(true)
    for (const action of ['campaign.approve', 'campaign.release', 'sending.start']) {
      expect(roles.filter((role) => may(role, action))).toEqual(['owner', 'marketer'])
    }
    expect(actions.filter((action) => may('viewer', action))).toEqual(['report.view', 'campaign.view', 'identity.view'])
  })
})

describe('users', () => {
  it('have one address each, in lower case', async () => {
    const id = await user('Ada@Example.com', 'owner')
    expect((await userByEmail(db, ' ADA@example.com '))?.id).toBe(id)
    expect(rule(await createUser(deps, { email: 'ada@example.com', name: '', role: 'viewer', by: 'millrace' }))).toBe(
      'address-taken',
    )
    expect(rule(await createUser(deps, { email: 'ada', name: '', role: 'viewer', by: 'millrace' }))).toBe('no-address')
    expect(await listUsers(db)).toHaveLength(1)
  })

  it('are managed by owners only, and the last owner stays one', async () => {
    const owner = await user('o@example.com', 'owner')
    const marketer = await user('m@example.com', 'marketer', owner)
    expect(rule(await createUser(deps, { email: 'x@example.com', name: '', role: 'viewer', by: marketer }))).toBe(
      'not-permitted',
    )
    expect(rule(await setRole(deps, { userId: marketer, role: 'owner', by: marketer }))).toBe('not-permitted')
    expect(rule(await setRole(deps, { userId: owner, role: 'viewer', by: owner }))).toBe('last-owner')
    expect(rule(await deactivateUser(deps, { userId: owner, by: owner }))).toBe('last-owner')
    await setRole(deps, { userId: marketer, role: 'owner', by: owner })
    expect(await deactivateUser(deps, { userId: owner, by: marketer })).toMatchObject({ kind: 'deactivated' })
  })
})

describe('signing in', () => {
  it('works once for a link, also when two redeem it at once', async () => {
    const token = await link(await user('o@example.com', 'owner'))
    const tries = await Promise.all([redeemSignIn(deps, token), redeemSignIn(deps, token)])
    expect(tries.map(({ kind }) => kind).toSorted()).toEqual(['refused', 'session'])
    expect(rule(await redeemSignIn(deps, token))).toBe('used-link')
    expect(rule(await redeemSignIn(deps, 'guess'))).toBe('unknown-link')
  })

  it('ends after 15 minutes for a link, and after a week for a session', async () => {
    const id = await user('o@example.com', 'owner')
    const late = await link(id)
    clock.advance(linkLifeMs)
    expect(rule(await redeemSignIn(deps, late))).toBe('expired-link')
    const token = await session(id)
    clock.advance(sessionLifeMs - 1)
    expect((await sessionUser(deps, token))?.id).toBe(id)
    clock.advance(1)
    expect(await sessionUser(deps, token)).toBeNull()
  })

  it('ends at once when a session is revoked or its user leaves', async () => {
    const [owner, other] = [await user('o@example.com', 'owner'), await user('m@example.com', 'marketer')]
    const [first, second, third] = [await session(other), await session(other), await session(other)]
    await revokeSession(deps, first)
    expect(await sessionUser(deps, first)).toBeNull()
    expect((await sessionUser(deps, second))?.role).toBe('marketer')
    expect(await revokeSessions(deps, { userId: other, by: other })).toEqual({ kind: 'revoked', sessions: 2 })
    expect(await sessionUser(deps, third)).toBeNull()
    expect(rule(await revokeSessions(deps, { userId: owner, by: other }))).toBe('not-permitted')
    const [open, waiting] = [await session(other), await link(other)]
    await deactivateUser(deps, { userId: other, by: owner })
    expect(await sessionUser(deps, open)).toBeNull()
    expect(rule(await redeemSignIn(deps, waiting))).toBe('expired-link')
    expect(rule(await signInLink(deps, { userId: other }))).toBe('no-user')
  })

  it('keeps no token in the database', async () => {
    const id = await user('o@example.com', 'owner')
    const [waiting, open] = [await link(id), await session(id)]
    const kept = await db.query(sql`select token_hash from governance.sign_in_links
      union all select token_hash from governance.sessions`)
    expect(kept.length).toBeGreaterThanOrEqual(3)
    for (const token of [waiting, open]) expect(JSON.stringify(kept)).not.toContain(token)
  })
})

describe('consent texts', () => {
  it('are versions: the one shown is the last released, and an old consent still finds its words', async () => {
    const [owner, viewer] = [await user('o@example.com', 'owner'), await user('v@example.com', 'viewer')]
    const text = { name: 'newsletter', language: 'en', channel: 'email', by: owner, reason: 'first' }
    const first = await releaseConsentText(deps, { ...text, text: 'Send me news.' })
    await releaseConsentText(deps, { ...text, text: 'Send me news and offers.' })
    expect((await liveConsentText(db, 'newsletter'))?.body.text).toBe('Send me news and offers.')
    expect(first.kind === 'released' && (await consentTextOf(db, first.hash))?.body.text).toBe('Send me news.')
    expect(rule(await releaseConsentText(deps, { ...text, by: viewer, text: 'x' }))).toBe('not-permitted')
  })
})
