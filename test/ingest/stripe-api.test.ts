import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { runFeed, type Pull } from '#ingest/feed.ts'
import type { RunReport } from '#ingest/run.ts'
import { stripeFeed } from '#ingest/sources/stripe-feed.ts'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { fakeStripe, type FakeStripe, type StripeTrouble } from '../support/fake-stripe.ts'
import { lostAfter } from './lost-database.ts'
import { aCustomer, aDispute, aLine, aRefund, depsOf, settingsOf, stripeRows } from './stripe-world.ts'

const pull = (db: Db, vendor: FakeStripe, input: Pull = {}): Promise<RunReport[]> =>
  runFeed(depsOf(db, vendor), stripeFeed(settingsOf(vendor)), input)
const counts = (reports: readonly RunReport[]) =>
  Object.fromEntries(reports.filter(({ received }) => received > 0).map(({ input, accepted, unchanged }) => [input.replace('api:', ''), [accepted, unchanged]])) // prettier-ignore
const day = 86_400

describe('the Stripe API', () => {
  const db = testDatabase()
  let vendor: FakeStripe
  beforeEach(async () => {
    vendor = await fakeStripe()
    return vendor.stop
  })

  it('is read to its past at first, a hundred at a time and each object once', async () => {
    for (let nth = 0; nth < 250; nth += 1) {
      vendor.advance(60)
      vendor.put(aCustomer(String(nth))[0]!)
    }
    vendor.put(...aCustomer('x'))
    expect(counts(await pull(db, vendor))).toEqual({
      customers: [251, 0], subscriptions: [1, 0], invoices: [1, 0], invoice_payments: [1, 0], charges: [1, 0],
      balance_transactions: [1, 0],
    }) // prettier-ignore
    expect(vendor.asked.filter((path) => path.startsWith('/v1/customers?limit=100'))).toHaveLength(3)
    expect((await stripeRows(db, 'x'))['orders']).toMatchObject([
      { id: 'ch_x', kind: 'subscription', gross_minor: 1450, tax_minor: 120, by: 'cus_x', lines: ['Line 1'] },
    ])
  })

  it('is asked for what is new, and by the events for what has changed: each object once', async () => {
    vendor.put(...aCustomer('a'))
    await pull(db, vendor)
    vendor.advance(5 * day)
    for (const email of ['1@example.com', '2@example.com', '3@example.com']) vendor.put(aCustomer('a', { email })[0]!)
    vendor.put(...aRefund('a', 450), aDispute('a', 'needs_response'), ...aCustomer('b'))
    vendor.asked.length = 0
    await pull(db, vendor)
    expect(vendor.asked.filter((path) => path === '/v1/customers/cus_a')).toHaveLength(1)
    const rows = await stripeRows(db)
    expect(rows['profiles']).toMatchObject([{ email: '3@example.com' }, { email: 'b@example.com' }])
    expect(rows['adjustments']).toMatchObject([
      { id: 'dp_a', status: 'pending' }, { id: 're_a', status: 'settled' }, { id: 'txn_a' }, { id: 'txn_b' },
    ]) // prettier-ignore
    vendor.advance(day)
    vendor.put(aDispute('a', 'lost'))
    await pull(db, vendor)
    expect((await stripeRows(db))['adjustments']).toContainEqual(expect.objectContaining({ id: 'dp_a', status: 'settled' })) // prettier-ignore
  })

  it('loses nothing that is made, changed or deleted while it is read', async () => {
    for (let nth = 0; nth < 230; nth += 1) {
      vendor.advance(1)
      vendor.put(aCustomer(`n${nth}`)[0]!)
    }
    const nothing = (): void => {}
    const made = (): void => {
      vendor.advance(1)
      vendor.put(...aCustomer('late'))
      vendor.put(aCustomer('n229', { email: 'changed@example.com' })[0]!)
      // The round stands at this one: it is the last of its first page.
      vendor.remove('cus_n130')
    }
    vendor.meanwhile(nothing, nothing, made)
    await pull(db, vendor)
    vendor.advance(900)
    await pull(db, vendor)
    expect(await db.query(sql`select count(*) from ingest.profiles where source = 'stripe'`)).toEqual([{ count: 231 }])
    expect((await stripeRows(db, 'n229'))['profiles']).toMatchObject([{ email: 'changed@example.com' }])
  })

  it('is asked again after 429, 5xx, silence and broken answers, and waits as it is told', async () => {
    vendor.put(...aCustomer('a'))
    const waits: number[] = []
    vendor.trouble('rate-limited', 'fault', 'unavailable', 'drops', 'cut', 'half', 'hangs')
    const reports = await runFeed(depsOf(db, vendor), stripeFeed({ ...settingsOf(vendor, waits), attempts: 9 }))
    expect(reports.map(({ received }) => received)).toEqual([0, 1, 1, 1, 1, 1, 0, 0, 1])
    expect(waits.filter((ms) => ms >= 500)).toEqual([2000, 1000, 2000, 4000, 8000, 16000, 30000])
  })

  it('gives up on what stays broken, and goes on there the next time', async () => {
    for (let nth = 0; nth < 120; nth += 1) vendor.put(aCustomer(`n${nth}`)[0]!)
    const broken: StripeTrouble[] = ['fault', 'fault', 'fault', 'fault', 'fault', 'fault']
    const streams = ['customers']
    const onPage = (): void => vendor.trouble(...broken)
    await expect(pull(db, vendor, { streams, onPage })).rejects.toThrow(
      /customers \(GET \/v1\/customers was answered by 500/,
    )
    expect(await pull(db, vendor, { streams })).toMatchObject([{ received: 20, accepted: 20 }])
  })

  it('says what to do about a key that is refused, without the key', async () => {
    const feed = stripeFeed({ ...settingsOf(vendor), apiKey: 'sk_live_wrong' })
    const refused = runFeed(depsOf(db, vendor), feed, { streams: ['customers'] })
    await expect(refused).rejects.toThrow(/set STRIPE_API_KEY/)
    await expect(refused).rejects.not.toThrow(/sk_live_wrong/)
  })

  it('is read anew by whoever was away for longer than Stripe keeps events', async () => {
    vendor.put(...aCustomer('a'), ...aCustomer('b'))
    await pull(db, vendor)
    vendor.advance(3 * day)
    vendor.put(aCustomer('a', { email: 'forgotten@example.com' })[0]!)
    vendor.events.length = 0
    vendor.advance(40 * day)
    vendor.put(aCustomer('b', { email: 'told@example.com' })[0]!)
    await pull(db, vendor)
    const found = await stripeRows(db)
    expect(found['profiles']).toMatchObject([{ email: 'forgotten@example.com' }, { email: 'told@example.com' }])
  })

  it('gives every line of a long invoice', async () => {
    const lines = Array.from({ length: 230 }, (_, index) => aLine('a', index, 10))
    const objects = aCustomer('a', { cents: 2300 }).map((one) => one.object === 'invoice' ? { ...one, lines: { object: 'list', has_more: false, data: lines } } : one) // prettier-ignore
    vendor.put(...objects)
    await pull(db, vendor)
    expect(await db.query(sql`select count(*) from ingest.order_lines`)).toEqual([{ count: 230 }])
  })
})

describe('a Stripe account that changes while it is pulled, with kills, faults and repeated pages', () => {
  const db = testDatabase({ keep: true })
  const truth = testDatabase({ keep: true })
  let nth = 0

  const change = fc.record({
    who: fc.integer({ min: 1, max: 3 }),
    what: fc.constantFrom('made', 'email', 'refund', 'failed refund', 'dispute', 'lost', 'canceled'),
  })
  const trouble = fc.constantFrom<StripeTrouble | 'none'>(
    'rate-limited',
    'fault',
    'drops',
    'cut',
    'half',
    'repeats',
    'none',
  )
  const step = fc.record({
    changes: fc.array(change, { maxLength: 6 }),
    troubles: fc.array(trouble, { maxLength: 8 }),
    killAfter: fc.option(fc.integer({ min: 0, max: 8 })),
  })

  /** Something that can happen to the account now, as objects go their ways: what has failed or is lost stays so. */
  const apply = (vendor: FakeStripe, { who, what }: { who: number; what: string }, run: string): void => {
    const name = `${who}${run}`
    const happened = (id: string, field: string, value: string): boolean =>
      vendor.events.some(({ data: { object } }) => object.id === `${id}_${name}` && object[field] === value)
    if (!happened('cus', 'object', 'customer')) return vendor.put(...aCustomer(name))
    if (what === 'email') vendor.put(aCustomer(name, { email: `new-${name}@example.com` })[0]!)
    if (what === 'failed refund') vendor.put(...aRefund(name, 450, 'failed'))
    if (what === 'refund' && !happened('re', 'status', 'failed')) vendor.put(...aRefund(name, 450))
    if (what === 'dispute' && !happened('dp', 'status', 'lost')) vendor.put(aDispute(name, 'needs_response'))
    if (what === 'lost') vendor.put(aDispute(name, 'lost'))
    if (what === 'canceled' && !happened('sub', 'status', 'canceled'))
      vendor.put({ ...aCustomer(name)[1]!, status: 'canceled', ended_at: vendor.now() })
  }

  it('ends with the rows of one clean load', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
        nth += 1
        const run = `x${nth}`
        const vendor = await fakeStripe()
        for (const used of [db, truth]) await used.query(sql`delete from ingest.cursors`)
        for (const { changes, troubles, killAfter } of steps) {
          vendor.advance(600)
          vendor.meanwhile(...changes.map((one) => () => apply(vendor, one, run)))
          vendor.trouble(...troubles.filter((one) => one !== 'none'))
          await pull(lostAfter(db, killAfter ?? Number.POSITIVE_INFINITY), vendor).catch(() => {})
          vendor.meanwhile()
        }
        vendor.trouble()
        vendor.advance(600)
        await pull(db, vendor)
        await pull(truth, vendor)
        await vendor.stop()
        expect(await stripeRows(db, run)).toEqual(await stripeRows(truth, run))
      }),
      { numRuns: 8 },
    )
  })
})
