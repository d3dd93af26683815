import { describe, expect, it } from 'vitest'
import { deactivateUser, setRole } from '#governance/access.ts'
import { approved, approveRelease } from '#governance/approvals.ts'
import { decideDelegated, type Decider } from '#governance/agents/decide.ts'
import { delegate, takeBack } from '#governance/agents/delegate.ts'
import { isSampled, type AskedScope } from '#governance/agents/delegation.ts'
import { agentStanding, countDraft, countReview } from '#governance/agents/reviews.ts'
import { setFlag } from '#governance/flags.ts'
import type { ReleasePins } from '#governance/release.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import { readAudit } from '#kernel/audit.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import { newId, type DraftId, type Hash, type UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { anotherPicked } from '#rag/examples.ts'
import { testDatabase } from '../support/database.ts'
import { addDrafts, aUser, review, reviewAlike, scope, segment, type Work } from './agent-work.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-02T10:00:00Z'))
const deps = { db, clock }
const agent = 'copywriter'
const dayMs = 86_400_000

const rule = (result: object): unknown => ('rule' in result ? result.rule : result)

/** Drafts until one is not of the share that a person sees. */
async function aDraft(change: Partial<Work> = {}): Promise<DraftId> {
  const [id] = (await addDrafts(deps, 60, change)).filter((one) => !isSampled(one, 0.1))
  if (!id) throw new Error('All of sixty drafts were of the sample')
  return id
}

const decide = (id: string, people = 10) =>
  decideDelegated({ ...deps, audienceOf: () => Promise.resolve(people) }, { agent, id })

const whyOf = (decider: Decider): string => (decider.kind === 'review' ? decider.why : 'a policy decides')

async function delegated(by: UserId, change: Partial<AskedScope> = {}): Promise<Hash> {
  const given = await delegate(deps, { agent, scope: scope(change), by, reason: 'it writes well' })
  if (given.kind === 'refused') throw new Error(given.why)
  return given.hash
}

async function aHundred(by: UserId, change: Partial<Work> = {}): Promise<void> {
  await reviewAlike(deps, await addDrafts(deps, 100, change), by, 'approved')
}

describe('the first hundred', () => {
  it('are counted one by one, once each, whatever is clicked twice', async () => {
    const owner = await aUser(deps, 'owner')
    const ids = await addDrafts(deps, 3)
    await review(deps, ids, owner)
    await review(deps, ids, owner, 'rejected')
    await review(deps, await addDrafts(deps, 1), owner, 'rejected')
    expect(await agentStanding(db, agent)).toMatchObject({
      reviewed: 4,
      everReviewed: 4,
      approved: { share: 0.75 },
      edited: { share: 0 },
      mayBeDelegated: false,
    })
  })

  it('begin anew with another prompt, set of rules or brand, and are no word of the house or of a policy', async () => {
    const owner = await aUser(deps, 'owner')
    await review(deps, await addDrafts(deps, 5), owner)
    for (const change of [{ rules: 'second' }, { brand: 'second' }]) {
      clock.advance(1000)
      await addDrafts(deps, 1, change)
      expect((await agentStanding(db, agent)).reviewed).toBe(0)
    }
    clock.advance(1000)
    const ids = await addDrafts(deps, 5, { prompt: 'second' })
    await review(deps, ids, 'millrace')
    await review(deps, ids, `policy:${sha256('any')}`)
    expect(await agentStanding(db, agent)).toMatchObject({ reviewed: 0, everReviewed: 5, approved: null })
  })

  it('are counted under what was checked last: of a draft that is still being written nothing is known', async () => {
    const owner = await aUser(deps, 'owner')
    await review(deps, await addDrafts(deps, 5), owner)
    clock.advance(1000)
    const ids = await addDrafts(deps, 1)
    await db.query(sql`update rag.draft_bodies set findings = null, guardrail_hash = null where draft_id = ${ids[0]!}`)
    expect((await agentStanding(db, agent)).reviewed).toBe(5)
  })

  it('leave out a variant that was sent back only because another was picked', async () => {
    const owner = await aUser(deps, 'owner')
    const [draftId, judged] = await addDrafts(deps, 2)
    const word = { decision: 'rejected', by: owner, at: clock() } as const
    await db.transaction(async (tx) => {
      await countDraft(tx, { ...word, draftId: draftId!, reason: anotherPicked })
      await countDraft(tx, { ...word, draftId: judged!, reason: 'too long' })
    })
    expect((await agentStanding(db, agent)).everReviewed).toBe(1)
  })

  it('tell which were approved only after a person changed them', async () => {
    const owner = await aUser(deps, 'owner')
    await review(deps, await addDrafts(deps, 3), owner)
    await review(deps, await addDrafts(deps, 1, { editedBy: owner }), owner)
    expect((await agentStanding(db, agent)).edited?.share).toBe(0.25)
  })

  it('refuse a word on what is not there, and cannot be rewritten', async () => {
    const owner = await aUser(deps, 'owner')
    await expect(review(deps, [newId<'draft'>(clock)], owner)).rejects.toThrow('not there')
    await review(deps, await addDrafts(deps, 1), owner)
    await expect(db.query(sql`delete from governance.agent_reviews`)).rejects.toThrow('append-only')
  })

  it('follow neither the calibration of the router nor lose sight of its other changes', async () => {
    const owner = await aUser(deps, 'owner')
    const routed = async (policy: object): Promise<void> => {
      clock.advance(1000)
      const [id] = await addDrafts(deps, 1)
      const hash = sha256(JSON.stringify(policy))
      await db.query(sql`insert into kernel.versions (kind, name, hash, body, created_at, created_by)
        values ('router', 'models', ${hash}, ${JSON.stringify(policy)}::jsonb, ${clock()}, 'test')`)
      await db.query(sql`insert into rag.model_calls (id, decision_id, ordinal, purpose, subject, policy_hash, features,
          chain, reasons, model, vendor, attempt, outcome, at)
        values (${newId(clock)}, ${newId(clock)}, 0, 'draft', ${`draft:${id}`}, ${hash}, '{}', '{}', '{}', 'm', 'offline',
          'call', 'answer', ${clock()})`)
      await review(deps, [id!], owner)
    }
    await routed({ version: 2, threshold: 0.5 })
    await routed({ version: 2, threshold: 0.55 })
    expect((await agentStanding(db, agent)).reviewed).toBe(2)
    await routed({ version: 3, threshold: 0.55 })
    expect((await agentStanding(db, agent)).reviewed).toBe(1)
  })
})

