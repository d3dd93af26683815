import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { second, stripeReader, subscription } from './stripe-objects.ts'

const read = stripeReader()

describe('Stripe subscriptions', () => {
  const db = testDatabase()

  it('start a subscription when its trial ends, unless it ended with it', async () => {
    const trial = { trial_start: second('2026-01-02'), trial_end: second('2026-01-16') }
    await read(db, [
      { ...subscription, ...trial },
      { ...subscription, ...trial, id: 'sub_2', status: 'canceled', ended_at: second('2026-01-16') },
    ])
    const said = await db.query(
      sql`select kind, external_id as id, occurred_at as at from ingest.events where kind <> 'trial-started' order by id`,
    )
    expect(said).toEqual([
      { kind: 'subscription-started', id: 'sub_1:subscription-started', at: new Date('2026-01-16T12:00:00Z') },
      { kind: 'trial-ended', id: 'sub_2:trial-ended', at: new Date('2026-01-16T12:00:00Z') },
    ])
  })

  it('say when a subscription renews, or when it ends for good', async () => {
    const renews = second('2026-04-16')
    const own = { ...subscription, items: { data: [{ quantity: 1, current_period_end: renews }] } }
    await read(db, [
      { ...subscription, id: 'sub_old', current_period_end: renews },
      { ...own, id: 'sub_new' },
      { ...own, id: 'sub_last', cancel_at_period_end: true },
      { ...own, id: 'sub_over', status: 'canceled', ended_at: second('2026-03-01') },
      // Its trial ended without a way to pay.
      {
        ...own,
        id: 'sub_paused',
        status: 'paused',
        trial_start: second('2026-01-02'),
        trial_end: second('2026-01-16'),
      },
    ])
    const said =
      await db.query(sql`select external_id as id, properties -> 'renews' as renews, properties -> 'ends' as ends
      from ingest.events where kind = 'subscription-started' order by id`)
    expect(said).toEqual([
      { id: 'sub_last:subscription-started', renews: null, ends: renews },
      { id: 'sub_new:subscription-started', renews, ends: null },
      { id: 'sub_old:subscription-started', renews, ends: null },
      { id: 'sub_over:subscription-started', renews: null, ends: null },
    ])
  })
})
