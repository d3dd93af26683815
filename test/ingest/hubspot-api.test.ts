import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hubspotFeed } from '#ingest/sources/hubspot-api.ts'
import type { Trouble } from '#test/support/flaky-server.ts'
import { pagesOf, pull } from './feed-support.ts'
import { anna, start, world } from './hubspot-world.ts'

const idsOf = (objects: readonly Buffer[]): string[] =>
  objects.map((one) => (JSON.parse(one.toString()) as { id: string }).id)

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)].toSorted((a, b) => Number(a) - Number(b))
const numbered = (count: number, from = 1): string[] => Array.from({ length: count }, (_, n) => String(from + n))

describe('the HubSpot feed', () => {
  it('loads all contacts once, and afterwards those that were changed', async () => {
    const { clock, hubspot, feed } = await world()
    for (const id of numbered(250)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    clock.advance(3_600_000)
    const first = await pull(feed, 'contacts')
    expect(idsOf(first.objects)).toEqual(numbered(250))
    clock.advance(3_600_000)
    hubspot.put('contacts', '7', { firstname: 'Eva' })
    hubspot.put('contacts', '300', { email: 'new@y.example' })
    const second = await pull(feed, 'contacts', first.cursor)
    expect(idsOf(second.objects)).toEqual(['7', '300'])
    expect(idsOf((await pull(feed, 'contacts', second.cursor)).objects)).toEqual(['7', '300'])
    clock.advance(3_600_000)
    hubspot.put('contacts', '8', {})
    expect(idsOf((await pull(feed, 'contacts', second.cursor)).objects)).toEqual(['7', '300', '8'])
  })

  it('finds what was changed while it loaded', async () => {
    const { clock, hubspot, feed } = await world()
    for (const id of numbered(250)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    clock.advance(3_600_000)
    const seen: string[] = []
    for await (const page of pagesOf(feed, 'contacts', undefined)) {
      seen.push(...page.objects.map((one) => one.toString()))
      clock.advance(60_000)
      if (seen.length === 100) hubspot.put('contacts', '3', { firstname: 'Changed' })
    }
    expect(seen.at(-1)).toContain('Changed')
  })

  it('goes on from the cursor of any page', async () => {
    const { clock, hubspot, feed } = await world()
    for (const id of numbered(350)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    clock.advance(3_600_000)
    for await (const page of pagesOf(feed, 'contacts', undefined)) {
      const before = JSON.parse(page.objects.at(-1)!.toString()) as { id: string }
      const rest = await pull(feed, 'contacts', page.cursor)
      expect(idsOf(rest.objects)).toEqual(numbered(350).filter((id) => Number(id) > Number(before.id)))
      if (before.id === '300') break
    }
  })

  it('reads more changes than a search gives, even those of one and the same moment', async () => {
    const { clock, hubspot, feed } = await world({ searchCap: 400 })
    const { cursor } = await pull(feed, 'contacts')
    clock.advance(3_600_000)
    for (const id of numbered(900)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    for (const id of numbered(600, 1000)) {
      clock.advance(Number(id) % 3)
      hubspot.put('contacts', id, { email: `p${id}@y.example` })
    }
    expect(distinct(idsOf((await pull(feed, 'contacts', cursor)).objects))).toEqual([
      ...numbered(900),
      ...numbered(600, 1000),
    ])
  })

  it('misses no change that the search learns of late', async () => {
    const { clock, hubspot, feed } = await world({ indexDelayMs: 5 * 60_000 })
    hubspot.put('contacts', '1', { email: 'a@y.example' })
    clock.advance(3_600_000)
    let { cursor } = await pull(feed, 'contacts')
    const seen: string[] = []
    for (const id of numbered(30, 100)) {
      clock.advance(100_000)
      hubspot.put('contacts', id, { email: `${id}@y.example` })
      const next = await pull(feed, 'contacts', cursor)
      cursor = next.cursor
      seen.push(...idsOf(next.objects))
    }
    clock.advance(600_000)
    seen.push(...idsOf((await pull(feed, 'contacts', cursor)).objects))
    expect(distinct(seen)).toEqual(['1', ...numbered(30, 100)].filter((id) => seen.includes(id)))
    expect(distinct(seen)).toEqual(expect.arrayContaining(numbered(30, 100)))
  })

  it('writes an object the same, whether it was listed or searched', async () => {
    const { clock, hubspot, feed } = await world()
    hubspot.put('contacts', '1', anna)
    hubspot.put('deals', '9', { dealstage: 'closedwon', amount: '12.50' }, ['200', '31'])
    for (const stream of ['contacts', 'deals']) {
      const listed = await pull(feed, stream)
      const searched = await pull(feed, stream, { since: clock().toISOString() })
      expect(searched.objects.map(String)).toEqual([String(listed.objects[0])])
    }
  })

  it('slows down as the calls of an interval run out, and never meets the limit', async () => {
    const { hubspot, pauses, feed } = await world({ perInterval: 10 })
    for (const id of numbered(2500)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    expect(distinct(idsOf((await pull(feed, 'contacts')).objects))).toHaveLength(2500)
    const lists = hubspot.asked.filter(({ method }) => method === 'GET')
    expect(lists).toHaveLength(25)
    expect(pauses.filter((ms) => ms === 10_000).length).toBeGreaterThanOrEqual(2)
  })

  it('says what is wrong with the token, and never the token', async () => {
    const { hubspot, clock } = await world()
    const feed = hubspotFeed({ token: 'wrong-key', baseUrl: hubspot.url, clock, pause: () => Promise.resolve() })
    const told = await pull(feed, 'contacts').catch(String)
    expect(told).toMatch(/does not accept the token/)
    expect(told).not.toMatch(/wrong-key/)
  })

  it('gives the same objects whatever fails on the way', async () => {
    const troubles: (Trouble | null)[] = [null, { status: 429, headers: { 'retry-after': '3' } }, { status: 502 }, 'cut', 'cut-unnoticed', 'dropped'] // prettier-ignore
    const clean = await sample(await world())
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...troubles), { maxLength: 15 }),
        fc.boolean(),
        async (next, repeats) => {
          const flaky = await world({ repeats, searchCap: 400 })
          expect(await sample(flaky, next)).toEqual(clean)
        },
      ),
      { numRuns: 25 },
    )
  })
})

/** The last version of each object after a load and a pull of changes. */
async function sample(
  { clock, hubspot, feed }: Awaited<ReturnType<typeof world>>,
  troubles: readonly (Trouble | null)[] = [],
): Promise<Record<string, string>> {
  for (const id of numbered(230)) hubspot.put('contacts', id, { email: `p${id}@y.example`, firstname: `N ${id}` })
  hubspot.put('deals', '5', { dealstage: 'closedwon', amount: '10' }, ['3'])
  clock.advance(3_600_000)
  const first = { contacts: await pull(feed, 'contacts'), deals: await pull(feed, 'deals') }
  clock.advance(7_200_000 - (clock().getTime() - start.getTime()))
  for (const id of numbered(205)) hubspot.put('contacts', id, { lastname: 'Later' })
  hubspot.put('deals', '5', { amount: '20' })
  hubspot.put('deals', '6', { dealstage: 'appointmentscheduled' })
  hubspot.trouble(...troubles)
  const second = { contacts: await pull(feed, 'contacts', first.contacts.cursor, 3), deals: await pull(feed, 'deals', first.deals.cursor, 3) } // prettier-ignore
  const all = [first, second].flatMap(({ contacts, deals }) => [...contacts.objects.map((one) => ['contact', one] as const), ...deals.objects.map((one) => ['deal', one] as const)]) // prettier-ignore
  return Object.fromEntries(all.map(([kind, one]) => [`${kind} ${(JSON.parse(one.toString()) as { id: string }).id}`, one.toString()])) // prettier-ignore
}
