import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { createUser } from '#governance/access.ts'
import { campaignProgress } from '#campaigns/progress.ts'
import { moveSwitch } from '#campaigns/switches.ts'
import { whyPerson } from '#campaigns/why.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import { addPeople, campaign, enrol, memoryChannel, readers, releaseBody, states, workerOver } from './world.ts' // prettier-ignore

const move = (name: string, percent: number) => moveSwitch(deps, { name, percent, by: owner, reason: 'a test' })

async function started(count: number) {
  const people = await addPeople(db, clock, readers(count))
  await enrol(deps, await releaseBody(deps, owner), people)
  return people
}

describe('the switch of a channel, and of a campaign', () => {
  it.each(['channel.email', `campaign.${campaign}`])(
    '%s lets nothing leave while it is off, and everything after',
    async (name) => {
      await started(3)
      const { channel, given } = memoryChannel()
      const worker = workerOver(db, channel, clock)
      await move(name, 0)
      const stopped = await tick(worker)
      expect(stopped.blocked).toMatchObject([
        { rule: 'switched-off', why: expect.stringContaining('switched off') as string },
      ])
      expect(given).toHaveLength(0)
      expect((await campaignProgress(deps, campaign)).sending.kind).toBe('stopped')
      await move(name, 100)
      await tick(worker)
      expect(given).toHaveLength(3)
    },
  )

  it('reaches a share of people that is always the same, and grows by those who were left out', async () => {
    const people = await started(200)
    const { channel, given } = memoryChannel()
    const worker = workerOver(db, channel, clock)
    await move('channel.email', 30)
    await tick(worker)
    await tick(worker)
    const first = given.map(({ to }) => to)
    expect(first.length).toBeGreaterThan(30)
    expect(first.length).toBeLessThan(95)
    expect((await campaignProgress(deps, campaign)).switches).toEqual([
      'Switched on for 30 % of people (channel.email): the others’ messages wait',
    ])
    expect(await states(db)).toEqual({ sent: first.length, planned: 200 - first.length })
    const left = people.find(({ address }) => !first.includes(address))!
    expect((await whyPerson(db, campaign, left.personId)).words).toContain('switched on for 30 % of people, and they are not among them') // prettier-ignore
    await move('channel.email', 60)
    await tick(worker)
    const second = given.map(({ to }) => to)
    expect(second.slice(0, first.length)).toEqual(first)
    expect(second.length).toBeGreaterThan(first.length)
    expect(new Set(second).size).toBe(second.length)
    // Another switch draws by itself: both together reach fewer than either.
    await move(`campaign.${campaign}`, 50)
    await move('channel.email', 100)
    await tick(worker)
    expect(given.length).toBeLessThan(200)
    await move(`campaign.${campaign}`, 100)
    await tick(worker)
    expect(await states(db)).toEqual({ sent: 200 })
  })

  it('ends a claim under way: the group that is leaving is finished, the rest waits', async () => {
    await started(6)
    const memory = memoryChannel({ maxBatch: 2 })
    let batches = 0
    const send: typeof memory.channel.send = async (batch, deadline) => {
      if (++batches === 1) await move('channel.email', 0)
      return memory.channel.send(batch, deadline)
    }
    await tick(workerOver(db, { ...memory.channel, send }, clock))
    expect(memory.given).toHaveLength(2)
    expect(await states(db)).toEqual({ planned: 4, sent: 2 })
  })

  it('is moved by who may, with a reason, and every move is audited', async () => {
    await started(1)
    const made = await createUser(deps, { email: 'op@alder.example', name: 'Op', role: 'operator', by: 'millrace' })
    const by = made.kind === 'created' ? made.userId : owner
    expect(await moveSwitch(deps, { name: 'channel.email', percent: 0, by, reason: 'smoke' })).toEqual({ kind: 'moved', percent: 0 }) // prettier-ignore
    expect(await moveSwitch(deps, { name: 'channel.email', percent: 10, by, reason: 'on' })).toMatchObject({ rule: 'not-permitted' }) // prettier-ignore
    expect(await move('channel.fax', 0)).toMatchObject({ rule: 'unknown-switch' })
    expect(await move('campaign.nothing', 0)).toMatchObject({ rule: 'unknown-switch' })
    expect(await move('channel.email', 101)).toMatchObject({ rule: 'no-share' })
    expect(await moveSwitch(deps, { name: 'channel.email', percent: 5, by: owner, reason: ' ' })).toMatchObject({ rule: 'no-reason' }) // prettier-ignore
    const audited = await db.query(sql`select subject, detail from kernel.audit where action = 'switch.moved'`)
    expect(audited).toEqual([{ subject: 'channel.email', detail: { percent: 0 } }])
  })
})
