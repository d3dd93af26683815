import type { Leaf, SegmentRule } from '../../segment-rule.ts'
import { hold, instant, read, stored, type Space } from './rows.ts'

/** Collects values as parameters $p0, $p1 … so that nothing a rule says becomes text of the query. */
type Parameters = { add: (value: string | number) => string; values: Record<string, unknown> }

function parameters(): Parameters {
  const values: Record<string, unknown> = {}
  const add = (value: string | number): string => {
    const name = `p${Object.keys(values).length}`
    values[name] = stored(value)
    return `$${name}`
  }
  return { add, values }
}

export async function segment(space: Space, rule: SegmentRule, at: Date): Promise<string[]> {
  const given = parameters()
  const rows = await read<{ id: string }>(
    space,
    `MATCH (person:MillraceNode) WHERE person._graph = $graph AND person._kind = 'person' AND ${hold('person')}
       AND NOT coalesce(person.visitor, false) AND ${condition(rule, given, at)}
     RETURN person._id AS id ORDER BY id`,
    { ...given.values, at: instant(at) },
  )
  return rows.map(({ id }) => id)
}

function condition(rule: SegmentRule, given: Parameters, at: Date): string {
  const parts = (rules: SegmentRule[]): string[] => rules.map((part) => condition(part, given, at))
  if ('not' in rule) return `NOT ${condition(rule.not, given, at)}`
  if ('all' in rule) return rule.all.length === 0 ? 'true' : `(${parts(rule.all).join(' AND ')})`
  if ('any' in rule) return rule.any.length === 0 ? 'false' : `(${parts(rule.any).join(' OR ')})`
  return `(${leaf(rule, given, at)})`
}

function leaf(rule: Leaf, given: Parameters, at: Date): string {
  if ('bought' in rule) return bought(rule.bought, given, at)
  if ('spent' in rule) return spent(rule.spent, given, at)
  if ('subscribed' in rule) return rule.subscribed ? subscribed : `NOT ${subscribed}`
  if ('consent' in rule) return consented(given.add(rule.consent.channel))
  if ('lifecycle' in rule) return `coalesce(person.lifecycle = ${given.add(rule.lifecycle)}, false)`
  if ('channel' in rule) return `coalesce(person.channel = ${given.add(rule.channel)}, false)`
  if ('visited' in rule) {
    const path = given.add(rule.visited.path)
    return did(rule.visited, `thing.path STARTS WITH ${path}`, given, at)
  }
  return did(rule.did, `thing.event = ${given.add(rule.did.event)}`, given, at)
}

type Often = { atLeast: number; withinDays?: number | undefined }

const things = (type: string): string =>
  `MATCH (person)-[k:KNOWN_AS]->(i)-[d:${type}]->(thing) WHERE ${hold('k', 'i', 'd', 'thing')}`

/** Later than so many days of 24 hours before the instant. */
function within(days: number | undefined, given: Parameters, at: Date): string {
  if (days === undefined) return 'true'
  return `thing._validFrom > ${given.add(new Date(at.getTime() - days * 86_400_000).toISOString())}`
}

const paidOrders = (days: number | undefined, given: Parameters, at: Date): string =>
  `${things('PLACED')} AND thing.status = 'paid' AND ${within(days, given, at)}`

function bought(
  rule: Often & { sku?: string | undefined; type?: string | undefined; topic?: string | undefined },
  given: Parameters,
  at: Date,
): string {
  const wanted = [
    rule.sku === undefined ? [] : [`c._id = ${given.add(rule.sku)}`],
    rule.type === undefined ? [] : [`c.type = ${given.add(rule.type)}`],
    rule.topic === undefined
      ? []
      : [
          `EXISTS { MATCH (c)-[t:TAGGED]->(topic) WHERE topic._id = ${given.add(rule.topic)} AND ${hold('t', 'topic')} }`,
        ],
  ].flat()
  const containing =
    wanted.length === 0
      ? 'true'
      : `EXISTS { MATCH (thing)-[e:CONTAINS]->(c) WHERE ${hold('e', 'c')} AND ${wanted.join(' AND ')} }`
  const orders = `${paidOrders(rule.withinDays, given, at)} AND ${containing} RETURN DISTINCT thing`
  return `COUNT { ${orders} } >= ${given.add(rule.atLeast)}`
}

function spent(rule: { atLeastMinor: number; withinDays?: number | undefined }, given: Parameters, at: Date): string {
  const orders = `COLLECT { ${paidOrders(rule.withinDays, given, at)} RETURN DISTINCT thing }`
  return `reduce(total = 0, o IN ${orders} | total + coalesce(o.spentMinor, 0)) >= ${given.add(rule.atLeastMinor)}`
}

/** The newest event that says whether a subscription runs. */
const subscribed = `coalesce(head(COLLECT {
    ${things('DID')} AND thing.subscription IS NOT NULL AND thing._validFrom IS NOT NULL
    WITH DISTINCT thing ORDER BY thing._validFrom DESC, thing._id DESC LIMIT 1 RETURN thing.subscription
  }) = 'on', false)`

/** Of each identifier the newest word counts; one that says no outweighs all. */
const consented = (channel: string): string => `EXISTS {
    ${things('CONSENTED')} AND thing.channel = ${channel} AND thing._validFrom IS NOT NULL
    WITH i, thing ORDER BY thing._validFrom DESC, thing._id DESC
    WITH i, head(collect(thing.state)) AS state
    WITH collect(state) AS states WHERE size(states) > 0 AND all(s IN states WHERE s = 'granted')
    RETURN states
  }`

const did = (rule: Often, which: string, given: Parameters, at: Date): string =>
  `COUNT { ${things('DID')} AND ${which} AND ${within(rule.withinDays, given, at)} RETURN DISTINCT thing }
    >= ${given.add(rule.atLeast)}`
