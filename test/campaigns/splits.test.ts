import { describe, expect, it } from 'vitest'
import { sampleRatio } from '#campaigns/experiments/sample-ratio.ts'
import { readExperiments } from '#campaigns/experiments/of-campaign.ts'
import type { SplitReadout } from '#campaigns/experiments/splits.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { experimentsView } from '#dashboards/views/experiments.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { releaseJourney, send } from './journey-world.ts'
import { addPeople, bought, campaign, enrol, memoryChannel, readers, workerOver, type Person } from './world.ts'

const hour = 3_600_000

const split = {
  key: 'tone',
  kind: 'split' as const,
  arms: [
    { name: 'plain', weight: 1, to: 'plain' },
    { name: 'warm', weight: 1, to: 'warm' },
    { name: 'nobody', weight: 1, to: 'out' },
  ],
}
const exit = { key: 'out', kind: 'exit' as const, reason: 'holdout' }
const goal = { goalReachedBy: { event: 'order_paid', withinDays: 7 } }

async function started(count: number): Promise<Person[]> {
  const people = await addPeople(db, clock, readers(count))
  const journey = [split, send('plain', { next: 'out' }), send('warm', { next: 'out' }), exit]
  await enrol(deps, await releaseJourney(deps, owner, journey, goal), people)
  await tick(workerOver(db, memoryChannel().channel, clock))
  return people
}

async function splitOf(): Promise<SplitReadout> {
  const read = await readExperiments(deps, campaign)
  if (read.kind !== 'read') throw new Error(read.why)
  return read.splits[0]!
}

const drawnTo = async (arm: string): Promise<string[]> => {
  const rows = await db.query<{ id: string }>(sql`select e.identifier_id as id from campaigns.turns t
    join campaigns.enrolments e on e.id = t.enrolment_id where t.why = ${`drawn for ${arm}`}`)
  return rows.map(({ id }) => id)
}

describe('a split read as an experiment', () => {
  it('counts who was drawn and who reached the goal in its days, and the arm that is sent nothing beside them', async () => {
    const people = await started(90)
    const warm = await drawnTo('warm')
    clock.advance(hour)
    const buyers = people.filter(({ identifierId }) => warm.includes(identifierId)).slice(0, 5)
    for (const person of buyers) await bought(db, clock, person)
    await bought(db, clock, buyers[0]!)
    const late = people.find(({ identifierId }) => warm.includes(identifierId) && !buyers.some((one) => one.identifierId === identifierId)) // prettier-ignore
    await bought(db, clock, late!, { at: new Date(clock().getTime() + 8 * 24 * hour) })
    const { readout, shares } = await splitOf()
    expect(readout.arms.map(({ name }) => name)).toEqual(['plain', 'warm', 'nobody'])
    expect(readout.arms.reduce((sum, arm) => sum + arm.people, 0)).toBe(90)
    expect(readout.arms[1]).toMatchObject({ people: warm.length, converted: 5 })
    // Chance alone calls one draw in a thousand uneven.
    expect(readout.ratio).toEqual(sampleRatio(readout.arms.map(({ people: drawn }) => ({ people: drawn, weight: 1 }))))
    expect(readout.ratio.kind).not.toBe('too-few')
    expect(readout.kind).toBe('early')
    expect(shares[1]).toBeGreaterThan(shares[0]!)
    expect(await drawnTo('nobody')).toHaveLength(readout.arms[2]!.people)
  })

  it('keeps everybody in their arm when people turn out to be one', async () => {
    const people = await started(30)
    const before = (await splitOf()).readout.arms.map((arm) => arm.people)
    await db.query(sql`update ingest.memberships set person_id = ${people[0]!.personId}
      where person_id = ${people[1]!.personId}`)
    clock.advance(hour)
    await tick(workerOver(db, memoryChannel().channel, clock))
    expect((await splitOf()).readout.arms.map((arm) => arm.people)).toEqual(before)
  })

  it('is read out in words on its page', async () => {
    await started(60)
    const page = String(
      await experimentsView(campaign, await readExperiments(deps, campaign), { currency: 'EUR', zone: 'UTC' }),
    )
    expect(page).toContain('Too early to tell: “plain” says nothing yet.')
    expect(page).toContain('The shares came out as they were meant')
    expect(page).toMatch(/<caption>\s*Arms/)
  })

  it('cannot be read where the campaign says nothing that can be counted', async () => {
    const people = await addPeople(db, clock, readers(2))
    await enrol(
      deps,
      await releaseJourney(deps, owner, [split, send('plain', { next: 'out' }), send('warm'), exit]),
      people,
    )
    expect(await readExperiments(deps, campaign)).toMatchObject({
      splits: [],
      unread: expect.stringContaining('goalReachedBy') as string,
    })
    expect(await readExperiments(deps, 'nothing')).toMatchObject({ kind: 'nothing-live' })
  })
})
