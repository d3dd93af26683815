import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shopifyFeed } from '#ingest/sources/shopify-bulk.ts'
import type { FakeOrder } from '#test/support/fake-shopify.ts'
import type { Trouble } from '#test/support/flaky-server.ts'
import { pagesOf, pull } from './feed-support.ts'
import { anOrder, put, start, world } from './shopify-world.ts'

const numbersOf = (objects: readonly Buffer[]) => objects.map((one) => /Order\/(\d+)/.exec(one.toString())?.[1])

const many = (count: number): FakeOrder[] => Array.from({ length: count }, (_, n) => anOrder(1000 + n))
const idsOf = (orders: readonly FakeOrder[]): string[] => orders.map(({ id }) => id.replace(/^.*\//, ''))

describe('the Shopify feed', () => {
  it('gathers all orders once, each with its items, and afterwards those that were changed', async () => {
    const { clock, shop, feed } = await world()
    put(shop, ...many(600))
    const first = await pull(feed, 'orders')
    expect(numbersOf(first.objects)).toEqual(idsOf(many(600)))
    expect(first.objects[0]?.toString().split('\n')).toHaveLength(3)
    clock.advance(3_600_000)
    put(shop, anOrder(1003, { updatedAt: clock().toISOString() }), anOrder(5000, { updatedAt: clock().toISOString() }))
    const second = await pull(feed, 'orders', first.cursor)
    expect(numbersOf(second.objects)).toEqual(['1003', '5000'])
    // What was changed just before the last pull is gathered once more: the index may have learnt of more since.
    clock.advance(3_600_000)
    const third = await pull(feed, 'orders', second.cursor)
    expect(numbersOf(third.objects)).toEqual(['1003', '5000'])
    expect(numbersOf((await pull(feed, 'orders', third.cursor)).objects)).toEqual([])
  })

  it('goes on with the same operation, behind the orders that are in', async () => {
    const { shop, feed } = await world()
    put(shop, ...many(600))
    const seen: (string | undefined)[] = []
    let cursor: unknown
    for (let stops = 0; stops < 20; stops += 1) {
      let more = false
      for await (const page of pagesOf(feed, 'orders', cursor)) {
        seen.push(...numbersOf(page.objects))
        ;({ cursor, more } = page)
        if (page.objects.length > 0) break
      }
      if (!more) break
    }
    expect(seen).toEqual(idsOf(many(600)))
    expect(shop.started()).toBe(1)
  })

  it('waits where it is throttled and while another operation is under way', async () => {
    const { clock, shop, feed } = await world()
    put(shop, anOrder(1))
    shop.throttles(3)
    shop.busyUntil(new Date(start.getTime() + 60_000))
    expect(numbersOf((await pull(feed, 'orders')).objects)).toEqual(['1'])
    expect(clock().getTime()).toBeGreaterThan(start.getTime() + 80_000)
  })

  it('takes what there is of an operation that broke off, and starts again', async () => {
    const { shop, feed } = await world()
    put(shop, ...many(20))
    shop.ends('TIMEOUT', 'INTERNAL_SERVER_ERROR')
    const { objects } = await pull(feed, 'orders')
    const ids = numbersOf(objects)
    expect(ids.length).toBeGreaterThan(20)
    expect(ids.slice(-20)).toEqual(idsOf(many(20)))
    expect(new Set(objects.map(String)).size).toBe(20)
    shop.ends('TIMEOUT', 'TIMEOUT', 'TIMEOUT')
    await expect(pull(feed, 'orders')).rejects.toThrow(/broke off 3 bulk operations/)
  })

  it('starts again where the address of the file is no longer good', async () => {
    const { shop, feed } = await world()
    put(shop, ...many(600))
    const pages = pagesOf(feed, 'orders', undefined)[Symbol.asyncIterator]()
    const { value } = (await pages.next()) as { value: { cursor: unknown } }
    await pages.return?.()
    shop.expire()
    expect(numbersOf((await pull(feed, 'orders', value.cursor)).objects)).toHaveLength(600)
  })

  it('says what is missing, and never the token', async () => {
    const { clock, shop, feed } = await world()
    shop.ends('ACCESS_DENIED')
    await expect(pull(feed, 'orders')).rejects.toThrow(/read_orders and read_customers/)
    const wrong = shopifyFeed({ shopUrl: shop.url, token: 'wrong-key', clock, pause: () => Promise.resolve() })
    const told = await pull(wrong, 'orders').catch(String)
    expect(told).toMatch(/does not accept the token/)
    expect(told).not.toMatch(/wrong-key/)
  })

  it('gives the same orders whatever fails on the way', async () => {
    const troubles: (Trouble | null)[] = [null, { status: 429, headers: { 'retry-after': '3' } }, { status: 502 }, 'cut', 'cut-unnoticed', 'dropped'] // prettier-ignore
    const ends = [null, 'TIMEOUT', 'INTERNAL_SERVER_ERROR']
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...troubles), { maxLength: 15 }),
        fc.array(fc.constantFrom(...ends), { maxLength: 2 }),
        fc.nat(3),
        async (next, outcomes, throttles) => {
          const { shop, feed } = await world()
          put(shop, ...many(300))
          shop.trouble(...next)
          shop.ends(...outcomes)
          shop.throttles(throttles)
          const { objects } = await pull(feed, 'orders', undefined, 4)
          const last = new Map(objects.map((one) => [/Order\/(\d+)/.exec(one.toString())![1], one.toString()]))
          expect([...last.keys()].toSorted((a, b) => Number(a) - Number(b))).toEqual(idsOf(many(300)))
          for (const text of last.values()) expect(text.split('\n')).toHaveLength(3)
        },
      ),
      { numRuns: 25 },
    )
  })
})
