import { json, joined, sql, type Sql } from '#kernel/sql.ts'
import { engagementLevel } from '../engagement.ts'
import type { Leaf } from '../segment-rule.ts'
import { holds, holdsWithEnd, step, type Asked } from './reading.ts'

/** What is asked, and whether a number is that of a person to be weighed. */
export type Weighing = Asked & { person: (no: Sql) => Sql }
type Of<Name extends string> = Extract<Leaf, Record<Name, unknown>> extends Record<Name, infer Body> ? Body : never

/** Whether `person` meets a leaf. Never null. */
export function meets(asked: Weighing, rule: Leaf): Sql {
  if ('bought' in rule) return bought(asked, rule.bought)
  if ('spent' in rule) return spent(asked, rule.spent)
  if ('subscribed' in rule) return sql`(${isIn(subscribed(asked))}) = ${rule.subscribed}`
  if ('consent' in rule) return isIn(consented(asked, rule.consent.channel))
  if ('lifecycle' in rule) return hasValue('lifecycle', rule.lifecycle)
  if ('channel' in rule) return hasValue('channel', rule.channel)
  if ('visited' in rule) return visited(asked, rule.visited)
  if ('did' in rule) return did(asked, rule.did)
  if ('property' in rule) return property(rule.property)
  if ('reaches' in rule) return isIn(reaching(asked, rule.reaches))
  if ('engagement' in rule) return engagement(asked, rule.engagement)
  return rfm(rule.rfm)
}

const isIn = (people: Sql): Sql => sql`person.no in (${people})`
const all = (tests: readonly Sql[]): Sql => (tests.length === 0 ? sql`true` : joined(tests, ' and '))
const given = <T>(value: T | undefined, test: (value: T) => Sql): Sql[] => (value === undefined ? [] : [test(value)])

const daysBefore = ({ at }: Asked, days: number): Date => new Date(at.getTime() - days * 86_400_000)

/** Edges of one kind from people's identifiers: `k.from_no` is the person, `d` the edge, which carries the thing. */
const deeds = (asked: Weighing, kind: 'placed' | 'did' | 'consented', more: readonly Sql[]): Sql => sql`
  ${asked.copy.edges} k join ${asked.copy.edges} d on d.from_no = k.to_no
  where k.kind = 'known-as' and ${asked.person(sql`k.from_no`)} and ${holdsWithEnd(sql`k`, asked)}
    and d.kind = ${kind} and ${holdsWithEnd(sql`d`, asked)} and ${all(more)}`

/** People who did such things so often; a thing that two identifiers lead to counts once. */
function often(asked: Weighing, kind: 'placed' | 'did', times: number, more: readonly Sql[]): Sql {
  if (times === 1) return isIn(sql`select k.from_no from ${deeds(asked, kind, more)}`)
  return isIn(sql`
    select no from (select distinct k.from_no as no, d.to_no from ${deeds(asked, kind, more)}) things
    group by no having count(*) >= ${times}`)
}

const paid = sql`d.to_word = 'paid'`
const withinDays = (asked: Asked, days: number | undefined): Sql[] =>
  given(days, (some) => sql`d.to_valid_from > ${daysBefore(asked, some)}`)

function bought(asked: Weighing, { sku, type, topic, atLeast, withinDays: days }: Of<'bought'>): Sql {
  const wanted = [
    ...given(sku, (id) => sql`c.id = ${id}`),
    ...given(type, (name) => sql`c.properties -> 'type' = ${json(name)}::jsonb`),
    ...given(topic, (id) => sql`c.no in (select t.from_no from ${step(asked, 'tagged')} t where t.id = ${id})`),
  ]
  const containing = sql`d.to_no in (select c.from_no from ${step(asked, 'contains')} c where ${all(wanted)})`
  return often(asked, 'placed', atLeast, [
    paid,
    ...withinDays(asked, days),
    ...(wanted.length === 0 ? [] : [containing]),
  ])
}

