import type { Queryable } from '#kernel/db.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type {
  OrderRow,
  EventRow,
  ConsentRow,
  SubscriptionRow,
  MessageRow,
  StepRow,
  CampaignRow,
} from '../changes/dealings.ts'
import {
  buriedNames,
  buriedRows,
  changed,
  heardBy,
  idAfter,
  rowsOf,
  touched,
  type Found,
  type Page,
} from './canonical.ts'
import { takenFrom, takes } from './taken.ts'

// What happened between people and the business. `found` is null of a thing that nobody speaks of any more.

/**
 * Orders that changed, or of which something was taken. spentMinor: paid less settled refunds and disputes, in the
 * business currency; 0 unless paid. Lines of one product are one.
 */
export const orders = (db: Queryable, page: Page): Promise<Found<OrderRow>[]> =>
  db.query<Found<OrderRow>>(sql`
  with ${touched(page, {
    own: [rowsOf(sql`ingest.orders`, page)],
    drawnIn: [
      sql`select distinct o.id as key from ingest.adjustments a
        join ingest.orders o on o.source = a.source and o.external_id = a.order_external_id
        where ${changed(sql`a`, page)} and o.id > ${idAfter(page)}`,
      buriedRows('order', page),
    ],
  })}
  select page.key, o.id is not null or null as found, o.source, o.external_id as "externalId", o.kind, o.status,
    o.currency, o.gross_minor as "grossMinor", o.ordered_at as "orderedAt", o.identifier_id as "identifierId",
    o.record_id as "recordId", heard.*,
    case when o.status = 'paid' then round(o.gross_minor * o.rate_minor) - coalesce((
      select ${takenFrom(sql`o`, sql`a`)} from ingest.adjustments a
      where a.source = o.source and a.order_external_id = o.external_id and ${takes(sql`a`)}
    ), 0) else 0 end::bigint as "spentMinor",
    coalesce((select jsonb_agg(jsonb_build_object('sku', sku, 'quantity', quantity, 'amountMinor', amount) order by sku)
      from (select sku, sum(quantity) as quantity, sum(amount_minor) as amount from ingest.order_lines
        where order_id = o.id and sku is not null group by sku) lines), '[]') as lines
  from page left join ingest.orders o on o.id = page.key ${heardBy(sql`o.record_id`)} order by page.key`)

export const events = (db: Queryable, page: Page): Promise<Found<EventRow>[]> =>
  db.query<Found<EventRow>>(sql`
  with ${touched(page, { own: [rowsOf(sql`ingest.events`, page)], drawnIn: [buriedRows('event', page)] })}
  select page.key, e.id is not null or null as found, e.source, e.kind, e.identifier_id as "identifierId",
    e.occurred_at as "occurredAt", e.recorded_at as "recordedAt", e.channel, e.campaign_ref as "campaignRef",
    e.properties, e.record_id as "recordId", r.run_id as "runId"
  from page left join ingest.events e on e.id = page.key left join ingest.records r on r.id = e.record_id
  order by page.key`)

/** Nobody hears of a word before it is said: a record that was known before may say it in a later version. */
export const consents = (db: Queryable, page: Page): Promise<Found<ConsentRow>[]> =>
  db.query<Found<ConsentRow>>(sql`
  with ${touched(page, { own: [rowsOf(sql`ingest.consents`, page)], drawnIn: [buriedRows('consent', page)] })}
  select page.key, c.id is not null or null as found, c.channel, c.state, c.basis, c.identifier_id as "identifierId",
    c.occurred_at as "occurredAt", c.record_id as "recordId", heard."runId",
    greatest(heard."recordedAt", c.occurred_at) as "recordedAt"
  from page left join ingest.consents c on c.id = page.key ${heardBy(sql`c.record_id`)} order by page.key`)

type Name = { kind: string; of: (event: Sql) => Sql }

/** Things that several events speak of, by the names that the indexes of ingest know. */
const delivery: Name = { kind: 'message', of: (e) => sql`(${e}.properties ->> 'deliveryId') collate "C"` }
const step: Name = { kind: 'step', of: (e) => sql`(${e}.campaign_ref || '/' || (${e}.properties ->> 'stepKey')) collate "C"` } // prettier-ignore
const subscription: Name = { kind: 'subscription', of: (e) => sql`(${e}.source || ':' || (${e}.properties ->> 'subscription')) collate "C"` } // prettier-ignore

