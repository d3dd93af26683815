import { describe, expect, it } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { firstSurvivorship, releaseSurvivorship } from '#ingest/identity/survivorship.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import { aClock, addPeople, anOwner, enrol, memoryChannel, releaseBody, workerOver } from './world.ts'

const db = testDatabase()
const clock = aClock()
const deps = { db, clock }

/** Somebody whom HubSpot calls Anna, and the till, a day later, Annie. */
async function calledTwoWays() {
  const people = await addPeople(db, clock, [{ address: 'anna@example.com', givenName: 'Anna' }])
  const [till] = await db.transaction((tx) => identifierIds(tx, clock, [{ kind: 'till', value: 't1' }]))
  const later = new Date(clock().getTime() + 86_400_000)
  await db.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
    values (${till}, ${people[0]!.personId}, ${clock()}, 'test')`)
  await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, updated_at)
    values (${till}, 'till', ${newId<'record'>(clock)}, 'Annie', ${later})`)
  return people
}

async function subjectSent(): Promise<string | undefined> {
  const people = await calledTwoWays()
  const release = await releaseBody(deps, await anOwner(db, clock))
  const memory = memoryChannel()
  await enrol(deps, release, people)
  await tick(workerOver(db, memory.channel, clock))
  return memory.given[0]?.subject
}

describe('what a message says of a person', () => {
  it('is the newest that the sources agree on, where no other rules were released', async () => {
    expect(await subjectSent()).toBe('New beans for Annie')
  })

  it('follows the live rules of survivorship, as the customer’s page does', async () => {
    const rules = { ...firstSurvivorship, sources: ['hubspot'], fields: { givenName: ['source' as const] } }
    await releaseSurvivorship(deps, { rules, by: 'Mia', reason: 'the till is often wrong' })
    expect(await subjectSent()).toBe('New beans for Anna')
  })
})