/** Who bought nothing spent nothing, which is enough for some. */
function spent(asked: Weighing, { atLeastMinor, withinDays: days }: Of<'spent'>): Sql {
  const sums = (having: Sql): Sql => sql`
    select no from (
      select distinct k.from_no as no, d.to_no, coalesce(d.to_spent_minor, 0) as spent
      from ${deeds(asked, 'placed', [paid, ...withinDays(asked, days)])}) orders
    group by no having ${having}`
  return atLeastMinor > 0
    ? isIn(sums(sql`sum(spent) >= ${atLeastMinor}`))
    : sql`not ${isIn(sums(sql`sum(spent) < ${atLeastMinor}`))}`
}

/** Of words that say yes or no (`d`), when the newest of each was said. */
const newestWords = sql`max(d.to_valid_from) filter (where d.to_is_on) as yes, max(d.to_valid_from) filter (where not d.to_is_on) as no`

/** Whether the newest word says yes; only where both were said at one instant are they looked up again, and the id decides. */
const saysYes = (again: Sql): Sql => sql`
  case when words.yes = words.no then ${again} else coalesce(words.yes > words.no, words.yes is not null) end`

/** The newest event that says whether a subscription runs. */
function subscribed(asked: Weighing): Sql {
  const words = [sql`d.to_is_on is not null`, sql`d.to_valid_from is not null`]
  const again = sql`(
    select d.to_is_on from ${asked.copy.edges} k join ${asked.copy.edges} d on d.from_no = k.to_no
    join ${asked.copy.nodes} n on n.no = d.to_no
    where k.from_no = words.person and k.kind = 'known-as' and ${holdsWithEnd(sql`k`, asked)}
      and d.kind = 'did' and ${holdsWithEnd(sql`d`, asked)} and ${all(words)}
    order by d.to_valid_from desc, n.id desc limit 1)`
  return sql`
    select words.person from (
      select k.from_no as person, ${newestWords} from ${deeds(asked, 'did', words)} group by k.from_no) words
    where ${saysYes(again)}`
}

/** Of each identifier the newest word counts; one that says no outweighs all. */
function consented(asked: Weighing, channel: string): Sql {
  const again = sql`(
    select w.to_is_on from ${asked.copy.edges} w join ${asked.copy.nodes} n on n.no = w.to_no
    where w.from_no = words.known and w.kind = 'consented' and w.to_word = ${channel}
      and w.to_valid_from is not null and ${holdsWithEnd(sql`w`, asked)}
    order by w.to_valid_from desc, n.id desc limit 1)`
  return sql`
    select words.person from (
      select k.from_no as person, d.from_no as known, ${newestWords}
      from ${deeds(asked, 'consented', [sql`d.to_word = ${channel}`])} group by k.from_no, d.from_no) words
    group by words.person having bool_and(${saysYes(again)}) filter (where coalesce(words.yes, words.no) is not null)`
}

const eventIn = (events: Sql): Sql => sql`d.to_no in (${events})`

function visited(asked: Weighing, { path, atLeast, withinDays: days }: Of<'visited'>): Sql {
  const pages = sql`
    select n.no from ${asked.copy.nodes} n where n.kind = 'event' and jsonb_typeof(n.properties -> 'path') = 'string'
      and starts_with(n.properties ->> 'path', ${path})`
  return often(asked, 'did', atLeast, [...withinDays(asked, days), eventIn(pages)])
}

function did(asked: Weighing, rule: Of<'did'>): Sql {
  const leading = (kind: 'about' | 'part-of', id: string, ends: readonly string[]): Sql =>
    eventIn(sql`
    select e.from_no from ${step(asked, kind)} e where e.kind = any(${ends}) and e.id = ${id}`)
  return often(asked, 'did', rule.atLeast, [
    sql`d.to_word = ${rule.event}`,
    ...withinDays(asked, rule.withinDays),
    ...given(rule.beforeDays, (days) => sql`d.to_valid_from <= ${daysBefore(asked, days)}`),
    ...given(rule.where, (where) => eventIn(sql`
      select n.no from ${asked.copy.nodes} n where n.kind = 'event' and n.properties @> ${json(where)}::jsonb`)),
    ...given(rule.about, (id) => leading('about', id, ['product', 'topic'])),
    ...given(rule.campaign, (id) => leading('part-of', id, ['campaign'])),
  ]) // prettier-ignore
}