describe('delegating', () => {
  it('is refused before a hundred were reviewed under the same versions', async () => {
    const owner = await aUser(deps, 'owner')
    expect(rule(await delegate(deps, { agent, scope: scope(), by: owner, reason: '' }))).toBe('too-few')
    await reviewAlike(deps, await addDrafts(deps, 99), owner, 'approved')
    expect(rule(await delegate(deps, { agent, scope: scope(), by: owner, reason: '' }))).toBe('too-few')
    await review(deps, await addDrafts(deps, 1), owner)
    expect(await delegate(deps, { agent, scope: scope(), by: owner, reason: '' })).toMatchObject({ kind: 'delegated' })
  })

  it('is an owner’s alone, and a scope says where it ends', async () => {
    const [owner, marketer] = [await aUser(deps, 'owner'), await aUser(deps, 'marketer')]
    await aHundred(marketer)
    expect(rule(await delegate(deps, { agent, scope: scope(), by: marketer, reason: '' }))).toBe('not-permitted')
    for (const wrong of [{ samplePercent: 4 }, { days: 366 }, { forms: [] }, { segments: [] }, { mostPeople: 0 }])
      expect(rule(await delegate(deps, { agent, scope: scope(wrong), by: owner, reason: '' }))).toBe('scope')
  })

  it('said twice is one delegation, in the registry and in the audit chain', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(owner)
    const hash = await delegated(owner)
    clock.advance(1000)
    expect(await delegated(owner)).toBe(hash)
    const versions = await db.query(sql`select body from kernel.versions where kind = 'delegation'`)
    expect(versions).toHaveLength(1)
    const entries = (await readAudit(db, 0, 1000)).filter(({ action }) => action === 'agent.delegated')
    expect(entries).toMatchObject([{ actor: owner, subject: agent, detail: { hash } }])
  })
})

