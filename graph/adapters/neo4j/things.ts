import type { Leaf } from '../../segment-rule.ts'
import { amongPeople, idsOf, isSelected, type PersonRule } from './people.ts'
import { dated, inKey, instant, keyIn, labelOf, stored, storedName, typeOf } from './rows.ts'
import type { Asking } from './segment.ts'

// Rules about what people did, bought, said, or lead to. Asked about everybody, a statement starts from the things: from
// the product or topic that is named, or from the index of their kind by time; asked about some people, from these.

type Named<Name extends string> = Extract<Leaf, Record<Name, unknown>>
type Body<Name extends string> = Named<Name> extends Record<Name, infer Is> ? Is : never
export type ThingLeaf =
  | Named<'bought'>
  | Named<'spent'>
  | Named<'subscribed'>
  | Named<'consent'>
  | Named<'visited'>
  | Named<'did'>
  | Named<'reaches'>

/**
 * The people of whom a leaf is true, and the rules about them too.
 * @param rest.opposite the people who have such things, and of whom it is false
 */
export function peopleBy(
  asking: Asking,
  leaf: ThingLeaf,
  { where, opposite }: { where: readonly PersonRule[]; opposite: boolean },
): string {
  return `${peopleOf(leaf, asking, opposite)}
    WITH person WHERE person:Person AND ${isSelected(asking, where)} ${idsOf}`
}

function peopleOf(leaf: ThingLeaf, asking: Asking, opposite: boolean): string {
  if ('bought' in leaf) return bought(leaf.bought, asking)
  if ('spent' in leaf) return spent(leaf.spent, asking, opposite)
  if ('subscribed' in leaf) return subscribed(asking)
  if ('consent' in leaf) return consented(leaf.consent.channel, asking)
  if ('visited' in leaf) return visited(leaf.visited, asking)
  if ('did' in leaf) return did(leaf.did, asking)
  return reaches(leaf.reaches, asking)
}

type Things = { type: 'PLACED' | 'DID' | 'CONSENTED'; label: 'Order' | 'Event' | 'Consent' }
const orders: Things = { type: 'PLACED', label: 'Order' }
const events: Things = { type: 'DID', label: 'Event' }
const consents: Things = { type: 'CONSENTED', label: 'Consent' }

/** Rows of person, identifier and thing; `beyond` goes on from the thing, to something that is named. */
function things({ type, label }: Things, { hold, isAmong }: Asking, tests: string[], beyond = ''): string {
  const way = `(person)-[k:KNOWN_AS]->(i)-[d:${type}]->(thing:${label})${beyond}`
  const hint = isAmong || beyond !== '' ? '' : `USING INDEX thing:${label}(_validFrom)`
  const start = isAmong ? amongPeople : ''
  return `${start} MATCH ${way} ${hint}
    WHERE ${[hold('k', 'i', 'd', 'thing'), ...(isAmong ? [] : ['thing._key STARTS WITH $graph']), ...tests].join(' AND ')}`
}

const daysBefore = (at: Date, days: number): unknown => instant(new Date(at.getTime() - days * 86_400_000))

/** Of the last days: later than so many days of 24 hours before the instant. */
const within = (days: number | undefined, { add, at }: Asking): string[] =>
  days === undefined ? [] : [`thing._validFrom > ${add(daysBefore(at, days))}`]

const having = (
  values: Readonly<Record<string, string | number | boolean>> | undefined,
  of: string,
  { add }: Asking,
): string[] =>
  Object.entries(values ?? {}).map(([name, value]) => `${of}[${add(storedName(name))}] = ${add(stored(value))}`)

const atLeast = (times: number, { add }: Asking): string =>
  times === 1
    ? 'WITH DISTINCT person'
    : `WITH person, count(DISTINCT thing) AS times WHERE times >= ${add(stored(times))}`

function bought({ sku, type, topic, ...often }: Body<'bought'>, asking: Asking): string {
  const { add, hold } = asking
  const isNamed = sku !== undefined || type !== undefined || topic !== undefined
  const beyond = `${isNamed ? '-[c:CONTAINS]->(product)' : ''}${topic === undefined ? '' : '-[t:TAGGED]->(topic)'}`
  const tests = [
    `thing.status = 'paid'`,
    ...within(often.withinDays, asking),
    ...(isNamed ? [hold('c', 'product')] : []),
    ...(sku === undefined ? [] : [`product:MillraceNode AND ${keyIn('product', 'product', add(inKey(sku)))}`]),
    ...(type === undefined ? [] : [`product.type = ${add(type)}`]),
    ...(topic === undefined
      ? []
      : [hold('t', 'topic'), `topic:MillraceNode AND ${keyIn('topic', 'topic', add(inKey(topic)))}`]),
  ]
  return `${things(orders, asking, tests, beyond)} ${atLeast(often.atLeast, asking)}`
}

