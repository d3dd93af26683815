import { describe, expect, it } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { everybody, happened, releaseJourney, send, standings, working, type Change } from './journey-world.ts'
import { bought, oneReader, type Person } from './world.ts'

const hour = 3_600_000

const house = () => working({ db, clock }, everybody)
const at = (time: string) => new Date(`2026-03-02T${time}:00Z`)

const within = (event: string) => ({ forEvent: { event, withinMinutes: 60 } })
const order = { key: 'order', kind: 'wait' as const, ...within('order_paid'), next: 'thanks', otherwise: 'reminder' }
const said = [send('thanks', { next: 'end' }), send('reminder'), { key: 'end', kind: 'exit' as const, reason: 'told' }]
const fan = { key: 'fan', kind: 'branch' as const, when: [{ if: { subscribed: true as const }, to: 'order' }], otherwise: 'end' } // prettier-ignore
const rest = { key: 'rest', kind: 'wait' as const, minutes: 60 }

type Steps = Parameters<typeof releaseJourney>[2]
type Did = { kind: 'cart' | 'page' | 'order_paid'; at: string }

/** What somebody is sent by a campaign for full carts, of whom all that they did is told at one o'clock. */
async function sentTo(journey: Steps, did: readonly Did[], change: Change = {}): Promise<string[]> {
  const reader = await oneReader(db, clock)
  await releaseJourney(deps, owner, journey, { enter: { onEvent: { event: 'cart' } }, ...change })
  const { follow, settle, sent } = house()
  await follow()
  clock.advance(3 * hour)
  for (const { kind, at: when } of did) {
    if (kind === 'order_paid') await bought(db, clock, reader, { at: at(when) })
    else await happened(db, clock, reader, kind, { at: at(when) })
  }
  for (let looks = 0; looks < 4; looks++) {
    await follow()
    await settle()
    clock.advance(hour)
  }
  return sent().map((line) => line.split(' ')[1]!)
}

describe('a first wait for an event, of somebody who came in before they were looked at,', () => {
  const cart = { kind: 'cart', at: '10:30' } as const
  const soon = [cart, { kind: 'order_paid', at: '10:40' }] as const

  it.each<[string, Steps]>([
    ['at once', [order, ...said]],
    ['behind a branch', [fan, order, ...said]],
    ['behind a day that has passed', [{ key: 'fair', kind: 'wait', untilDate: '2026-03-01T00:00:00Z' }, order, ...said]],
  ])('counts what they did since they came in, %s', async (_where, journey) => {
    expect(await sentTo(journey, soon)).toEqual(['thanks'])
  }) // prettier-ignore

  it('counts it also where it is told last of all', async () => {
    const reader = await oneReader(db, clock)
    await releaseJourney(deps, owner, [order, ...said], { enter: { onEvent: { event: 'cart' } } })
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(3 * hour)
    await happened(db, clock, reader, 'cart', { at: at('10:30') })
    await follow()
    await settle()
    await bought(db, clock, reader, { at: at('10:40') })
    expect(await follow()).toMatchObject([{ woken: 1 }])
    await settle()
    expect(sent()).toEqual(['reader0@example.com thanks'])
  })

  it('counts nothing from before they came in', async () => {
    expect(await sentTo([order, ...said], [cart, { kind: 'order_paid', at: '10:20' }])).toEqual(['reminder'])
  })

  it('does not count what let them in itself', async () => {
    expect(await sentTo([{ ...order, ...within('cart') }, ...said], [cart])).toEqual(['reminder'])
  })

  it.each<[string, Steps, Change, string[]]>([
    ['a message, and is counted from when that left', [send('hello'), order, ...said], {}, ['hello', 'reminder']],
    ['a stretch of time, and is counted from its end', [rest, order, ...said], {}, ['reminder']],
    ['a start on a later day, and is counted from that', [order, ...said], { startAt: '2026-03-02T13:30:00Z' }, ['reminder']],
  ])('is no first one behind %s', async (_what, journey, change, expected) => {
    expect(await sentTo(journey, soon, change)).toEqual(expected)
  }) // prettier-ignore

  it('is followed by one that is counted from what ended it', async () => {
    const page = { key: 'page', kind: 'wait' as const, ...within('page'), otherwise: 'end' }
    const looked = { kind: 'page', at: '10:35' } as const
    expect(await sentTo([page, order, ...said], [...soon, looked])).toEqual(['thanks'])
  })
})

describe('who came into a saved segment before they were looked at', () => {
  async function cameIntoSegment({ personId }: Person, since: Date): Promise<void> {
    const id = newId<'segment'>(clock)
    await db.query(sql`insert into graph.segments (id, name, description, version_hash, created_at)
      values (${id}, 'warm', 'test', 'test', ${clock()})`)
    await db.query(sql`insert into graph.segment_members (segment_id, person_id, since)
      values (${id}, ${personId}, ${since})`)
  }

  async function standsAfter(boughtAt: string, journey: Steps, change: Change = {}) {
    const reader = await oneReader(db, clock)
    await releaseJourney(deps, owner, journey, { enter: { onEntry: 'warm' }, ...change })
    const { follow, settle } = house()
    await follow()
    clock.advance(3 * hour)
    await cameIntoSegment(reader, at('10:30'))
    await bought(db, clock, reader, { at: at(boughtAt) })
    expect(await follow()).toMatchObject([{ entered: 1 }])
    await settle()
    const [standing] = await standings(db)
    return standing
  }

  it('leaves by what they did since then', async () => {
    const leaves = { exitOn: [{ event: 'order_paid' }] }
    expect(await standsAfter('10:40', [rest, send('hello')], leaves)).toMatchObject({ ended: 'left: did “order_paid”' })
  })

  it('does not leave by what they did before', async () => {
    const leaves = { exitOn: [{ event: 'order_paid' }] }
    expect(await standsAfter('10:20', [rest, send('hello')], leaves)).toMatchObject({ stepKey: 'rest', ended: null })
  })

  it('has it counted by a first wait for an event', async () => {
    expect(await standsAfter('10:40', [order, ...said])).toMatchObject({ stepKey: 'end', ended: 'left: told' })
  })

  it('does not have counted by it what they did before', async () => {
    expect(await standsAfter('10:30', [order, ...said])).toMatchObject({ stepKey: 'order', ended: null })
  })
})
