import type { Queryable, Tx } from '#kernel/db.ts'
import type { Id, IdentifierId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { RecoveryStep } from '../deliverability/recovery.ts'
import type { Sending } from './deliverability-reach.ts'

export type RecoveryId = Id<'recovery'>
export type StepDone = { step: RecoveryStep | 'stopped'; at: Date | string; by: string; evidence: string }

export type RecoveryRow = Sending & {
  id: RecoveryId
  step: RecoveryStep
  baseline: number
  percent: number
  cleanDays: number
  onDay: string
  steps: StepDone[]
  begunAt: Date
  begunBy: string
  endedAt: Date | null
}

const columns = sql`id, domain, channel, step, baseline, percent, clean_days as "cleanDays", on_day as "onDay", steps,
  begun_at as "begunAt", begun_by as "begunBy", ended_at as "endedAt"`

/** False where the domain has an open one. */
export async function insertRecovery(tx: Tx, row: RecoveryRow): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into campaigns.recoveries (id, domain, channel, step, baseline, percent, clean_days, on_day, steps, begun_at, begun_by)
    values (${row.id}, ${row.domain}, ${row.channel}, ${row.step}, ${row.baseline}, ${row.percent}, ${row.cleanDays},
      ${row.onDay}, ${json(row.steps)}, ${row.begunAt}, ${row.begunBy})
    on conflict (domain, channel) where ended_at is null do nothing returning id`)
  return rows.length === 1
}

/** An open recovery, by its id or its domain. */
export async function selectRecovery(db: Queryable, of: { id: RecoveryId } | Sending): Promise<RecoveryRow | null> {
  const which = 'id' in of ? sql`id = ${of.id}` : sql`domain = ${of.domain} and channel = ${of.channel}`
  const rows = await db.query<RecoveryRow>(
    sql`select ${columns} from campaigns.recoveries where ended_at is null and ${which}`,
  )
  return rows[0] ?? null
}

export async function lockRecovery(tx: Tx, id: RecoveryId): Promise<RecoveryRow | null> {
  const rows = await tx.query<RecoveryRow>(
    sql`select ${columns} from campaigns.recoveries where ended_at is null and id = ${id} for update`,
  )
  return rows[0] ?? null
}

export async function updateRecovery(tx: Queryable, row: RecoveryRow): Promise<void> {
  await tx.query(sql`
    update campaigns.recoveries set step = ${row.step}, percent = ${row.percent}, clean_days = ${row.cleanDays},
      on_day = ${row.onDay}, steps = ${json(row.steps)}, ended_at = ${row.endedAt} where id = ${row.id}`)
}

/** How many messages left on the last day of the past 60 that was healthy: bounces up to 2 %, complaints below 0.08 %. */
export async function selectHealthyDay(db: Queryable, channel: string, at: Date): Promise<number> {
  const rows = await db.query<{ sent: number }>(sql`
    select count(*) filter (where kind = 'message_sent') as sent from ingest.events
    where source = 'millrace' and channel = ${channel} and kind in ('message_sent', 'message_bounced', 'message_complained')
      and occurred_at > ${at}::timestamptz - interval '60 days' and occurred_at <= ${at}
    group by date_trunc('day', occurred_at at time zone 'UTC')
    having count(*) filter (where kind = 'message_sent') > 0
      and count(*) filter (where kind = 'message_bounced') * 50 <= count(*) filter (where kind = 'message_sent')
      and count(*) filter (where kind = 'message_complained') * 1250 < count(*) filter (where kind = 'message_sent')
    order by date_trunc('day', occurred_at at time zone 'UTC') desc limit 1`)
  return rows[0]?.sent ?? 0
}

/**
 * Addresses whose messages could be followed, the first of them long ago, and that did nothing since: no open, click or
 * answer by hand, and no order. Whoever may not be followed says nothing by their silence, and is left alone.
 */
export async function lockUnengaged(tx: Queryable, channel: string, before: Date): Promise<IdentifierId[]> {
  const rows = await tx.query<{ id: IdentifierId }>(sql`
    select d.identifier_id as id from campaigns.deliveries d
    where d.channel = ${channel} and d.tracked and d.sent_at is not null
      and not exists (select from ingest.suppressions s
        where s.identifier_id = d.identifier_id and s.channel = ${channel} and s.lifted_at is null)
      and not exists (select from ingest.events e where e.identifier_id = d.identifier_id and e.occurred_at > ${before}
        and e.kind in ('message_opened', 'message_clicked', 'message_replied') and e.properties ->> 'machine' is null)
      and not exists (select from ingest.people p join ingest.people other on other.person_id = p.person_id
        join ingest.orders o on o.identifier_id = other.identifier_id
        where p.identifier_id = d.identifier_id and o.ordered_at > ${before})
    group by d.identifier_id having min(d.sent_at) < ${before} order by 1`)
  return rows.map(({ id }) => id)
}
