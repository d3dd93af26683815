import { sha256 } from '#kernel/crypto.ts'
import { segmentRule, type SegmentRule } from '#graph/segment-rule.ts'
import { each, line, share } from './measure.ts'
import { idOf, today } from './shop.ts'
import type { Bench } from './stores.ts'

const rules: Readonly<Record<string, unknown>> = {
  'one product, bought twice': { bought: { sku: 'sku-1500', atLeast: 2 } },
  'bought ≥ 2 in 90 days, e-mail': { all: [{ bought: { atLeast: 2, withinDays: 90 } }, { consent: { channel: 'email' } }] }, // prettier-ignore
  'spent ≥ 150.00': { spent: { atLeastMinor: 15_000 } },
  'bought, but not in 90 days': { all: [{ bought: {} }, { not: { bought: { withinDays: 90 } } }] },
  'carts of 30 days or a topic': { any: [{ did: { event: 'cart', withinDays: 30 } }, { bought: { topic: 'topic-39' } }] }, // prettier-ignore
  'reaches a topic by 4 hops': { reaches: { by: [{ edge: 'known-as' }, { edge: 'placed' }, { edge: 'contains' }, { edge: 'tagged' }], kind: 'topic', id: 'topic-07' } }, // prettier-ignore
  'rfm and engagement': { all: [{ rfm: { recency: { atLeast: 4 }, monetary: { atLeast: 4 } } }, { engagement: { atLeast: 2 } }] }, // prettier-ignore
  'city and lifecycle': { all: [{ property: { name: 'city', is: 'City 7' } }, { lifecycle: 'customer' }] },
  'e-mail allowed': { consent: { channel: 'email' } },
}

/** Times of rules over everybody, three times each, and of the same among a hundred; gives what they select. */
export async function measureSegments({ name, store }: Bench): Promise<unknown> {
  const answers: unknown[] = []
  const among = Array.from({ length: 100 }, (_, nth) => idOf('person', nth * 97))
  for (const [what, written] of Object.entries(rules)) {
    const rule: SegmentRule = segmentRule.parse(written)
    let selected: string[] = []
    const times = await each([1, 2, 3], async () => {
      selected = await store.segment(rule, { at: today })
    })
    const few = await each([1, 2, 3], () => store.segment(rule, { at: today, among }))
    line(`segment: ${what}`.slice(0, 33), name, { people: selected.length, 'first ms': times[0]!, 'then ms': share(times.slice(1), 0), 'among 100 ms': share(few, 0.5) }) // prettier-ignore
    answers.push(sha256(JSON.stringify(selected)))
  }
  return answers
}
