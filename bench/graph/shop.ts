import { createRandom, type Random } from '#examples/roastery/random.ts'
import { engagementLevel } from '#graph/engagement.ts'
import { edgeOwners, type EdgeKind, type NodeKind } from '#graph/kinds.ts'
import type { Change, GraphEdge, GraphNode, NodeRef, Properties, Provenance } from '#graph/port.ts'

// The graph of a shop, as the projection would say it, made up: the same seed makes the same graph, kind after kind.

/** The instant everything is asked at. */
export const today = new Date('2026-06-01T00:00:00Z')

/** How much there is of everything, for one person on average. Most do little, few do much. */
export type Habits = { people: number; identifiers: number; orders: number; lines: number; events: number; supernode: number } // prettier-ignore

/** About ten edges a person, and one person with 100,000 events. */
export const busyShop = (edges: number): Habits => ({ people: Math.max(1_000, Math.round((edges - 160_000) / 10.2)), identifiers: 1.2, orders: 1, lines: 2, events: 3, supernode: 100_000 }) // prettier-ignore

/** Many who do little: about five edges a person. */
export const wideShop = (people: number): Habits => ({ people, identifiers: 1.1, orders: 0.7, lines: 1.3, events: 0.6, supernode: 0 }) // prettier-ignore

export const products = 2_000
const topics = 40
const campaigns = 20
const documents = 400
const chunksEach = 5

/** A UUID in which kind and number can be read. */
export const idOf = (kind: NodeKind, nth: number): string => `${Buffer.from(kind.slice(0, 4)).toString('hex')}-0000-7000-8000-${String(nth).padStart(12, '0')}` // prettier-ignore
export const skuOf = (nth: number): string => `sku-${String(nth).padStart(4, '0')}`
export const topicOf = (nth: number): string => `topic-${String(nth).padStart(2, '0')}`
const campaignOf = (nth: number): string => `campaign-${nth}`

const run = '72756e00-0000-7000-8000-000000000001'
const held = (recordId: string | null, validFrom: Date | null = null): Provenance => ({ recordId, runId: recordId && run, validFrom, validTo: null, recordedAt: validFrom, endRecordedAt: null }) // prettier-ignore
const recordOf = (kind: NodeKind, nth: number): string => idOf(kind, nth).replace('7000', '7001')

function change(
  ref: NodeRef,
  label: string,
  properties: Properties,
  from: Provenance,
  edges: [EdgeKind, NodeRef, Properties?][] = [],
): Change {
  // prettier-ignore
  const node: GraphNode = { ...ref, label, properties, ...from }
  const say = ([kind, other, more = {}]: [EdgeKind, NodeRef, Properties?]): GraphEdge => {
    const [start, end] = edgeOwners[kind] === 'from' ? [ref, other] : [other, ref]
    return { from: start, kind, to: end, properties: more, ...from }
  }
  return { node, edges: edges.map(say) }
}

const ref = (kind: NodeKind, id: string): NodeRef => ({ kind, id })
const daysAgo = (days: number): Date => new Date(today.getTime() - Math.round(days * 86_400_000))
/** Small numbers come up most: of 2,000 products the first hundred sell most. */
const skewed = (random: Random, count: number): number => Math.min(count - 1, Math.floor(count * random.next() ** 2.2))

/** The content: topics, products, documents and what they say. */
function* contentOf(random: Random): Generator<Change> {
  for (let nth = 0; nth < documents; nth += 1) {
    const id = ref('document', idOf('document', nth))
    yield change(id, `Document ${nth}`, { language: 'en' }, held(recordOf('document', nth), daysAgo(300)), [['tagged', ref('topic', topicOf(nth % topics))]]) // prettier-ignore
    for (let part = 0; part < chunksEach; part += 1) {
      const of = nth * chunksEach + part
      yield change(ref('chunk', idOf('chunk', of)), `Part ${part}`, { ordinal: part }, held(recordOf('document', nth), daysAgo(300)), [['has', id]]) // prettier-ignore
    }
  }
  for (let nth = 0; nth < products; nth += 1) {
    const tags = new Set([topicOf(nth % topics), topicOf(skewed(random, topics))])
    const chunks = random.sample(Array.from({ length: 30 }, (_, at) => (nth * 7 + at * 61) % (documents * chunksEach)), 2) // prettier-ignore
    yield change(
      ref('product', skuOf(nth)),
      `Product ${nth}`,
      { type: nth % 3 === 0 ? 'gear' : 'coffee', priceMinor: 900 + (nth % 90) * 50 },
      held(recordOf('product', nth)),
      [
        // prettier-ignore
        ...[...tags].map((tag): [EdgeKind, NodeRef] => ['tagged', ref('topic', tag)]),
        ...chunks.map((chunk): [EdgeKind, NodeRef] => ['described-by', ref('chunk', idOf('chunk', chunk))]),
      ],
    )
    yield change(ref('fact', idOf('fact', nth)), `Product ${nth} costs so much.`, { predicate: 'price' }, held(recordOf('product', nth), daysAgo(100)), [['about', ref('product', skuOf(nth))]]) // prettier-ignore
  }
  for (let nth = 0; nth < campaigns; nth += 1) yield change(ref('campaign', campaignOf(nth)), `Campaign ${nth}`, {}, held(recordOf('campaign', nth))) // prettier-ignore
}

