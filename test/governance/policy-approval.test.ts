import { describe, expect, it } from 'vitest'
import { setRole } from '#governance/access.ts'
import { approved, approveRelease } from '#governance/approvals.ts'
import { takeBack } from '#governance/agents/delegate.ts'
import { setFlag } from '#governance/flags.ts'
import type { ReleasePins } from '#governance/release.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import { newId, type Hash, type UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { aHundred, aUser, delegated, rule, segment } from './agent-work.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-02T10:00:00Z'))
const deps = { db, clock }
const dayMs = 86_400_000

describe('an approval by a policy', () => {
  const release = (text: string, by: UserId | 'millrace', pins: Partial<ReleasePins> = {}): Promise<Hash> =>
    createRelease(deps, {
      name: 'policy',
      pins: {
        contentHash: sha256(text),
        guardrailHash: null,
        audience: { segment: segment.name, rule: segment.rule },
        limits: {},
        channel: 'sms',
        ...pins,
      },
      definition: { text },
      by,
    })

  it('is minted, names its policy, and outlives its being taken back, which lets no other follow', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(deps, owner)
    const hash = await delegated(deps, owner)
    const [one, two] = [await release('one', 'millrace'), await release('two', 'millrace')]
    const by = `policy:${hash}` as const
    expect(await approveRelease(deps, { releaseHash: one, by })).toMatchObject({ kind: 'approved' })
    expect(await releaseCampaign(deps, { hash: one, by, reason: 'delegated' })).toMatchObject({ kind: 'released' })
    clock.advance(1000)
    await takeBack(deps, { hash, by: owner, reason: 'enough' })
    clock.advance(1000)
    expect(await approved(db, one)).not.toBeNull()
    expect(rule(await approveRelease(deps, { releaseHash: two, by }))).toBe('not-permitted')
    expect(await approved(db, two)).toBeNull()
  })

  it('is refused for another form, segment or rule than was delegated, and while the agent is switched off', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(deps, owner)
    const by = `policy:${await delegated(deps, owner)}` as const
    const ask = async (text: string, pins: Partial<ReleasePins>) =>
      approveRelease(deps, { releaseHash: await release(text, 'millrace', pins), by })
    expect(await ask('form', { channel: 'email' })).toMatchObject({ rule: 'not-permitted', why: expect.stringContaining('form') as string }) // prettier-ignore
    expect(rule(await ask('segment', { audience: { segment: 'Others', rule: segment.rule } }))).toBe('not-permitted')
    expect(rule(await ask('rule', { audience: { segment: segment.name, rule: { subscribed: false } } }))).toBe('not-permitted') // prettier-ignore
    expect(rule(await ask('none', { audience: {} }))).toBe('not-permitted')
    await setFlag(deps, { name: 'agent.copywriter', on: false, by: owner, reason: 'odd drafts' })
    expect(rule(await ask('off', {}))).toBe('not-permitted')
    await setFlag(deps, { name: 'agent.copywriter', on: true, by: owner, reason: 'mended' })
    expect(await ask('off', {})).toMatchObject({ kind: 'approved' })
  })

  it('covers a rule however much of it is left to be filled in', async () => {
    const owner = await aUser(deps, 'owner')
    const buyers = { name: 'Buyers', rule: { bought: { sku: 'KOCH-250' } } }
    await aHundred(deps, owner)
    const by = `policy:${await delegated(deps, owner, { segments: [buyers] })}` as const
    const filled = { segment: 'Buyers', rule: { bought: { sku: 'KOCH-250', atLeast: 1 } } }
    const releaseHash = await release('one', 'millrace', { audience: filled })
    expect(await approveRelease(deps, { releaseHash, by })).toMatchObject({ kind: 'approved' })
  })

  it('is refused once it ended, to a policy nobody delegated, and for all but approving', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(deps, owner)
    const hash = await delegated(deps, owner, { days: 1 })
    const releaseHash = await release('one', 'millrace')
    const by = `policy:${hash}` as const
    expect(rule(await approveRelease(deps, { releaseHash, by: `policy:${sha256('none')}` }))).toBe('not-permitted')
    expect(rule(await setFlag(deps, { name: 'sending', on: false, by, reason: '' }))).toBe('not-permitted')
    expect(rule(await setRole(deps, { userId: owner, role: 'viewer', by }))).toBe('not-permitted')
    expect(rule(await takeBack(deps, { hash, by, reason: '' }))).toBe('not-permitted')
    clock.advance(dayMs)
    expect(rule(await approveRelease(deps, { releaseHash, by }))).toBe('not-permitted')
  })

  it('is refused for what the owner behind it wrote, where somebody else may approve', async () => {
    const [owner] = [await aUser(deps, 'owner'), await aUser(deps, 'marketer')]
    await aHundred(deps, owner)
    const by = `policy:${await delegated(deps, owner)}` as const
    expect(rule(await approveRelease(deps, { releaseHash: await release('mine', owner), by }))).toBe('own-work')
  })

  it('that no delegation stood behind when it was written mints nothing', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(deps, owner)
    const hash = await delegated(deps, owner)
    const releaseHash = await release('forged', 'millrace')
    const forge = (by: string, at: Date) =>
      db.query(sql`insert into governance.approvals (id, release_hash, decision, decided_by, decided_at, note)
        values (${newId(clock)}, ${releaseHash}, 'approved', ${by}, ${at}, '')`)
    await forge(`policy:${hash}`, new Date(clock().getTime() - 1))
    expect(await approved(db, releaseHash)).toBeNull()
    await forge(`policy:${sha256('none')}`, clock())
    expect(await approved(db, releaseHash)).toBeNull()
    await forge(`policy:${hash}`, clock())
    expect(await approved(db, releaseHash)).not.toBeNull()
  })
})
