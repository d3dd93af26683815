import type { Tx } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { NewSuppression } from '../consent.ts'

/** Somebody's wish to get less, of which their withdrawn consent tells too: what they asked for still goes to them. */
const wish = 'unsubscribed'
/** Word against us: what a person asked for may not be sent to them either. */
const strongReasons: readonly string[] = ['complained', 'blocked']

/** A wish gives way to anything else, an address that is bad to word against us. */
const strengthOf = (reason: Sql): Sql =>
  sql`case when ${reason} = any(${[...strongReasons]}::text[]) then 2 when ${reason} = ${wish} then 0 else 1 end`

/** Returns how many addresses became suppressed by this, or for a stronger reason. */
export async function upsertSuppressions(tx: Tx, rows: readonly NewSuppression[]): Promise<number> {
  const written = await tx.query(sql`
    insert into ingest.suppressions as held (identifier_id, channel, reason, occurred_at, record_id)
    select "identifierId", channel, reason, "occurredAt", "recordId"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r ("identifierId" uuid, channel text, reason text,
      "occurredAt" timestamptz, "recordId" uuid)
    on conflict (identifier_id, channel) do update set reason = excluded.reason, occurred_at = excluded.occurred_at,
      record_id = excluded.record_id, lifted_at = null
    where held.lifted_at < excluded.occurred_at
      or (held.lifted_at is null and ${strengthOf(sql`excluded.reason`)} > ${strengthOf(sql`held.reason`)})
    returning identifier_id`)
  return written.length
}

/** True when the address was suppressed until now. */
export async function liftRow(tx: Tx, identifier: IdentifierId, channel: string, at: Date): Promise<boolean> {
  const rows = await tx.query(sql`update ingest.suppressions set lifted_at = ${at}
    where identifier_id = ${identifier} and channel = ${channel} and lifted_at is null returning identifier_id`)
  return rows.length === 1
}