describe('what was delegated', () => {
  it('is decided by its policy within the scope, and by a person beyond it', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(owner)
    const hash = await delegated(owner)
    expect(await decide(await aDraft())).toEqual({ kind: 'delegated', by: `policy:${hash}` })
    const beyond: [Partial<Work>, string][] = [
      [{ form: 'x' }, 'form'],
      [{ segment: { name: 'Others', rule: segment.rule } }, 'not delegated'],
      [{ segment: { ...segment, rule: { subscribed: false } } }, 'selects others'],
      [{ set: 'a-set' }, 'a person picks'],
      [{ campaign: 'spring' }, 'next version'],
      [{ model: 'another' }, 'model'],
      [{ costMicroUsd: 1001 }, 'cost more'],
      [{ verdict: 'warn' }, 'guardrail objects'],
      [{ verdict: 'block' }, 'guardrail objects'],
      [{ editedBy: owner }, 'had a hand'],
      [{ prompt: 'second' }, 'The prompt'],
      [{ rules: 'second' }, 'The guardrails'],
      [{ brand: 'second' }, 'The brand'],
    ]
    for (const [change, why] of beyond) expect(whyOf(await decide(await aDraft(change)))).toContain(why)
    expect(whyOf(await decide(await aDraft(), 101))).toContain('101 people')
    expect(await decide(newId<'draft'>(clock))).toMatchObject({ kind: 'review' })
  })

  it('leaves the share it promised to a person, the same ones however often it is asked', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(owner)
    await delegated(owner, { samplePercent: 20 })
    const ids = await addDrafts(deps, 40)
    const ask = async () => (await Promise.all(ids.map((id) => decide(id)))).map(({ kind }) => kind)
    const answers = await ask()
    expect(await ask()).toEqual(answers)
    expect(answers).toEqual(ids.map((id) => (isSampled(id, 0.2) ? 'review' : 'delegated')))
  })

  it('samples near its share, and a larger share holds the smaller', () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => `interaction ${n}`)
    for (const share of [0.05, 0.1, 0.5]) {
      const sampled = ids.filter((id) => isSampled(id, share)).length / ids.length
      expect(Math.abs(sampled - share)).toBeLessThan(0.012)
    }
    expect(ids.every((id) => !isSampled(id, 0.05) || isSampled(id, 0.1))).toBe(true)
    expect(ids.every((id) => isSampled(id, 1))).toBe(true)
  })

  it('goes back to people when it ends, is taken back, or the agent is switched off', async () => {
    const [owner, marketer] = [await aUser(deps, 'owner'), await aUser(deps, 'marketer')]
    await aHundred(owner)
    const first = await delegated(owner, { days: 2 })
    const id = await aDraft()
    expect((await decide(id)).kind).toBe('delegated')
    await setFlag(deps, { name: 'agent.copywriter', on: false, by: marketer, reason: 'odd drafts' })
    expect(whyOf(await decide(id))).toContain('switched off')
    expect(rule(await setFlag(deps, { name: 'agent.copywriter', on: true, by: marketer, reason: '' }))).toBe('not-permitted') // prettier-ignore
    await setFlag(deps, { name: 'agent.copywriter', on: true, by: owner, reason: 'mended' })
    expect(await takeBack(deps, { hash: first, by: marketer, reason: 'odd drafts' })).toEqual({ kind: 'taken-back' })
    expect(await takeBack(deps, { hash: first, by: owner, reason: '' })).toEqual({ kind: 'already' })
    expect((await decide(id)).kind).toBe('review')
    clock.advance(1000)
    await delegated(owner, { days: 2 })
    expect((await decide(id)).kind).toBe('delegated')
    clock.advance(2 * dayMs)
    expect(await decide(id)).toEqual({ kind: 'review', why: 'Nothing is delegated' })
  })

  it('ends with the owner who delegated it', async () => {
    const [owner, other] = [await aUser(deps, 'owner'), await aUser(deps, 'owner')]
    await aHundred(owner)
    await delegated(owner)
    const id = await aDraft()
    expect((await decide(id)).kind).toBe('delegated')
    await setRole(deps, { userId: owner, role: 'marketer', by: other })
    expect((await decide(id)).kind).toBe('review')
    await setRole(deps, { userId: owner, role: 'owner', by: other })
    await deactivateUser(deps, { userId: owner, by: other })
    expect((await decide(id)).kind).toBe('review')
  })
})

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
    await aHundred(owner)
    const hash = await delegated(owner)
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
    await aHundred(owner)
    const by = `policy:${await delegated(owner)}` as const
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
    await aHundred(owner)
    const by = `policy:${await delegated(owner, { segments: [buyers] })}` as const
    const filled = { segment: 'Buyers', rule: { bought: { sku: 'KOCH-250', atLeast: 1 } } }
    const releaseHash = await release('one', 'millrace', { audience: filled })
    expect(await approveRelease(deps, { releaseHash, by })).toMatchObject({ kind: 'approved' })
  })

  it('is refused once it ended, to a policy nobody delegated, and for all but approving', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(owner)
    const hash = await delegated(owner, { days: 1 })
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
    await aHundred(owner)
    const by = `policy:${await delegated(owner)}` as const
    expect(rule(await approveRelease(deps, { releaseHash: await release('mine', owner), by }))).toBe('own-work')
  })

  it('that no delegation stood behind when it was written mints nothing', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(owner)
    const hash = await delegated(owner)
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

  it('counts a draft’s review even where two words come at once', async () => {
    const owner = await aUser(deps, 'owner')
    const [id] = await addDrafts(deps, 1)
    const word = { id: id!, decision: 'approved', by: owner, at: clock() } as const
    await Promise.all([1, 2, 3].map(() => db.transaction((tx) => countReview(tx, agent, word))))
    expect((await agentStanding(db, agent)).reviewed).toBe(1)
  })
})
