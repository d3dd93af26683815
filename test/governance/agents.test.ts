import { describe, expect, it } from 'vitest'
import { agentStanding, countDraft, countReview } from '#governance/agents/reviews.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { anotherPicked } from '#rag/examples.ts'
import { testDatabase } from '../support/database.ts'
import { addDrafts, aUser, review } from './agent-work.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-02T10:00:00Z'))
const deps = { db, clock }
const agent = 'copywriter'

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

  it('counts a draft’s review even where two words come at once', async () => {
    const owner = await aUser(deps, 'owner')
    const [id] = await addDrafts(deps, 1)
    const word = { id: id!, decision: 'approved', by: owner, at: clock() } as const
    await Promise.all([1, 2, 3].map(() => db.transaction((tx) => countReview(tx, agent, word))))
    expect((await agentStanding(db, agent)).reviewed).toBe(1)
  })
})
