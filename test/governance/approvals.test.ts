import { describe, expect, it } from 'vitest'
import { readAudit } from '#kernel/audit.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { Hash, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { createUser, deactivateUser, type Actor } from '#governance/access.ts'
import { approved, approveRelease, decisionsOn, withdrawApproval, type Approved } from '#governance/approvals.ts'
import { isOn, lastChange, setFlag } from '#governance/flags.ts'
import type { Role } from '#governance/permissions.ts'
import type { Release } from '#governance/release.ts'
import {
  createRelease,
  listReleases,
  liveRelease,
  releaseCampaign,
  rollback,
  setRollout,
} from '#governance/releases.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-02-03T04:05:06Z'))
const deps = { db, clock }

let users = 0
async function user(role: Role): Promise<UserId> {
  users += 1
  const made = await createUser(deps, { email: `U${users}@Example.com`, name: role, role, by: 'millrace' })
  if (made.kind === 'refused') throw new Error(made.why)
  return made.userId
}

const release = (text: string, by: Actor, authors: Actor[] = []): Promise<Hash> =>
  createRelease(deps, {
    name: 'winter',
    pins: {
      contentHash: sha256(text),
      guardrailHash: sha256('guardrails'),
      audience: { segment: 'lapsed', versionHash: sha256('rule') },
      limits: { dailyCap: 500 },
      channel: 'email',
    },
    definition: { goal: 'come back', text, rate: 0.1, at: undefined },
    by,
    authors,
  })

async function approvedRelease(text: string, author: Actor, approver: UserId): Promise<Hash> {
  const hash = await release(text, author)
  expect(await approveRelease(deps, { releaseHash: hash, by: approver })).toMatchObject({ kind: 'approved' })
  return hash
}

const rule = (result: object): unknown => ('rule' in result ? result.rule : result)

describe('an approval', () => {
  it('is minted only for a hash that stands approved', async () => {
    const [author, approver] = [await user('marketer'), await user('owner')]
    const hash = await release('hello', author)
    expect(await approved(db, hash)).toBeNull()
    const given = await approveRelease(deps, { releaseHash: hash, by: approver, note: 'fine' })
    const minted: Approved<Release> | null = await db.transaction((tx) => approved(tx, hash))
    expect(minted).toMatchObject({ name: 'winter', hash, definition: { goal: 'come back', text: 'hello' } })
    expect(minted?.approvalId).toBe(given.kind === 'approved' && given.approvalId)
    expect(await decisionsOn(db, hash)).toMatchObject([{ decision: 'approved', decidedBy: approver, note: 'fine' }])
  })

  it('binds to the hash: an edit is another release and needs its own', async () => {
    const [author, approver] = [await user('marketer'), await user('owner')]
    const before = await approvedRelease('hello', author, approver)
    const after = await release('hello!', author)
    expect(after).not.toBe(before)
    expect(await approved(db, after)).toBeNull()
    expect(await release('hello', author)).toBe(before)
    expect(await listReleases(db, 'winter')).toHaveLength(2)
  })

  it('is refused to the author when two people may approve', async () => {
    const author = await user('marketer')
    await user('owner')
    const hash = await release('hello', author)
    expect(rule(await approveRelease(deps, { releaseHash: hash, by: author }))).toBe('own-work')
    expect(await approved(db, hash)).toBeNull()
  })

  it('is refused to whoever edited what it pins, and not only to who pressed the button', async () => {
    const [author, editor, third] = [await user('marketer'), await user('marketer'), await user('owner')]
    const hash = await release('hello', author, [editor])
    expect(rule(await approveRelease(deps, { releaseHash: hash, by: editor }))).toBe('own-work')
    expect(rule(await approveRelease(deps, { releaseHash: hash, by: third }))).toMatchObject({ kind: 'approved' })
  })

  it('is open to the author where nobody else may approve', async () => {
    const owner = await user('owner')
    await user('viewer')
    await user('operator')
    const leaving = await user('marketer')
    await deactivateUser(deps, { userId: leaving, by: owner })
    expect(await approveRelease(deps, { releaseHash: await release('hello', owner), by: owner })).toMatchObject({
      kind: 'approved',
    })
  })

  it('is refused to who may not approve, who left, and for what does not exist', async () => {
    const [owner, viewer, operator, gone] = [
      await user('owner'),
      await user('viewer'),
      await user('operator'),
      await user('marketer'),
    ]
    const hash = await release('hello', 'millrace')
    await deactivateUser(deps, { userId: gone, by: owner })
    for (const by of [viewer, operator, gone]) {
      expect(rule(await approveRelease(deps, { releaseHash: hash, by }))).toBe('not-permitted')
    }
    expect(rule(await approveRelease(deps, { releaseHash: sha256('?'), by: owner }))).toBe('unknown-release')
    expect(await approved(db, hash)).toBeNull()
  })

  it('stands once, however often and at once it is given', async () => {
    const owner = await user('owner')
    const hash = await release('hello', owner)
    const given = await Promise.all([1, 2, 3].map(() => approveRelease(deps, { releaseHash: hash, by: owner })))
    expect(new Set(given.map((result) => (result.kind === 'approved' ? result.approvalId : ''))).size).toBe(1)
    expect(await decisionsOn(db, hash)).toHaveLength(1)
  })

  it('commits with its audit entry, which names the approval and no person', async () => {
    const owner = await user('owner')
    const hash = await approvedRelease('hello', owner, owner)
    const [decision] = await decisionsOn(db, hash)
    const entries = await readAudit(db, 0, 100)
    expect(entries.at(-1)).toMatchObject({
      action: 'release.approved', actor: owner, subject: hash, detail: { approvalId: decision?.id },
    }) // prettier-ignore
    expect(JSON.stringify(entries)).not.toContain('example.com')
  })

  it('can be taken back, and then mints nothing until it is given again', async () => {
    const owner = await user('owner')
    const hash = await approvedRelease('hello', owner, owner)
    expect(await withdrawApproval(deps, { releaseHash: hash, by: owner, note: 'typo' })).toEqual({ kind: 'withdrawn' })
    expect(await approved(db, hash)).toBeNull()
    expect(rule(await withdrawApproval(deps, { releaseHash: hash, by: owner, note: '' }))).toBe('not-approved')
    await approveRelease(deps, { releaseHash: hash, by: owner })
    expect(await approved(db, hash)).not.toBeNull()
  })

  it('does not cover a body altered in the database', async () => {
    const owner = await user('owner')
    const hash = await approvedRelease('hello', owner, owner)
    await expect(db.query(sql`update kernel.versions set body = '{}'`)).rejects.toThrow('append-only')
    await expect(db.query(sql`delete from governance.approvals`)).rejects.toThrow('append-only')
    await db.transaction(async (tx) => {
      await tx.query(sql`set local session_replication_role = replica`)
      await tx.query(sql`update kernel.versions set body = jsonb_set(body, '{definition,text}', '"bye"')`)
    })
    await expect(approved(db, hash)).rejects.toThrow('was altered')
  })
})

