import { hasRealData, realData } from '../support/real-data.ts'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runSource } from '#ingest/run.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, giveRates, testFolder } from './ingest-support.ts'
import {
  adjustments,
  charge,
  customer,
  dispute,
  disputeFee,
  events,
  fee,
  invoice,
  orders,
  refund,
  second,
  stripeReader,
  subscription,
  type Stripe,
} from './stripe-objects.ts'

const folder = testFolder()
const read = stripeReader()

describe('Stripe objects', () => {
  const db = testDatabase()

  it('come to the same in any order, in one file or in many', async () => {
    const all: Stripe[] = [customer, charge, invoice, refund, dispute, fee, disputeFee, subscription]
    let round = 0
    const rename = (object: Stripe, suffix: string): Stripe =>
      JSON.parse(JSON.stringify(object).replaceAll(/"((?:cus|ch|in|pi|re|dp|txn|sub)_\d)"/g, `"$1${suffix}"`)) as Stripe
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(all, { minLength: all.length }), fc.boolean(), async (shuffled, apart) => {
        round += 1
        const suffix = `x${round}`
        const mine = shuffled.map((object) => rename(object, suffix))
        if (apart) for (const object of mine) await read(db, [object])
        else await read(db, mine)
        const found = (rows: Record<string, unknown>[]) => rows.filter(({ id }) => String(id).endsWith(suffix))
        expect(found(await orders(db))).toEqual([
          {
            id: `ch_1${suffix}`,
            kind: 'subscription',
            status: 'paid',
            currency: 'EUR',
            gross: 1450,
            tax: 120,
            by: `cus_1${suffix}`,
            lines: ['SUB-EXP-M Filter Explorer 1450'],
          },
        ])
        expect(found(await adjustments(db))).toEqual([
          { id: `dp_1${suffix}`, kind: 'dispute', status: 'settled', order: `ch_1${suffix}`, amount: 1000 },
          { id: `re_1${suffix}`, kind: 'refund', status: 'settled', order: `ch_1${suffix}`, amount: 450 },
          { id: `txn_1${suffix}`, kind: 'fee', status: 'settled', order: `ch_1${suffix}`, amount: 47 },
          { id: `txn_2${suffix}`, kind: 'fee', status: 'settled', order: `ch_1${suffix}`, amount: 2000 },
        ])
      }),
      { numRuns: 12 },
    )
  })

  it('never go back to an older state that arrives late', async () => {
    const canceled = {
      ...subscription,
      status: 'canceled',
      canceled_at: second('2026-03-01'),
      ended_at: second('2026-03-01'),
    }
    await read(db, [
      canceled,
      { ...dispute, status: 'won' },
      { ...refund, status: 'failed' },
      { ...charge, amount_refunded: 450, amount_captured: 1400 },
    ])
    await read(db, [subscription, { ...dispute, status: 'needs_response' }, { ...refund, status: 'pending' }, charge])
    expect(await adjustments(db)).toMatchObject([
      { id: 'dp_1', status: 'void' },
      { id: 're_1', status: 'void' },
    ])
    expect(await orders(db)).toMatchObject([{ gross: 1400 }])
    expect(await events(db)).toMatchObject([{ kind: 'subscription-started' }, { kind: 'subscription-canceled' }])
  })

  it('say a customer with canonical addresses, tied to the account of the shop', async () => {
    await read(db, [customer])
    const [profile] = await db.query(
      sql`select given_name, family_name, email, phone, country, language, postcode from ingest.profiles`,
    )
    expect(profile).toEqual({
      given_name: 'Anna',
      family_name: 'de Vries',
      email: 'annadevries@gmail.com',
      phone: '+31612345001',
      country: 'NL',
      language: 'nl',
      postcode: '3511 AA',
    })
    const links = await db.query<{ kind: string }>(sql`select r.kind || ' ' || r.value as kind from ingest.links l
      join ingest.identifiers r on r.id = l.right_id order by 1`)
    expect(links.map(({ kind }) => kind)).toEqual(['email annadevries@gmail.com', 'phone +31612345001', 'user u-1'])
  })

  it('make no order of a failed, pending or only authorised charge, or of a trial', async () => {
    const trial = {
      ...subscription,
      status: 'trialing',
      trial_start: second('2026-01-02'),
      trial_end: second('2026-01-16'),
    }
    const failed = { ...charge, id: 'ch_f', status: 'failed', amount_captured: 0, captured: false }
    await read(db, [trial, { ...invoice, total: 0, tax: 0 }, failed, { ...charge, id: 'ch_p', status: 'pending' }, { ...charge, id: 'ch_a', captured: false, amount_captured: 0 }]) // prettier-ignore
    expect(await orders(db)).toEqual([])
    expect(await events(db)).toMatchObject([{ kind: 'payment-failed' }, { kind: 'trial-started' }])
  })

  it('carry the share of the tax that was paid, where credit paid the rest', async () => {
    await read(db, [{ ...charge, amount: 725, amount_captured: 725 }, invoice])
    expect(await orders(db)).toMatchObject([{ gross: 725, tax: 60 }])
  })

  it('find their invoice by an invoice payment, where neither names the other', async () => {
    const { charge: _one, payment_intent: _two, ...bare } = invoice
    const { invoice: _three, ...alone } = charge
    const payment = {
      id: 'inpay_1',
      object: 'invoice_payment',
      livemode: true,
      currency: 'eur',
      invoice: 'in_1',
      payment: { type: 'payment_intent', payment_intent: 'pi_1' },
    }
    await read(db, [alone, bare])
    expect(await orders(db)).toMatchObject([{ tax: 0, kind: 'payment' }])
    await read(db, [payment])
    expect(await orders(db)).toMatchObject([{ tax: 120, kind: 'subscription' }])
  })

  it('tell campaigns no news where a payment is refunded, though its order is known by its invoice', async () => {
    const told = async () => (await db.query<{ kind: string; changed: string }>(sql`select properties ->> 'kind' as kind, changed from ingest.deeds where kind = 'order_paid'`))[0]! // prettier-ignore
    await read(db, [charge])
    const bare = await told()
    await read(db, [invoice])
    const completed = await told()
    expect(completed).toMatchObject({ kind: 'subscription' })
    expect(completed.changed).not.toBe(bare.changed)
    await read(db, [{ ...charge, amount_refunded: 450 }])
    expect(await told()).toEqual(completed)
    expect(await db.query(sql`select revision from ingest.orders where changed > told`)).toEqual([{ revision: 900 }])
  })

  it('keep currencies without decimals as they are, and value fees in their own', async () => {
    await giveRates(db, [
      { day: '2026-01-01', base: 'JPY', quote: 'EUR', rate: '0.006' },
      { day: '2026-01-01', base: 'EUR', quote: 'ISK', rate: '150' },
    ])
    await read(db, [{ ...charge, currency: 'jpy', amount: 2400, amount_captured: 2400, invoice: null }, { ...charge, id: 'ch_2', currency: 'isk', amount: 150000, amount_captured: 150000, invoice: null }, fee]) // prettier-ignore
    const rows = await db.query<{ rate: number }>(
      sql`select currency, gross_minor as gross, rate_minor::float8 as rate from ingest.orders order by currency`,
    )
    expect(rows).toMatchObject([
      { currency: 'ISK', gross: 1500 },
      { currency: 'JPY', gross: 2400 },
    ])
    expect(rows[0]?.rate).toBeCloseTo(100 / 150)
    expect(rows[1]?.rate).toBeCloseTo(0.6)
    expect(await db.query(sql`select rate_minor::float8 as rate from ingest.adjustments`)).toEqual([{ rate: 1 }])
  })

  it('of test mode are set aside, unless they are allowed', async () => {
    const trial = { ...charge, livemode: false }
    expect(await read(db, [trial])).toMatchObject({
      accepted: 0,
      quarantined: 1,
      problems: [{ reason: 'The object is of test mode' }],
    })
    expect(await read(db, [trial], true)).toMatchObject({ accepted: 1 })
  })

  it('said twice are unchanged, and so are all when the file is read again', async () => {
    expect(await read(db, [charge, invoice, charge])).toMatchObject({ received: 3, accepted: 2, unchanged: 1 })
    expect(await read(db, [charge, invoice, charge])).toMatchObject({ received: 3, accepted: 0, unchanged: 3 })
  })

  it('are read from an array and from lines as well', async () => {
    const array = folder.write('array.json', JSON.stringify([charge, invoice], null, 2))
    const lines = folder.write('lines.jsonl', `${JSON.stringify(refund)}\n${JSON.stringify(dispute)}\n`)
    expect(await runSource(deps(db), stripe(), { path: array })).toMatchObject({ accepted: 2, quarantined: 0 })
    expect(await runSource(deps(db), stripe(), { path: lines })).toMatchObject({ accepted: 2, quarantined: 0 })
  })

  const fixtures = realData('stripe/fixtures3.json')
  it.skipIf(!hasRealData('stripe/fixtures3.json'))('of every type that the API returns are read', async () => {
    const { resources } = JSON.parse(readFileSync(fixtures, 'utf8')) as { resources: Record<string, Stripe> }
    const objects = Object.values(resources).filter(
      ({ id, object }) => typeof id === 'string' && id !== '' && typeof object === 'string',
    )
    const report = await read(db, objects, true)
    expect(report.received).toBe(objects.length)
    expect(report.accepted).toBeGreaterThan(objects.length * 0.9)
    const reasons = report.problems.map(({ reason }) => reason)
    expect(reasons.filter((reason) => !/currency|webhook|rate/.test(reason))).toEqual([])
    for (const type of ['customer', 'subscription', 'invoice', 'charge', 'refund', 'dispute', 'balance_transaction']) {
      const [row] = await db.query(sql`select (select count(*) from ingest.records where kind = ${type})
        + (select count(*) from ingest.quarantine where kind = ${type} and reason like 'No exchange rate%') as count`)
      expect(row, type).not.toEqual({ count: 0 })
    }
  })
})
