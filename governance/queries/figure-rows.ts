import type { Queryable } from '#kernel/db.ts'
import { joined, sql, type Sql } from '#kernel/sql.ts'
import type { Group, Part } from '../metrics/metric.ts'
import { valuation, type Reading } from './valuation.ts'

/** Which rows: of these parts; of one month (`YYYY-MM-01`) or channel, or bought in one month, where told. */
export type Selection = {
  parts: readonly Part[]
  month: string | null
  channel: string | null
  activity: string | null
}

/**
 * One row behind a figure. `amountMinor` is what it adds (business currency); a customer adds one, not an amount.
 * `because`: what says that the channel brought this customer, the event or profile of `becauseId`.
 */
export type FigureRow = {
  part: Part
  kind: 'order' | 'refund' | 'dispute' | 'fee' | 'customer' | 'cost'
  id: string
  source: string
  externalId: string
  recordId: string | null
  orderId: string | null
  personId: string | null
  day: string
  month: string
  activity: string | null
  channel: string | null
  costKind: string | null
  because: 'event' | 'profile' | 'nothing' | null
  becauseId: string | null
  amountMinor: number
}

/** Rows added up as the report does, and how many there are. */
export type OpenedGroup = Group & { rows: number }

/** A page of the rows of a selection, oldest first, and all of them added up: one pass, so the two agree. */
export async function selectOpened(
  db: Queryable,
  reading: Reading,
  selection: Selection,
  page: { limit: number; offset: number },
): Promise<{ rows: FigureRow[]; groups: OpenedGroup[] }> {
  const [opened] = await db.query<{ rows: FigureRow[]; groups: OpenedGroup[] }>(sql`
    with ${valuation(reading)}, ${rowClauses(reading)}, chosen as materialized (${chosen(reading, selection)}),
    page as (
      select row_number() over () as place, part, kind, id, source, external_id as "externalId", record_id as "recordId",
        order_id as "orderId", person_id as "personId", day, to_char(month, 'YYYY-MM') as month,
        to_char(activity, 'YYYY-MM') as activity, channel, cost_kind as "costKind", because, because_id as "becauseId",
        amount as "amountMinor"
      from (select * from chosen order by day, part, order_id, kind = 'order' desc, id, activity
        limit ${page.limit} offset ${page.offset}) sorted),
    groups as (
      select part, to_char(month, 'YYYY-MM') as month, channel, to_char(activity, 'YYYY-MM') as activity,
        sum(amount)::bigint as "amountMinor", count(*) filter (where kind in ('order', 'customer', 'cost')) as count,
        count(*) as rows
      from chosen group by part, chosen.month, channel, chosen.activity)
    select (select coalesce(jsonb_agg(to_jsonb(p) - 'place' order by place), '[]') from page p) as rows,
      (select coalesce(jsonb_agg(to_jsonb(g)), '[]') from groups g) as groups`)
  return opened ?? { rows: [], groups: [] }
}

/**
 * adjusted: each thing taken from an order. A refund's amount is what the order's refunds came to with it less what
 * they came to before, so that the rows of an order add up to its total in spite of rounding.
 * flows: an order net of tax, and what was taken from it.
 */
const rowClauses = ({ zone }: Reading): Sql =>
  joined([
    sql`running as (
      select s.*, sum(amount) over (partition by order_id, kind order by occurred_at, id) as so_far
      from settled s where amount is not null)`,
    sql`refunds_so_far as (
      select *, round((so_far - coalesce(round(tax_minor * least(so_far, gross_minor) / nullif(gross_minor, 0)), 0))
        * rate_minor)::bigint as total from running where kind = 'refund')`,
    sql`adjusted as (
      select id, source, external_id, record_id, kind, occurred_at, order_id,
        total - lag(total, 1, 0::bigint) over (partition by order_id order by occurred_at, id) as amount from refunds_so_far
      union all
      select id, source, external_id, record_id, kind, occurred_at, order_id, round(amount * rate_minor)::bigint
      from running where kind <> 'refund')`,
    sql`flows as (
      select 'order' as kind, id, source, external_id, record_id, id as order_id, person_id, day, day as order_day, month,
        untaxed as amount from valued
      union all
      select a.kind, a.id, a.source, a.external_id, a.record_id, v.id, v.person_id,
        (a.occurred_at at time zone ${zone}::text)::date, v.day, v.month, -a.amount
      from adjusted a join valued v on v.id = a.order_id)`,
  ])

const chosen = (reading: Reading, { parts, month, channel, activity }: Selection): Sql => sql`
  select * from (${joined(
    parts.map((part) => partRows[part](reading)),
    ' union all ',
  )}) r
    (part, kind, id, source, external_id, record_id, order_id, person_id, day, month, activity, channel, cost_kind,
      because, because_id, amount)
  where (${month}::date is null or r.month = ${month}::date) and (${channel}::text is null or r.channel = ${channel}::text)
    and (${activity}::date is null or r.part <> 'active' or r.activity = ${activity}::date)`

const nothing = sql`null, null, null::uuid`

const partRows: Record<Part, (reading: Reading) => Sql> = {
  gross: ({ from, to }) => sql`
    select 'gross', 'order', id, source, external_id, record_id, id, person_id, day, month, null::date, null, ${nothing}, gross
    from valued where day >= ${from}::date and day < ${to}::date`,
  net: ({ from, to }) => sql`
    select 'net', kind, id, source, external_id, record_id, order_id, person_id, day, month, null::date, null, ${nothing}, amount
    from flows where order_day >= ${from}::date and order_day < ${to}::date`,
  customer: () => customers('customer', sql`true`),
  'paid-customer': () => customers('paid-customer', sql`channel in (select channel from spent where is_ad)`),
  margin: () => sql`
    select 'margin', f.kind, f.id, f.source, f.external_id, f.record_id, f.order_id, f.person_id, f.day, a.month, f.month,
      a.channel, ${nothing}, f.amount from flows f join acquisitions a using (person_id)`,
  active: () => sql`
    select 'active', 'customer', v.id, v.source, v.external_id, v.record_id, v.id, a.person_id, v.day, a.month, v.month,
      a.channel, ${nothing}, 0::bigint
    from acquisitions a join (select distinct on (person_id, month) * from valued where net > 0
      order by person_id, month, ordered_at, id) v using (person_id)`,
  ads: () => costs('ads', sql`is_ad`),
  overhead: () => costs('overhead', sql`not is_ad`),
}

const customers = (part: Part, which: Sql): Sql => sql`
  select ${part}::text, 'customer', order_id, source, external_id, record_id, order_id, person_id, day, month, null::date,
    channel, null, because, because_id, 0::bigint from acquisitions where ${which}`

const costs = (part: Part, which: Sql): Sql => sql`
  select ${part}::text, 'cost', id, source, external_id, record_id, null::uuid, null::uuid, day, month, null::date, channel,
    kind, null, null::uuid, amount from spent where ${which}`
