import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import type { Channel } from '#campaigns/channel.ts'
import { readDocument } from '#campaigns/definition/document.ts'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { proposeVersion } from '#campaigns/launch/versions.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import { aJourney, send } from './journey-world.ts'
import { aBody, addPeople, enrol, ledger, memoryChannel, readers, releaseBody, sender, start, states, workerOver } from './world.ts' // prettier-ignore

const says = (text: string) => ({ text, citations: [] })
const hour = 3_600_000

describe('a definition that cannot be read', () => {
  const document = {
    name: 'welcome',
    goal: 'A second order',
    audience: { segment: 'all', rule: { subscribed: true } },
    journey: [{ key: 'hello', kind: 'send', channel: 'email', content: aBody() }],
  }
  const problems = async (change: object): Promise<string> => {
    const read = await readDocument({ ...deps, sender }, stringify({ ...document, ...change }))
    return read.kind === 'bad' ? read.problems.join('\n') : 'read'
  }
  const hello = (change: object) => ({ journey: [{ ...document.journey[0], ...change }] })

  it('is refused in words that name the step and what to do, and no word of a parser', async () => {
    expect(await problems({})).toBe('read')
    const told = [
      await problems({ journey: [{ key: 'hello', kind: 'send', channel: 'email' }] }),
      await problems({ journey: [{ key: 'hello', kind: 'send', channel: 'email', contentHash: 'f'.repeat(64) }] }),
      await problems(hello({ content: { ...aBody(), blocks: [] } })),
      await problems(hello({ content: { ...aBody(), subject: says('') } })),
      await problems(hello({ colour: 'red' })),
      await problems({ journey: [{ key: 'a', kind: 'dance' }] }),
      await problems({ journey: [] }),
      await problems({ goal: 7 }),
      await problems({ limits: { dailyCap: 0, perPersonPerWeek: null, window: { from: '18:00', to: '09:00' }, expireAfterHours: 1 } }), // prettier-ignore
      await problems({ enter: { byList: true, properties: { given_name: 'Ada' } } }),
    ]
    expect(told[0]).toContain('Step “hello”: “content” is missing')
    expect(told[1]).toContain('Step “hello”: “content” is missing')
    expect(told[2]).toBe('Step “hello”: “content.blocks” is empty')
    expect(told[3]).toBe('Step “hello”: “content.subject.text” is empty')
    expect(told[4]).toBe('Step “hello” knows no “colour”')
    expect(told[6]).toBe('“journey” is empty')
    expect(told[7]).toBe('“goal” must be words')
    expect(told[8]).toBe(
      '“limits.dailyCap” must be 1 or more\n“limits.window” must open before it closes, within one day',
    )
    expect(told[9]).toContain('Whoever puts people in may not say their “given_name”')
    for (const words of told) expect(words).not.toMatch(/\b(invalid|expected|received|undefined|union|discriminator|zod)\b/i) // prettier-ignore
  })

  it('is refused where it is far too large, before anything is made of it', async () => {
    const sentences = Array.from({ length: 2_000 }, () => says('x'.repeat(500)))
    const content = aBody({ blocks: [{ kind: 'paragraph', sentences }] })
    const definition = await aJourney(deps, [send('hello', { content })])
    expect(await proposeVersion(deps, { definition, by: owner })).toMatchObject({ kind: 'refused', why: expect.stringMatching(/^The content of step “hello” has \d+ KB/) as string }) // prettier-ignore
  })

  it('is refused where a name would become a header', async () => {
    const forged = { ...sender, from: { name: 'Alder\r\nBcc: all@example.com', address: 'hello@alder.example' } }
    const definition = { ...(await aJourney(deps, [send('hello')])), sender: forged }
    expect(await proposeVersion(deps, { definition, by: owner })).toMatchObject({ why: expect.stringContaining('must be one line') as string }) // prettier-ignore
  })
})

