import { describe, expect, it } from 'vitest'
import { segmentRule } from '#graph/segment-rule.ts'
import { previewSegment } from '#graph/segment.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { project } from '#graph/project.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { testDatabase } from '../support/database.ts'
import * as rows from './canonical-rows.ts'

describe('a segment rule', () => {
  it('is read with its defaults', () => {
    const read = segmentRule.parse({
      all: [{ bought: { sku: 'ARI-250' } }, { not: { consent: { channel: 'email' } } }],
    })
    expect(read).toEqual({
      all: [{ bought: { sku: 'ARI-250', atLeast: 1 } }, { not: { consent: { channel: 'email' } } }],
    })
  })

  it.each([
    [{}],
    [{ bought: { sku: 'A', colour: 'red' } }],
    [{ bought: { atLeast: 0 } }],
    [{ spent: { atLeastMinor: 1.5 } }],
    [{ lifecycle: 'lead', channel: 'email' }],
    [{ all: [{ unknown: true }] }],
    ['everyone'],
  ])('refuses %j', (rule) => {
    expect(segmentRule.safeParse(rule).success).toBe(false)
  })
})

describe('previewing a segment', () => {
  const db = testDatabase()

  it('counts the people a rule selects now and shows the first of them; visitors are nobody', async () => {
    const clock = stoppedClock(new Date('2026-03-20T00:00:00Z'))
    const store = postgresGraph(db)
    await rows.aRecord(db)
    await rows.anIdentifier(db, 9, 'device')
    for (const nth of [1, 2, 3, 9]) await rows.aMembership(db, nth, nth)
    await rows.anOrder(db, 1, { identifier: 1 })
    await rows.anOrder(db, 2, { identifier: 2, orderedAt: new Date('2026-01-01T00:00:00Z') })
    await project({ db, clock, store })
    const recent = segmentRule.parse({ bought: { withinDays: 30 } })
    expect(await previewSegment({ store, clock }, recent)).toEqual({ count: 1, sample: [rows.uuid('per', 1)] })
    expect(await previewSegment({ store, clock }, { not: recent }, 1)).toEqual({
      count: 2,
      sample: [rows.uuid('per', 2)],
    })
    clock.advance(40 * 86_400_000)
    expect(await previewSegment({ store, clock }, recent)).toEqual({ count: 0, sample: [] })
  })
})
