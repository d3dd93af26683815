import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { IngestDeps } from '#ingest/run.ts'
import { stripeApi } from '#ingest/sources/stripe-api.ts'
import { stripeWebhook } from '#ingest/sources/stripe-webhook.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { fakeStripe, stripeSignature, type FakeStripe, type StripeEventJson } from '../support/fake-stripe.ts'
import { aCustomer, aDispute, depsOf, settingsOf, stripeRows } from './stripe-world.ts'

const secret = 'whsec_fake'
const db = testDatabase()
let vendor: FakeStripe
beforeEach(async () => {
  vendor = await fakeStripe()
  return vendor.stop
})

const webhook = (withKey: boolean, deps: IngestDeps = depsOf(db, vendor)) =>
  stripeWebhook(deps, { secret, api: withKey ? stripeApi({ ...settingsOf(vendor), attempts: 2 }) : null })

/** A server that receives what the vendor sends, for as long as the work takes. */
async function receiving<T>(
  receive: (request: Request) => Promise<Response>,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const listener = getRequestListener(receive)
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const sent = (events: readonly StripeEventJson[], withKey = true, deps?: IngestDeps): Promise<number[]> =>
  receiving(webhook(withKey, deps), (url) => vendor.send(url, secret, events))

function request(body: string, change: { signature?: string; signed?: string; secondsAgo?: number } = {}): Request {
  const timestamp = vendor.now() - (change.secondsAgo ?? 0)
  const signature = change.signature ?? stripeSignature(change.signed ?? body, secret, timestamp)
  return new Request('http://localhost/webhooks/stripe', { method: 'POST', body, headers: { 'stripe-signature': signature } }) // prettier-ignore
}

const records = () => db.query(sql`select kind, external_id as id, version from ingest.records order by seq`)

describe('Stripe’s webhook', () => {
  it('takes in the object as it is now, whatever the event says', async () => {
    vendor.put(...aCustomer('a'))
    vendor.put(aCustomer('a', { email: 'new@example.com' })[0]!)
    expect(await sent([vendor.events[0]!])).toEqual([200])
    expect((await stripeRows(db))['profiles']).toMatchObject([{ id: 'cus_a', email: 'new@example.com' }])
    expect(await db.query(sql`select input, accepted from ingest.runs`)).toEqual([
      { input: 'push:webhook', accepted: 1 },
    ])
  })

  it('takes each event once', async () => {
    vendor.put(...aCustomer('a'))
    const [made] = vendor.events
    await sent([made!, made!])
    expect(vendor.asked).toEqual(['/v1/customers/cus_a'])
    expect(await records()).toHaveLength(1)
  })

  it.each([
    ['an altered body', (body: string) => request(body.replace('cus_a', 'cus_b'), { signed: body })],
    ['an old signature', (body: string) => request(body, { secondsAgo: 301 })],
    [
      'another secret',
      (body: string) => request(body, { signature: stripeSignature(body, 'whsec_other', vendor.now()) }),
    ],
    ['no signature', (body: string) => request(body, { signature: '' })],
  ])('refuses %s and changes nothing', async (_, made) => {
    vendor.put(...aCustomer('a'))
    expect((await webhook(true)(made(JSON.stringify(vendor.events[0])))).status).toBe(401)
    expect(await records()).toEqual([])
    expect(vendor.asked).toEqual([])
  })

  it('refuses what is signed and no event', async () => {
    expect((await webhook(true)(request('{"object": "event"}'))).status).toBe(400)
    expect((await webhook(true)(request('no JSON'))).status).toBe(400)
  })

  it('has Stripe repeat what could not be taken in, and takes it then', async () => {
    vendor.put(...aCustomer('a'))
    const [made] = vendor.events
    vendor.trouble('fault', 'fault')
    expect(await sent([made!])).toEqual([503])
    const lost: IngestDeps = { ...depsOf(db, vendor), db: { ...db, pool: db.pool, transaction: () => Promise.reject(new Error('lost')) } } // prettier-ignore
    expect(await sent([made!], true, lost)).toEqual([503])
    expect(await records()).toEqual([])
    expect(await sent([made!])).toEqual([200])
    expect(await records()).toHaveLength(1)
  })

  it('notes what is of no type that is taken in, or of another account', async () => {
    vendor.put({ id: 'price_1', object: 'price', livemode: true }, ...aCustomer('a').slice(0, 1))
    const [price, customer] = vendor.events
    expect(await sent([price!, { ...customer!, account: 'acct_other' }])).toEqual([200, 200])
    expect(await records()).toEqual([])
  })

  it('keeps the event’s own object where it is gone, and sets test mode aside', async () => {
    vendor.put(...aCustomer('a'))
    const [made] = vendor.events
    const gone = structuredClone({ ...made!, id: 'evt_gone' })
    gone.data.object.id = 'cus_gone'
    const trial = structuredClone({ ...gone, id: 'evt_trial' })
    trial.data.object['livemode'] = false
    expect(await sent([gone, trial])).toEqual([200, 200])
    expect((await stripeRows(db))['profiles']).toMatchObject([{ id: 'cus_gone' }])
    expect(await db.query(sql`select reason from ingest.quarantine`)).toEqual([
      { reason: 'The object is of test mode' },
    ])
  })

  it('without a key ends at the last state, whatever the order and however often', async () => {
    let nth = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), async (numbers) => {
        nth += 1
        const who = `x${nth}`
        const from = vendor.events.length
        for (const email of ['1', '2', '3']) {
          vendor.advance(60)
          vendor.put(aCustomer(who, { email: `${email}${who}@example.com` })[0]!)
        }
        vendor.put(...aCustomer(who).slice(1))
        for (const status of ['needs_response', 'under_review', 'lost']) {
          vendor.advance(60)
          vendor.put(aDispute(who, status))
        }
        const told = vendor.events.slice(from)
        const shuffled = [...told, ...told.slice(0, 4)]
          .map((event, index) => ({ event, place: numbers[index] ?? 0 }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ event }) => event)
        expect(new Set(await sent(shuffled, false))).toEqual(new Set([200]))
        const rows = await stripeRows(db, who)
        expect(rows['profiles']).toMatchObject([{ email: `3${who}@example.com` }])
        expect(rows['adjustments']).toMatchObject([{ kind: 'dispute', status: 'settled' }])
        expect(rows['orders']).toMatchObject([{ tax_minor: 120, kind: 'subscription' }])
      }),
      { numRuns: 8 },
    )
  })
})