describe('at run time', () => {
  const started = async (count: number, body = aBody()) => {
    const people = await addPeople(db, clock, readers(count))
    await enrol(deps, await releaseBody(deps, owner, body), people)
    return people
  }

  it('a person’s name never becomes a header: theirs alone is held, and says why', async () => {
    const body = aBody({ subject: says('{{ person.given_name }}, new beans') })
    const people = await addPeople(db, clock, [{ address: 'a@example.com', givenName: 'Ann\r\nBcc: all@example.com' }, { address: 'b@example.com', givenName: 'Bo' }]) // prettier-ignore
    await enrol(deps, await releaseBody(deps, owner, body), people)
    const { channel, given } = memoryChannel()
    await tick(workerOver(db, channel, clock))
    expect(given.map(({ to }) => to)).toEqual(['b@example.com'])
    expect((await ledger(db)).get('a@example.com')).toMatchObject({ state: 'held', reason: expect.stringContaining('holds a line break') as string }) // prettier-ignore
  })

  it('a clock that jumps back sends nobody twice, and one that jumps far ahead lets messages expire, not flood', async () => {
    await started(6)
    const memory = memoryChannel()
    const worker = { ...workerOver(db, memory.channel, clock), claimSize: 2 }
    await tick(worker)
    const before = stoppedClock(new Date(start.getTime() - 5 * hour))
    await tick({ ...worker, clock: before })
    await tick(worker)
    const sent = memory.given.length
    clock.advance(400 * 24 * hour)
    await tick({ ...worker, claimSize: 10 })
    expect(memory.given).toHaveLength(sent)
    expect(new Set(memory.given.map(({ to }) => to)).size).toBe(sent)
    expect(await states(db)).toEqual({ expired: 6 - sent, sent })
  })

  it('two machines whose clocks differ by an hour send nobody twice, and what one lost sight of is unknown at worst', async () => {
    await started(8)
    const ahead = stoppedClock(new Date(start.getTime() + hour))
    const other = memoryChannel({ maxBatch: 2 })
    const mine = memoryChannel({ maxBatch: 2 })
    let asked = 0
    const sending: Channel['send'] = async (batch, deadline) => {
      if (++asked === 2) await tick(workerOver(db, other.channel, ahead, { worker: 'ahead' }))
      return mine.channel.send(batch, deadline)
    }
    await tick(workerOver(db, { ...mine.channel, send: sending }, clock))
    await tick(workerOver(db, other.channel, ahead, { worker: 'ahead' }))
    const copies = [...mine.given, ...other.given].map(({ to }) => to)
    expect(new Set(copies).size).toBe(copies.length)
    const ended = await states(db)
    expect((ended['sent'] ?? 0) + (ended['unknown'] ?? 0)).toBe(8)
    expect(ended['unknown'] ?? 0).toBeLessThanOrEqual(2)
  })

  it('a provider that answers for too few, or for too many, is believed of nobody it did not name', async () => {
    await started(4)
    const { channel } = memoryChannel()
    const liar = async (): ReturnType<Channel['send']> => [{ kind: 'sent', providerId: 'one' }]
    await tick(workerOver(db, { ...channel, send: liar }, clock))
    expect(await states(db)).toEqual({ sent: 1, unknown: 3 })
  })

  it('a provider that takes a message and takes it back is believed the worst, and never of what did not leave', async () => {
    const people = await started(2)
    const rows = await db.query<{
      id: string
      address: string
    }>(sql`select d.id, i.value as address from campaigns.deliveries d
      join ingest.identifiers i on i.id = d.identifier_id order by 2`)
    const tell = (at: number, event: Parameters<typeof recordProviderEvent>[1]['event']) =>
      recordProviderEvent(deps, { message: { deliveryId: rows[at]!.id as never }, occurredAt: clock(), event })
    await tell(0, { kind: 'delivered' })
    expect(await states(db)).toEqual({ planned: 2 })
    await tick(workerOver(db, memoryChannel().channel, clock))
    await tell(0, { kind: 'delivered' })
    await tell(0, { kind: 'bounced', permanent: true, why: 'no such mailbox' })
    await tell(0, { kind: 'delivered' })
    expect(await states(db)).toEqual({ bounced: 1, sent: 1 })
    const stopped = await db.query(
      sql`select from ingest.suppressions where identifier_id = ${people[0]!.identifierId}`,
    )
    expect(stopped.length).toBeGreaterThan(0)
  })
})
