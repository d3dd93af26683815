import { describe, expect, it } from 'vitest'
import { tick } from '#campaigns/delivery/worker.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { releaseJourney, send } from './journey-world.ts'
import { aBody, addPeople, campaign, enrol, ledger, memoryChannel, readers, releaseBody, states, workerOver } from './world.ts' // prettier-ignore

const livesIn = (country: string, address: string) =>
  db.query(sql`update ingest.profiles set country = ${country} where email = ${address}`)

describe('limits at the claim', () => {
  it('wait for an hour that is open all over the country of somebody whose zone nobody knows', async () => {
    const people = await addPeople(db, clock, readers(2))
    await livesIn('US', people[0]!.address)
    const limits = { window: { from: '09:00', to: '20:00' } }
    await enrol(deps, await releaseBody(deps, owner, aBody(), { limits }), people)
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given.map(({ to }) => to)).toEqual([people[1]!.address])
    expect((await ledger(db)).get(people[0]!.address)).toMatchObject({
      state: 'planned',
      reason: 'outside the sending window',
      dueAt: new Date('2026-03-02T19:00:00Z'),
    })
    clock.advance(9 * 3_600_000)
    await tick(workerOver(db, memory.channel, clock))
    expect(await states(db)).toEqual({ sent: 2 })
  })

  it('hold whoever a window can never reach lawfully, and say so', async () => {
    const people = await addPeople(db, clock, readers(1))
    await livesIn('US', people[0]!.address)
    const limits = { window: { from: '09:00', to: '12:00' } }
    await enrol(deps, await releaseBody(deps, owner, aBody(), { limits }), people)
    await tick(workerOver(db, memoryChannel().channel, clock))
    expect((await ledger(db)).get(people[0]!.address)).toMatchObject({
      state: 'held',
      reason: 'no hour of the sending window is lawful in every zone of US',
    })
  })

  it('give the more important campaign the message a person may have today', async () => {
    const people = await addPeople(db, clock, readers(3))
    const limits = { perPersonPerDay: 1 }
    for (const [name, priority] of [['a-minor', 2], ['middle', undefined], ['urgent', 8]] as const) {
      const choices = { name, limits: { ...limits, ...(priority === undefined ? {} : { priority }) } }
      await enrol(deps, await releaseBody(deps, owner, aBody(), choices), people)
    } // prettier-ignore
    await tick(workerOver(db, memoryChannel().channel, clock))
    const had = await db.query(sql`select campaign, state, count(*) as n from campaigns.deliveries group by 1, 2 order by 1`) // prettier-ignore
    expect(had).toEqual([
      { campaign: 'a-minor', state: 'capped', n: 3 },
      { campaign: 'middle', state: 'capped', n: 3 },
      { campaign: 'urgent', state: 'sent', n: 3 },
    ])
  })

  it('of the house bind campaigns that name none, but not what people asked for', async () => {
    const people = await addPeople(db, clock, readers(2))
    const memory = memoryChannel()
    const houseCaps = { perPersonPerDay: 2, perPersonPerWeek: 10 }
    const asked = await releaseJourney(deps, owner, [send('code')], { kind: 'transactional' })
    for (const name of ['one', 'two', 'three', campaign]) {
      const release = name === campaign ? asked : await releaseBody(deps, owner, aBody(), { name })
      await enrol(deps, release, people)
      await tick(workerOver(db, memory.channel, clock, { houseCaps }))
    }
    const had = await db.query(sql`select campaign, state, count(*) as n from campaigns.deliveries group by 1, 2 order by 1`) // prettier-ignore
    expect(had).toEqual([
      { campaign: 'one', state: 'sent', n: 2 },
      { campaign, state: 'sent', n: 2 },
      { campaign: 'three', state: 'capped', n: 2 },
      { campaign: 'two', state: 'sent', n: 2 },
    ])
  })

  it('let a person have another the day after', async () => {
    const people = await addPeople(db, clock, readers(1))
    const limits = { perPersonPerDay: 1 }
    const memory = memoryChannel()
    for (const name of ['first', 'second', 'third']) {
      await enrol(deps, await releaseBody(deps, owner, aBody(), { name, limits }), people)
      await tick(workerOver(db, memory.channel, clock))
      clock.advance(13 * 3_600_000)
    }
    expect(await states(db)).toEqual({ capped: 1, sent: 2 })
  })
})
