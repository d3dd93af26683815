import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { createDraft, resumeDraft, resumeUnfinished, runDraft, startDraft } from '#rag/agent/run.ts'
import { draftById } from '#rag/drafts.ts'
import { testDatabase } from '../support/database.ts'
import { today } from './corpus.ts'
import { addEvidence, agentDeps, brief, mailSaying, scripted } from './written-drafts.ts'

const db = testDatabase()
const clock = stoppedClock(today)

const right = scripted.bind(null, (request) => mailSaying('€13.50', request))

/** The database as a process sees it that is killed right after the `nth` transaction of the agent commits. */
function killedAfter(nth: number): Db {
  let done = 0
  return {
    kind: 'database',
    query: (statement) => db.query(statement),
    transaction: async (work) => {
      const result = await db.transaction(work)
      if (++done === nth) throw new Error('killed')
      return result
    },
    get pool() {
      return db.pool
    },
    close: () => Promise.resolve(),
  }
}

describe('a killed process', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'loses nothing and pays no round twice when killed after commit %i',
    async (nth) => {
      await addEvidence(db)
      const model = scripted(
        (request) => mailSaying('€9.99', request),
        (request) => mailSaying('€13.50', request),
      )
      const id = await createDraft({ db, clock }, brief)
      await runDraft(agentDeps(killedAfter(nth), clock, model.callModel), id).catch(() => 'killed')
      await resumeUnfinished(agentDeps(db, clock, model.callModel))
      expect(await draftById(db, id)).toMatchObject({
        state: 'waiting',
        approvable: true,
        revision: 2,
        costMicroUsd: 60,
      })
      expect(model.requests).toHaveLength(2)
    },
  )

  it('goes on from the last node, in another process with a graph of its own', async () => {
    await addEvidence(db)
    let asked = 0
    const dead = agentDeps(db, clock, () => {
      asked += 1
      throw new Error('killed while asking')
    })
    const id = await createDraft({ db, clock }, brief)
    await expect(runDraft(dead, id)).rejects.toThrow('killed while asking')
    expect(await draftById(db, id)).toMatchObject({ state: 'drafting', problem: 'killed while asking' })
    const embedded: string[] = []
    const embed = (texts: readonly string[]) => (embedded.push(...texts), Promise.resolve(texts.map(() => [1, 0])))
    const next = { ...agentDeps(db, clock, right().callModel), embedder: { id: 'flat', dimensions: 2, embed } }
    expect(await resumeUnfinished(next)).toEqual([{ draftId: id, kind: 'resumed', state: 'waiting' }])
    expect(embedded).toEqual([])
    expect(asked).toBe(1)
  })

  it('may die between saying that it waits and asking: the word is still taken', async () => {
    await addEvidence(db)
    const deps = agentDeps(db, clock, right().callModel)
    const draftId = await startDraft(deps, brief)
    await db.query(sql`delete from langgraph.checkpoint_writes where channel = '__interrupt__'`)
    expect(await resumeDraft(deps, { draftId, decision: 'approved', by: 'owner' })).toMatchObject({ kind: 'recorded' })
  })

  it('is left alone while it lives', async () => {
    await addEvidence(db)
    const deps = agentDeps(db, clock, right().callModel)
    const id = await createDraft(deps, brief)
    const [first, second] = await Promise.all([runDraft(deps, id), runDraft(deps, id)])
    expect(new Set([first, second])).toEqual(new Set(['waiting', null]))
  })
})