type Value = string | number | boolean

const valueOf = (name: string): Sql => sql`person.properties -> ${name}`
const hasValue = (name: string, value: Value): Sql => sql`coalesce(${valueOf(name)} = ${json(value)}::jsonb, false)`

/** A number that is known of the person; null for what is none. */
const numberOf = (name: string): Sql =>
  sql`case when jsonb_typeof(${valueOf(name)}) = 'number' then (${valueOf(name)})::float8 end`
const atLeast = (name: string, bound: number): Sql => sql`coalesce(${numberOf(name)} >= ${bound}::float8, false)`
const atMost = (name: string, bound: number): Sql => sql`coalesce(${numberOf(name)} <= ${bound}::float8, false)`

function property({ name, exists, ...tests }: Of<'property'>): Sql {
  const values = [
    ...given(tests.is, (value) => hasValue(name, value)),
    ...given(tests.in, (some) => sql`coalesce(${json(some)}::jsonb @> (${valueOf(name)}), false)`),
    ...given(tests.atLeast, (bound) => atLeast(name, bound)),
    ...given(tests.atMost, (bound) => atMost(name, bound)),
  ]
  const isKnown = sql`person.properties ? ${name}`
  if (exists === false) return all([sql`not ${isKnown}`, ...values])
  return all([isKnown, ...values])
}

/** The persons from whom some walk of these hops ends at such a node: sought from that end. */
function reaching(asked: Weighing, { by, kind, id, where }: Of<'reaches'>): Sql {
  const ends = sql`
    select n.no from ${asked.copy.nodes} n where n.kind = ${kind} and ${holds(sql`n`, asked)} and ${all([
      ...given(id, (one) => sql`n.id = ${one}`),
      ...given(where, (having) => sql`n.properties @> ${json(having)}::jsonb`),
    ])}`
  return by.reduceRight<Sql>((reached, { edge, way }, nth) => {
    const hops = [
      ...(way === 'back' ? [] : [hop(asked, edge, sql`e.from_no`, sql`e.to_no`, reached)]),
      ...(way === 'out' ? [] : [hop(asked, edge, sql`e.to_no`, sql`e.from_no`, reached)]),
    ].map((edges) => (nth === 0 ? edges(asked.person) : edges(() => sql`true`)))
    const nearer = joined(hops, ' union ')
    return nth === 0 ? nearer : sql`select n.no from ${asked.copy.nodes} n where n.no in (${nearer}) and ${holds(sql`n`, asked)}` // prettier-ignore
  }, ends)
}

const hop =
  (asked: Asked, kind: string, near: Sql, far: Sql, reached: Sql) =>
  (isAsked: Weighing['person']): Sql =>
    sql`
  select ${near} as no from ${asked.copy.edges} e
  where e.kind = ${kind} and ${isAsked(near)} and ${holds(sql`e`, asked)} and ${far} in (${reached})`

/** Who did nothing has no points: too few for any lower bound, few enough for any upper one. */
const engagement = (asked: Asked, { atLeast: least, atMost: most }: Of<'engagement'>): Sql =>
  all([
    ...given(least, (points) => atLeast('engagement', engagementLevel(points, asked.at))),
    ...given(most, (points) => sql`coalesce(${numberOf('engagement')} <= ${engagementLevel(points, asked.at)}::float8, true)`),
  ]) // prettier-ignore

const rfm = (rule: Of<'rfm'>): Sql =>
  all(
    (['recency', 'frequency', 'monetary'] as const).flatMap((name) => {
      const bounds = rule[name]
      return bounds === undefined ? [] : [atLeast(name, bounds.atLeast ?? 1), atMost(name, bounds.atMost ?? 5)]
    }),
  )
