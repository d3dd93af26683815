import { describe, expect, it } from 'vitest'
import { deactivateUser, setRole } from '#governance/access.ts'
import { decideDelegated, type Decider } from '#governance/agents/decide.ts'
import { delegate, takeBack } from '#governance/agents/delegate.ts'
import { isSampled } from '#governance/agents/delegation.ts'
import { setFlag } from '#governance/flags.ts'
import { readAudit } from '#kernel/audit.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import {
  addDrafts,
  aDraft,
  aHundred,
  aUser,
  delegated,
  review,
  reviewAlike,
  rule,
  scope,
  segment,
  type Work,
} from './agent-work.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-02T10:00:00Z'))
const deps = { db, clock }
const agent = 'copywriter'
const dayMs = 86_400_000

const decide = (id: string, people = 10) =>
  decideDelegated({ ...deps, audienceOf: () => Promise.resolve(people) }, { agent, id })

const whyOf = (decider: Decider): string => (decider.kind === 'review' ? decider.why : 'a policy decides')

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
    await aHundred(deps, marketer)
    expect(rule(await delegate(deps, { agent, scope: scope(), by: marketer, reason: '' }))).toBe('not-permitted')
    for (const wrong of [{ samplePercent: 4 }, { days: 366 }, { forms: [] }, { segments: [] }, { mostPeople: 0 }])
      expect(rule(await delegate(deps, { agent, scope: scope(wrong), by: owner, reason: '' }))).toBe('scope')
  })

  it('said twice is one delegation, in the registry and in the audit chain', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(deps, owner)
    const hash = await delegated(deps, owner)
    clock.advance(1000)
    expect(await delegated(deps, owner)).toBe(hash)
    const versions = await db.query(sql`select body from kernel.versions where kind = 'delegation'`)
    expect(versions).toHaveLength(1)
    const entries = (await readAudit(db, 0, 1000)).filter(({ action }) => action === 'agent.delegated')
    expect(entries).toMatchObject([{ actor: owner, subject: agent, detail: { hash } }])
  })
})

describe('what was delegated', () => {
  it('is decided by its policy within the scope, and by a person beyond it', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(deps, owner)
    const hash = await delegated(deps, owner)
    expect(await decide(await aDraft(deps))).toEqual({ kind: 'delegated', by: `policy:${hash}` })
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
    for (const [change, why] of beyond) expect(whyOf(await decide(await aDraft(deps, change)))).toContain(why)
    expect(whyOf(await decide(await aDraft(deps), 101))).toContain('101 people')
    expect(await decide(newId<'draft'>(clock))).toMatchObject({ kind: 'review' })
  })

  it('leaves the share it promised to a person, the same ones however often it is asked', async () => {
    const owner = await aUser(deps, 'owner')
    await aHundred(deps, owner)
    await delegated(deps, owner, { samplePercent: 20 })
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
    await aHundred(deps, owner)
    const first = await delegated(deps, owner, { days: 2 })
    const id = await aDraft(deps)
    expect((await decide(id)).kind).toBe('delegated')
    await setFlag(deps, { name: 'agent.copywriter', on: false, by: marketer, reason: 'odd drafts' })
    expect(whyOf(await decide(id))).toContain('switched off')
    expect(rule(await setFlag(deps, { name: 'agent.copywriter', on: true, by: marketer, reason: '' }))).toBe('not-permitted') // prettier-ignore
    await setFlag(deps, { name: 'agent.copywriter', on: true, by: owner, reason: 'mended' })
    expect(await takeBack(deps, { hash: first, by: marketer, reason: 'odd drafts' })).toEqual({ kind: 'taken-back' })
    expect(await takeBack(deps, { hash: first, by: owner, reason: '' })).toEqual({ kind: 'already' })
    expect((await decide(id)).kind).toBe('review')
    clock.advance(1000)
    await delegated(deps, owner, { days: 2 })
    expect((await decide(id)).kind).toBe('delegated')
    clock.advance(2 * dayMs)
    expect(await decide(id)).toEqual({ kind: 'review', why: 'Nothing is delegated' })
  })

  it('ends with the owner who delegated it', async () => {
    const [owner, other] = [await aUser(deps, 'owner'), await aUser(deps, 'owner')]
    await aHundred(deps, owner)
    await delegated(deps, owner)
    const id = await aDraft(deps)
    expect((await decide(id)).kind).toBe('delegated')
    await setRole(deps, { userId: owner, role: 'marketer', by: other })
    expect((await decide(id)).kind).toBe('review')
    await setRole(deps, { userId: owner, role: 'owner', by: other })
    await deactivateUser(deps, { userId: owner, by: other })
    expect((await decide(id)).kind).toBe('review')
  })
})
