import { describe, expect, it } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { decideReview } from '#ingest/identity/review.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { unmerge } from '#ingest/identity/unmerge.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import { aClock, addPeople, anOwner, enrol, ledger, memoryChannel, readers, releaseBody, workerOver } from './world.ts'

const db = testDatabase()
const clock = aClock()
const deps = { db, clock }
const word = { by: 'Mia', reason: 'one and the same' }

/** Two people, of whom the first has had the message and the second is about to get it. */
async function halfSent() {
  const people = await addPeople(db, clock, readers(2))
  await db.query(sql`insert into ingest.links (left_id, right_id, source, kind, record_id, at)
    select v.id, e.id, 'hubspot', 'profile', ${newId<'record'>(clock)}, ${clock()} from ingest.identifiers v
    join ingest.identifiers e on e.kind = 'email' and v.value = 'hs-' || e.value where v.kind = 'hubspot'`)
  await resolveIdentities(deps, { by: 'test' })
  const release = await releaseBody(deps, await anOwner(db, clock))
  const memory = memoryChannel()
  const worker = workerOver(db, memory.channel, clock)
  await enrol(deps, release, people.slice(0, 1))
  await tick(worker)
  await enrol(deps, release, people)
  return { pair: { left: people[0]!.identifierId, right: people[1]!.identifierId }, worker, memory }
}

describe('deliveries', () => {
  it('follow a merge: who is one person now gets a message once, though two were enrolled', async () => {
    const { pair, worker, memory } = await halfSent()
    expect(await decideReview(deps, { pair, verdict: 'same', ...word })).toMatchObject({ kind: 'together' })
    await tick(worker)
    expect(memory.given.map((message) => message.to)).toEqual(['reader0@example.com'])
    expect((await ledger(db)).get('reader1@example.com')).toMatchObject({ state: 'suppressed', reason: 'same person' })
  })

  it('follow an unmerge: two people get what each of them was enrolled for', async () => {
    const { pair, worker, memory } = await halfSent()
    await decideReview(deps, { pair, verdict: 'same', ...word })
    expect(await unmerge(deps, { ...pair, ...word })).toMatchObject({ kind: 'apart' })
    await tick(worker)
    expect(memory.given.map((message) => message.to)).toEqual(['reader0@example.com', 'reader1@example.com'])
  })
})
