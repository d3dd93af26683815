import { joined, sql, type Sql } from '#kernel/sql.ts'
import type { Leaf, SegmentRule } from '../segment-rule.ts'
import { holds, step, things, type Asked } from './reading.ts'

/** The people a rule selects, by id. */
export const peopleOf = (asked: Asked, rule: SegmentRule): Sql => sql`
  select person.id from graph.nodes person
  where person.generation = ${asked.generation} and person.kind = 'person' and ${holds(sql`person`, asked.at)}
    and not coalesce((person.properties ->> 'visitor')::boolean, false) and ${condition(asked, rule)}
  order by person.id`

function condition(asked: Asked, rule: SegmentRule): Sql {
  if ('not' in rule) return sql`not ${condition(asked, rule.not)}`
  if ('all' in rule)
    return connected(
      rule.all.map((part) => condition(asked, part)),
      ' and ',
      sql`true`,
    )
  if ('any' in rule)
    return connected(
      rule.any.map((part) => condition(asked, part)),
      ' or ',
      sql`false`,
    )
  return sql`(${leaf(asked, rule)})`
}

const connected = (parts: Sql[], word: string, empty: Sql): Sql =>
  parts.length === 0 ? empty : sql`(${joined(parts, word)})`

function leaf(asked: Asked, rule: Leaf): Sql {
  if ('bought' in rule) return bought(asked, rule.bought)
  if ('spent' in rule) return spent(asked, rule.spent)
  if ('subscribed' in rule) return sql`${subscribed(asked)} = ${rule.subscribed}`
  if ('consent' in rule) return consented(asked, rule.consent.channel)
  if ('lifecycle' in rule) return sql`coalesce(person.properties ->> 'lifecycle' = ${rule.lifecycle}, false)`
  if ('channel' in rule) return sql`coalesce(person.properties ->> 'channel' = ${rule.channel}, false)`
  if ('visited' in rule) {
    const { path, ...often } = rule.visited
    return did(asked, often, sql`starts_with(d.properties ->> 'path', ${path})`)
  }
  return did(asked, rule.did, sql`d.properties ->> 'event' = ${rule.did.event}`)
}

type Often = { atLeast: number; withinDays?: number | undefined }

/** Later than so many days of 24 hours before the instant. */
function within(alias: Sql, asked: Asked, days: number | undefined): Sql {
  if (days === undefined) return sql`true`
  return sql`${alias}.valid_from > ${new Date(asked.at.getTime() - days * 86_400_000)}`
}

const paidOrders = (asked: Asked, days: number | undefined): Sql => sql`
  ${things(asked, sql`person.id`, 'placed')} o where o.properties ->> 'status' = 'paid' and ${within(sql`o`, asked, days)}`

function bought(
  asked: Asked,
  rule: Often & { sku?: string | undefined; type?: string | undefined; topic?: string | undefined },
): Sql {
  const wanted = [
    rule.sku === undefined ? [] : [sql`c.id = ${rule.sku}`],
    rule.type === undefined ? [] : [sql`c.properties ->> 'type' = ${rule.type}`],
    rule.topic === undefined
      ? []
      : [
          sql`exists (select from ${step(asked, 'tagged')} t
      where t.from_kind = c.kind and t.from_id = c.id and t.id = ${rule.topic})`,
        ],
  ].flat()
  const containing =
    wanted.length === 0
      ? sql`true`
      : sql`exists (select from ${step(asked, 'contains')} c
          where c.from_kind = o.kind and c.from_id = o.id and ${joined(wanted, ' and ')})`
  return sql`(select count(*) from ${paidOrders(asked, rule.withinDays)} and ${containing}) >= ${rule.atLeast}`
}

const spent = (asked: Asked, rule: { atLeastMinor: number; withinDays?: number | undefined }): Sql => sql`
  (select coalesce(sum((o.properties ->> 'spentMinor')::bigint), 0) from ${paidOrders(asked, rule.withinDays)})
    >= ${rule.atLeastMinor}`

/** The newest event that says whether a subscription runs. */
const subscribed = (asked: Asked): Sql => sql`
  coalesce((select s.properties ->> 'subscription' = 'on' from ${things(asked, sql`person.id`, 'did')} s
    where s.properties ? 'subscription' and s.valid_from is not null
    order by s.valid_from desc, s.id desc limit 1), false)`

/** Of each identifier the newest word counts; one that says no outweighs all. */
const consented = (asked: Asked, channel: string): Sql => sql`
  coalesce((select bool_and(state = 'granted') from (
    select distinct on (known.kind, known.id) c.properties ->> 'state' as state
    from ${step(asked, 'known-as')} known
    join ${step(asked, 'consented')} c on c.from_kind = known.kind and c.from_id = known.id
    where known.from_kind = 'person' and known.from_id = person.id and c.properties ->> 'channel' = ${channel}
      and c.valid_from is not null
    order by known.kind, known.id, c.valid_from desc, c.id desc) words), false)`

const did = (asked: Asked, rule: Often, which: Sql): Sql => sql`
  (select count(*) from ${things(asked, sql`person.id`, 'did')} d
    where ${which} and ${within(sql`d`, asked, rule.withinDays)}) >= ${rule.atLeast}`