function spent({ atLeastMinor, withinDays }: Body<'spent'>, asking: Asking, opposite: boolean): string {
  return `${things(orders, asking, [`thing.status = 'paid'`, ...within(withinDays, asking)])}
    WITH DISTINCT person, thing
    WITH person, sum(coalesce(thing.spentMinor, 0)) AS total
    WHERE total ${opposite ? '<' : '>='} ${asking.add(stored(atLeastMinor))}`
}

/** Whose newest word says that one runs. */
const subscribed = (asking: Asking): string =>
  `${things(events, asking, ['thing.subscription IS NOT NULL', dated('thing')])}
    WITH person, max([thing._validFrom, thing._key, thing.subscription]) AS word WHERE word[2] = 'on'`

/** Of each identifier the newest word counts; one that says no outweighs all. */
const consented = (channel: string, asking: Asking): string =>
  `${things(consents, asking, [`thing.channel = ${asking.add(channel)}`, dated('thing')])}
    WITH person, i, max([thing._validFrom, thing._key, thing.state]) AS word
    WITH person, min(coalesce(word[2] = 'granted', false)) AS granted WHERE granted`

const visited = ({ path, ...often }: Body<'visited'>, asking: Asking): string =>
  `${things(events, asking, [`thing.path STARTS WITH ${asking.add(path)}`, ...within(often.withinDays, asking)])}
    ${atLeast(often.atLeast, asking)}`

function did({ event, where, about, campaign, beforeDays, ...often }: Body<'did'>, asking: Asking): string {
  const { add, hold, at } = asking
  const tests = [
    `thing.event = ${add(event)}`,
    ...having(where, 'thing', asking),
    ...within(often.withinDays, asking),
    ...(beforeDays === undefined ? [] : [`thing._validFrom <= ${add(daysBefore(at, beforeDays))}`, dated('thing')]),
    ...(about === undefined
      ? []
      : [
          `EXISTS { MATCH (thing)-[a:ABOUT]->(s) WHERE ${hold('a', 's')} AND s._key IN ${aboutKeys(add(inKey(about)))} }`,
        ]),
    ...(campaign === undefined
      ? []
      : [
          `EXISTS { MATCH (thing)-[p:PART_OF]->(c) WHERE ${hold('p', 'c')} AND ${keyIn('c', 'campaign', add(inKey(campaign)))} }`,
        ]),
  ]
  return `${things(events, asking, tests)} ${atLeast(often.atLeast, asking)}`
}

const aboutKeys = (id: string): string => `[$graph + 'product/' + ${id}, $graph + 'topic/' + ${id}]`

/** So few that a way is walked from each of them; otherwise from where it ends, which costs the same for everybody. */
function reaches({ by, kind, id, where }: Body<'reaches'>, asking: Asking): string {
  const { add, hold, isAmong } = asking
  const last = `n${by.length}`
  const end = [
    `${last}:${labelOf(kind)}`,
    ...(id === undefined ? [] : [keyIn(last, kind, add(inKey(id)))]),
    ...having(where, last, asking),
  ].join(' AND ')
  const hop = (nth: number): string => {
    const { edge, way } = by[nth]!
    const [start, stop] = [way === 'back' ? '<-' : '-', way === 'out' ? '->' : '-']
    return `(n${nth})${start}[h${nth}:${typeOf(edge)}]${stop}(n${nth + 1})`
  }
  if (isAmong) {
    const hops = by.map(
      (_, nth) => `MATCH ${hop(nth)} WHERE ${hold(`h${nth}`, `n${nth + 1}`)} WITH DISTINCT person, n${nth + 1}`,
    )
    return `${amongPeople} WITH person, person AS n0 ${hops.join(' ')} WHERE ${end} WITH DISTINCT person`
  }
  const back = by.map((_, nth) => by.length - 1 - nth)
  const hops = back.map((nth) => `MATCH ${hop(nth)} WHERE ${hold(`h${nth}`, `n${nth}`)} WITH DISTINCT n${nth}`)
  const from = `MATCH (${last}:MillraceNode) WHERE ${last}._key STARTS WITH $graph + ${add(`${kind}/`)} AND ${end} AND ${hold(last)}`
  return `${from} WITH DISTINCT ${last} ${hops.join(' ')} WITH n0 AS person`
}
