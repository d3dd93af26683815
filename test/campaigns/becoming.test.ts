import { describe, expect, it } from 'vitest'
import { entryWords } from '#campaigns/journeys/words.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { followCanon } from '#graph/follow.ts'
import { decideReview } from '#ingest/identity/review.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { unmerge } from '#ingest/identity/unmerge.ts'
import { hashOf } from '#kernel/crypto.ts'
import { newId, type PersonId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { happened, releaseJourney, send } from './journey-world.ts'
import { addPeople, enrol, memoryChannel, readers, workerOver, type Person } from './world.ts'

const hour = 3_600_000

const everybody = { audience: { segment: 'everybody', rule: { all: [] }, versionHash: hashOf('everybody') } }

/** The house's own graph, brought up to date each time it is looked at. */
function house() {
  const store = postgresGraph(db)
  const members: Members = async (rule, at, among) => (await store.segment(rule, { at, ...(among ? { among } : {}) })) as PersonId[] // prettier-ignore
  const { channel, given } = memoryChannel()
  return {
    round: async () => {
      clock.advance(hour)
      await followCanon({ ...deps, store })
      await followJourneys({ ...deps, members, zone: 'Europe/Amsterdam', log: silentLog })
      await tick(workerOver(db, channel, clock, { members }))
      await tick(workerOver(db, channel, clock, { members }))
    },
    sent: () => given.map(({ to, subject }) => `${to.split('@')[0]} ${subject}`).toSorted(),
  }
}

const at = (person: Person, stage: string | null) =>
  db.query(sql`update ingest.profiles set lifecycle = ${stage}, updated_at = ${clock()}, changed = pg_current_xact_id() where email = ${person.address}`) // prettier-ignore

describe('who becomes something', () => {
  it('comes in by a stage of life, but not who was there before; again only after being another thing', async () => {
    const [early, late, never] = await addPeople(db, clock, readers(3))
    await at(early!, 'customer')
    await at(never!, 'lead')
    const { round, sent } = house()
    const enter = { becomes: { lifecycle: 'customer' } }
    const release = await releaseJourney(deps, owner, [send('welcome')], { ...everybody, enter, reentry: { afterDays: 1, most: 2 } }) // prettier-ignore
    expect(entryWords(enter, 'everybody')).toContain('Whoever newly is of those who ')
    expect(await enrol(deps, release, [early!])).toEqual({ members: 0, enrolled: 0, planned: 0 })
    await round()
    await at(late!, 'customer')
    await round()
    await round()
    expect(sent()).toEqual(['reader1 welcome'])
    await at(late!, 'lapsed')
    await at(early!, 'lapsed')
    clock.advance(48 * hour)
    await round()
    await at(late!, 'customer')
    await at(early!, 'customer')
    await round()
    expect(sent()).toEqual(['reader0 welcome', 'reader1 welcome', 'reader1 welcome'])
  })

  it('not by a merge, and not by an unmerge: who was there before stays there, whoever they are taken for', async () => {
    const people = await addPeople(db, clock, readers(3))
    const [one, other, third] = people as [Person, Person, Person]
    await db.query(sql`insert into ingest.links (left_id, right_id, source, kind, record_id, at)
      select v.id, e.id, 'hubspot', 'profile', ${newId<'record'>(clock)}, ${clock()} from ingest.identifiers v
      join ingest.identifiers e on e.kind = 'email' and v.value = 'hs-' || e.value where v.kind = 'hubspot'`)
    await resolveIdentities(deps, { by: 'test' })
    const pair = { left: one.identifierId, right: other.identifierId }
    const word = { by: 'Mia', reason: 'one and the same' }
    expect(await decideReview(deps, { pair, verdict: 'same', ...word })).toMatchObject({ kind: 'together' })
    for (const person of people) await at(person, 'customer')
    await at(third, 'lead')
    const { round, sent } = house()
    const enter = { becomes: { lifecycle: 'customer' } }
    await releaseJourney(deps, owner, [send('welcome')], { ...everybody, enter, reentry: { afterDays: 1, most: 9 } })
    await round()
    expect(await unmerge(deps, { ...pair, by: 'Mia', reason: 'two after all' })).toMatchObject({ kind: 'apart' })
    await round()
    await round()
    expect(sent()).toEqual([])
    expect(await decideReview(deps, { pair, verdict: 'same', ...word })).toMatchObject({ kind: 'together' })
    await round()
    await at(third, 'customer')
    await round()
    expect(sent()).toEqual(['reader2 welcome'])
  })

  it('by a score, and a branch parts them by it', async () => {
    const [keen, cool] = await addPeople(db, clock, readers(2))
    await at(keen!, 'lead')
    await at(cool!, 'lead')
    const { round, sent } = house()
    const branch = { key: 'how-warm', kind: 'branch' as const, when: [{ if: { property: { name: 'leadScore', atLeast: 40 } }, to: 'offer' }], otherwise: 'guide' } // prettier-ignore
    const exit = { key: 'out', kind: 'exit' as const, reason: 'done' }
    const journey = [branch, send('offer', { next: 'out' }), send('guide', { next: 'out' }), exit]
    const enter = { becomes: { property: { name: 'leadScore', atLeast: 25 } } }
    await releaseJourney(deps, owner, journey, { ...everybody, enter })
    await round()
    for (let view = 0; view < 8; view++) await happened(db, clock, keen!, 'view_item')
    for (let view = 0; view < 2; view++) await happened(db, clock, cool!, 'view_item')
    await round()
    expect(sent()).toEqual(['reader0 offer', 'reader1 guide'])
  })
})
