import { canonicalJson } from '#kernel/crypto.ts'
import { createRandom } from '#examples/roastery/random.ts'
import type { NodeRef, PersonContext } from '#graph/port.ts'
import { each, line, share, took } from './measure.ts'
import { idOf, products, skuOf, today, topicOf, type Habits } from './shop.ts'
import type { Bench } from './stores.ts'

/**
 * Who a person is and what they did, asked for by queries as one would write them for this alone: the first generation of
 * a store that was just filled. Gives the answer of `personContext`.
 */
export type ByHand = (personId: string, limit: number) => Promise<PersonContext | null>

const at = { at: today }
const question = { ...at, limit: 20 }

/** Times of every question; gives some answers, for comparison with those of the other store. */
export async function measureReading(bench: Bench, habits: Habits, asked: number): Promise<unknown> {
  const { name, store, byHand } = bench
  const random = createRandom('asked')
  const people = Array.from({ length: asked }, () => idOf('person', random.int(1, habits.people - 1)))
  await equalAnswers(bench, [...people.slice(0, 50), idOf('person', 0)])
  await each(people.slice(0, 100), (id) => store.personContext(id, question))
  const [ours, hand]: [number[], number[]] = [[], []]
  // In turns, so that what else the machine does weighs on both.
  for (const id of people) {
    ours.push((await took(() => store.personContext(id, question))).ms)
    hand.push((await took(() => byHand(id, 20))).ms)
  }
  line('person context', name, { p50: share(ours, 0.5), p95: share(ours, 0.95), 'by hand p50': share(hand, 0.5), 'p95 ': share(hand, 0.95), ratio: (share(ours, 0.95) / share(hand, 0.95)).toFixed(2) }) // prettier-ignore
  const giant = Array.from({ length: 20 }, () => idOf('person', 0))
  const big = await each(giant, (id) => store.personContext(id, question))
  const bigHand = await each(giant, (id) => byHand(id, 20))
  line('person context of 100,000 events', name, { p50: share(big, 0.5), p95: share(big, 0.95), 'by hand p95': share(bigHand, 0.95), ratio: (share(big, 0.95) / share(bigHand, 0.95)).toFixed(2) }) // prettier-ignore
  return [await timed(bench, people.slice(0, 100)), digest(await store.personContext(people[0]!, question))]
}

async function equalAnswers({ name, store, byHand }: Bench, people: readonly string[]): Promise<void> {
  for (const id of people) {
    const [ours, hand] = [await store.personContext(id, question), await byHand(id, question.limit)]
    if (canonicalJson(plain(ours)) !== canonicalJson(plain(hand))) throw new Error(`${name} answers otherwise by hand about person ${id}`) // prettier-ignore
  }
}

const plain = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer)) as unknown

async function timed({ name, store }: Bench, people: readonly string[]): Promise<unknown[]> {
  const random = createRandom('walks')
  const nodes = people.map((id): NodeRef => ({ kind: 'person', id }))
  const near = { ...question, limit: 60, depth: 2, fanOut: 8 }
  const some = Array.from({ length: 30 }, () => skuOf(random.int(200, products - 1)))
  const pairs = nodes.slice(0, 50).map((from, nth): [NodeRef, NodeRef] => [from, nodes[(nth + 17) % 50]!])
  const answers: unknown[] = []
  const ask = async <T>(what: string, list: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> => {
    answers.push(digest(await work(list[0]!)))
    const times = await each(list, work)
    line(what, name, { p50: share(times, 0.5), p95: share(times, 0.95) })
  }
  await ask('neighbourhood, 2 steps', nodes, (node) => store.neighbourhood(node, near))
  await ask('neighbourhood of 100,000 events', Array.from({ length: 10 }, (): NodeRef => ({ kind: 'identifier', id: idOf('identifier', 0) })), (node) => store.neighbourhood(node, near)) // prettier-ignore
  await ask('neighbourhood of a best-seller', Array.from({ length: 10 }, (_, nth): NodeRef => ({ kind: 'product', id: skuOf(nth) })), (node) => store.neighbourhood(node, near)) // prettier-ignore
  await ask('related people', nodes.slice(0, 30), ({ id }) => store.related({ kind: 'person', id }, question))
  await ask('related products', some, (id) => store.related({ kind: 'product', id }, question))
  await ask('related to a best-seller', [skuOf(0), skuOf(1), skuOf(2)], (id) => store.related({ kind: 'product', id }, question)) // prettier-ignore
  await ask('path between people, 6 steps', pairs, ([from, to]) => store.path(from, to, { ...at, maxSteps: 6 }))
  await ask('content for a topic', Array.from({ length: 30 }, (_, nth) => topicOf(nth)), (id) => store.contentFor([{ kind: 'topic', id }], question)) // prettier-ignore
  await ask('content for a person', nodes, (node) => store.contentFor([node], question))
  await ask('lineage', nodes, (node) => store.lineage(node, 50))
  return answers
}

const digest = (answer: unknown): string => canonicalJson(plain(answer))