function* peopleOf({ people, identifiers }: Habits, random: Random): Generator<Change> {
  for (let nth = 0; nth < people * identifiers; nth += 1) {
    const person = nth < people ? nth : skewed(random, people)
    yield change(ref('identifier', idOf('identifier', nth)), `person${nth}@example.test`, { type: 'email' }, held(recordOf('identifier', nth)), [['known-as', ref('person', idOf('person', person))]]) // prettier-ignore
  }
  for (let nth = 0; nth < people; nth += 1) {
    const visitor = random.chance(0.1)
    yield change(ref('person', idOf('person', nth)), `Person ${nth}`, {
      givenName: `Given${nth % 800}`, familyName: `Family${nth % 5_000}`, city: `City ${nth % 300}`, country: nth % 5 === 0 ? 'BE' : 'NL', language: 'nl', lifecycle: nth % 4 === 0 ? 'lead' : 'customer', channel: nth % 3 === 0 ? 'google-ads' : 'organic', visitor,
      recency: random.int(1, 5), frequency: random.int(1, 5), monetary: random.int(1, 5), engagement: engagementLevel(random.wait(4) + 0.01, today),
    }, held(null)) // prettier-ignore
  }
}

function* deedsOf(
  { people, identifiers, orders, lines, events, supernode }: Habits,
  random: Random,
): Generator<Change> {
  const addresses = Math.floor(people * identifiers)
  const somebody = (): NodeRef => ref('identifier', idOf('identifier', 1 + skewed(random, addresses - 1)))
  for (let nth = 0; nth < people * orders; nth += 1) {
    const many = 1 + Math.floor(random.next() * (2 * lines - 1))
    const skus = new Set(Array.from({ length: many }, () => skuOf(skewed(random, products))))
    const status = random.chance(0.93) ? 'paid' : 'open'
    yield change(
      ref('order', idOf('order', nth)),
      `#${nth}`,
      {
        source: 'shop',
        type: 'order',
        status,
        currency: 'EUR',
        grossMinor: 2_500 * skus.size,
        spentMinor: status === 'paid' ? 2_500 * skus.size : 0,
      },
      held(recordOf('order', nth), daysAgo(random.next() * 700)),
      [
        // prettier-ignore
        ['placed', somebody()],
        ...[...skus].map((sku): [EdgeKind, NodeRef, Properties] => ['contains', ref('product', sku), { quantity: random.int(1, 3), amountMinor: 2_500 }]), // prettier-ignore
      ],
    )
  }
  for (let nth = 0; nth < people * events + supernode; nth += 1) {
    const who = nth < supernode ? ref('identifier', idOf('identifier', 0)) : somebody()
    const kind = random.weighted([['page', 6], ['email-open', 3], ['cart', 1]] as const) // prettier-ignore
    yield change(
      ref('event', idOf('event', nth)),
      kind,
      kind === 'page'
        ? { event: kind, source: 'web', path: `/shop/${skewed(random, products)}` }
        : { event: kind, source: 'web' },
      held(recordOf('event', nth), daysAgo(random.next() * 400)),
      [
        // prettier-ignore
        ['did', who],
        ...(random.chance(0.4) ? [['about', ref('product', skuOf(skewed(random, products)))] as [EdgeKind, NodeRef]] : []), // prettier-ignore
        ...(random.chance(0.2) ? [['part-of', ref('campaign', campaignOf(random.int(0, campaigns - 1)))] as [EdgeKind, NodeRef]] : []), // prettier-ignore
      ],
    )
  }
  for (let nth = 0; nth < people; nth += 1) {
    const state = random.chance(0.6) ? 'granted' : 'withdrawn'
    yield change(ref('consent', idOf('consent', nth)), `email ${state}`, { channel: 'email', state, basis: 'form' }, held(recordOf('consent', nth), daysAgo(random.next() * 600)), [['consented', ref('identifier', idOf('identifier', nth))]]) // prettier-ignore
  }
}

export function* shop(habits: Habits, seed = 'graph'): Generator<Change> {
  const random = createRandom(seed)
  yield* contentOf(random.fork('content'))
  yield* peopleOf(habits, random.fork('people'))
  yield* deedsOf(habits, random.fork('deeds'))
}

/** Changes in batches, as a projection sends them. */
export function* inBatches(changes: Iterable<Change>, size: number): Generator<Change[]> {
  let batch: Change[] = []
  for (const one of changes) {
    batch.push(one)
    if (batch.length === size) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