describe('a release', () => {
  it('goes live only when approved, and binds what reads after the commit', async () => {
    const owner = await user('owner')
    const hash = await release('one', owner)
    expect(rule(await releaseCampaign(deps, { hash, by: owner, reason: 'go' }))).toBe('not-approved')
    expect(await liveRelease(db, 'winter')).toBeNull()
    await approveRelease(deps, { releaseHash: hash, by: owner })
    await releaseCampaign(deps, { hash, by: owner, reason: 'go', percent: 10 })
    expect(await liveRelease(db, 'winter')).toMatchObject({ hash, percent: 10, pins: { channel: 'email' } })
  })

  it('widens without another approval: the percentage is outside the hash', async () => {
    const owner = await user('owner')
    const hash = await approvedRelease('one', owner, owner)
    await releaseCampaign(deps, { hash, by: owner, reason: 'canary', percent: 1 })
    expect(await setRollout(deps, { hash, percent: 50, by: 'millrace', reason: 'healthy' })).toEqual({
      kind: 'set',
      percent: 50,
    })
    expect(await liveRelease(db, 'winter')).toMatchObject({ hash, percent: 50 })
    await expect(setRollout(deps, { hash, percent: 100.5, by: owner, reason: '' })).rejects.toThrow('whole percentage')
  })

  it('rolls back a step at a time, never forward again, and says when there is nothing before', async () => {
    const owner = await user('owner')
    const hashes: Hash[] = []
    for (const text of ['one', 'two', 'three']) {
      const hash = await approvedRelease(text, owner, owner)
      await releaseCampaign(deps, { hash, by: owner, reason: text })
      hashes.push(hash)
    }
    const back = () => rollback(deps, { name: 'winter', by: 'millrace', reason: 'bounces' })
    expect(await back()).toEqual({ kind: 'rolled-back', from: hashes[2], to: hashes[1] })
    expect(await back()).toEqual({ kind: 'rolled-back', from: hashes[1], to: hashes[0] })
    expect(rule(await back())).toBe('nothing-before')
    expect((await liveRelease(db, 'winter'))?.hash).toBe(hashes[0])
  })

  it('rolls back only to what was live and is still approved', async () => {
    const owner = await user('owner')
    const [one, two] = [await approvedRelease('one', owner, owner), await approvedRelease('two', owner, owner)]
    const never = await approvedRelease('three', owner, owner)
    const back = (to?: Hash) => rollback(deps, { name: 'winter', by: owner, reason: 'no', ...(to ? { to } : {}) })
    expect(rule(await back())).toBe('unknown-release')
    await releaseCampaign(deps, { hash: one, by: owner, reason: '' })
    await releaseCampaign(deps, { hash: two, by: owner, reason: '' })
    expect(rule(await back(never))).toBe('never-live')
    expect(rule(await back(two))).toBe('already-live')
    await withdrawApproval(deps, { releaseHash: one, by: owner, note: '' })
    expect(rule(await back(one))).toBe('not-approved')
  })

  it('refuses pins without a content hash', async () => {
    const pins = { contentHash: 'x' as Hash, guardrailHash: null, audience: {}, limits: {}, channel: 'email' }
    const made = createRelease(deps, { name: 'winter', pins, definition: {}, by: 'millrace' })
    await expect(made).rejects.toThrow('is no content hash')
  })
})

describe('the kill switch', () => {
  it('is on until somebody turns it off; an operator may stop, but not start', async () => {
    const [operator, marketer] = [await user('operator'), await user('marketer')]
    expect(await isOn(db, 'sending')).toBe(true)
    await setFlag(deps, { name: 'sending', on: false, by: operator, reason: 'complaints' })
    expect(await isOn(db, 'sending')).toBe(false)
    expect(await lastChange(db, 'sending')).toMatchObject({ isOn: false, changedBy: operator, reason: 'complaints' })
    expect(rule(await setFlag(deps, { name: 'sending', on: true, by: operator, reason: '' }))).toBe('not-permitted')
    await setFlag(deps, { name: 'sending', on: true, by: marketer, reason: 'solved' })
    expect(await isOn(db, 'sending')).toBe(true)
    expect((await readAudit(db, 0, 100)).filter(({ action }) => action === 'flag.set')).toHaveLength(2)
  })
})