/** As the indexes have it: what is longer is no name. */
const isName = (name: Name): Sql => sql`length(${name.of(sql`e`)}) between 1 and 500`

/** Kinds of events that speak of a subscription; others may carry the word by chance. */
const speaksOfSubscription = sql`e.kind ~ '^(subscription|trial)-'`

const named = (name: Name, page: Page, only: Sql = sql`true`): Sql =>
  touched(page, {
    own: [
      sql`select distinct ${name.of(sql`e`)} as key from ingest.events e
        where ${isName(name)} and ${name.of(sql`e`)} > ${page.after} and ${only} and ${changed(sql`e`, page)}`,
    ],
    drawnIn: [buriedNames(name.kind, page)],
  })

/** Subscriptions with all that was said of them, the oldest first. */
export const subscriptions = (db: Queryable, page: Page): Promise<Found<SubscriptionRow>[]> =>
  db.query<Found<SubscriptionRow>>(sql`
  with ${named(subscription, page, speaksOfSubscription)}
  select page.key, said.words is not null or null as found, coalesce(said.words, '[]') as words
  from page cross join lateral (
    select jsonb_agg(jsonb_build_object('kind', e.kind, 'identifierId', e.identifier_id, 'occurredAt', e.occurred_at,
      'recordedAt', e.recorded_at, 'properties', e.properties, 'recordId', e.record_id, 'runId', r.run_id)
      order by e.occurred_at, e.id) as words
    from ingest.events e left join ingest.records r on r.id = e.record_id
    where ${isName(subscription)} and ${subscription.of(sql`e`)} = page.key and ${speaksOfSubscription}) said
  order by page.key`)

/** The first word of each kind that the events of a message say. */
const first = (value: Sql): Sql =>
  sql`(array_agg(${value} order by e.occurred_at, e.id) filter (where ${value} is not null))[1]`

/** Messages by what their events say: from when they left, and the last that was heard of them. */
export const messages = (db: Queryable, page: Page): Promise<Found<MessageRow>[]> =>
  db.query<Found<MessageRow>>(sql`
  with ${named(delivery, page)}
  select page.key, said.found, said.campaign, said.step, said.channel, said.last, said."sentAt", said."recordedAt",
    said."recordId", r.run_id as "runId"
  from page cross join lateral (
    select count(*) > 0 or null as found, ${first(sql`e.campaign_ref`)} as campaign, ${first(sql`e.channel`)} as channel,
      ${first(sql`e.properties ->> 'stepKey'`)} as step, ${first(sql`e.record_id`)} as "recordId",
      (array_agg(e.kind order by e.occurred_at desc, e.id desc))[1] as last, min(e.occurred_at) as "sentAt",
      min(e.recorded_at) as "recordedAt"
    from ingest.events e where ${isName(delivery)} and ${delivery.of(sql`e`)} = page.key) said
  left join ingest.records r on r.id = said."recordId"
  order by page.key`)

/** Steps of campaigns that something was sent by: any event of one names it. */
export const steps = (db: Queryable, page: Page): Promise<Found<StepRow>[]> =>
  db.query<Found<StepRow>>(sql`
  with ${named(step, page)}
  select page.key, said.found, said.campaign, said.step
  from page left join lateral (
    select e.campaign_ref as campaign, e.properties ->> 'stepKey' as step, true as found
    from ingest.events e where ${isName(step)} and ${step.of(sql`e`)} = page.key limit 1) said on true
  order by page.key`)

/** Campaigns that cost something, by the newest name they had. */
export const campaigns = (db: Queryable, page: Page): Promise<Found<CampaignRow>[]> =>
  db.query<Found<CampaignRow>>(sql`
  with ${touched(page, {
    own: [
      sql`select distinct c.campaign_ref collate "C" as key from ingest.costs c
        where ${changed(sql`c`, page)} and c.campaign_ref collate "C" > ${page.after}`,
    ],
    drawnIn: [buriedNames('campaign', page)],
  })}
  select page.key, c.found, c.campaign_name as name, c.channel, c.record_id as "recordId", heard."runId"
  from page left join lateral (
    select campaign_name, channel, record_id, true as found from ingest.costs
    where campaign_ref = page.key order by day desc, id desc limit 1) c on true
  ${heardBy(sql`c.record_id`)}
  order by page.key`)
