import type { Tx } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

/** A message that left, or came back: what ingest is told of. One that failed once the provider had taken it has left, too. */
const told = sql`(state in ('sent', 'delivered', 'bounced', 'complained') or (state = 'failed' and sent_at is not null))`

/**
 * The end of a statement that moved ledger rows: notes those that ingest has to hear of. Whatever brings a row into such a
 * state ends so. Expects `id`, `state` and `sent_at`.
 * @param moved the name of the part of the statement that returns them
 */
export const noteUntold = (moved: Sql): Sql => sql`
  insert into campaigns.outbox (delivery_ids)
  select array_agg(id) from ${moved} where ${told} having count(*) > 0`

/** Takes rows that ingest has not heard of, by groups as they were noted; whoever asks next gets others. */
export async function takeUntold(tx: Tx, groups: number): Promise<DeliveryId[]> {
  const rows = await tx.query<{ ids: DeliveryId[] }>(sql`
    with chosen as (select seq from campaigns.outbox order by seq limit ${groups} for update skip locked)
    delete from campaigns.outbox o using chosen c where o.seq = c.seq returning o.delivery_ids as ids`)
  return [...new Set(rows.flatMap(({ ids }) => ids))]
}

/**
 * What ingest is told of ledger rows, as `recordEventsOf` takes it. Written so that each row is found by its id, whatever
 * is believed of how many rows left.
 */
export const saidOf = (ids: readonly DeliveryId[], eventIds: readonly string[]): Sql => sql`
  select g.event_id as id, 
    -- A message that changed its channel leaves by each once.
    concat_ws(':', g.id, nullif(d.channel, 'email'), case when d.sent_at is null then 'bounced' else 'sent' end) as external_id,
    case when d.sent_at is null then 'message_bounced' else 'message_sent' end as kind, d.identifier_id,
    coalesce(d.sent_at, d.settled_at) as occurred_at, d.channel, d.campaign as campaign_ref,
    jsonb_build_object('deliveryId', g.id, 'stepKey', d.step_key, 'releaseHash', d.release_hash) as properties
  from unnest(${[...ids]}::uuid[], ${[...eventIds]}::uuid[]) as g (id, event_id)
  cross join lateral (select * from campaigns.deliveries o where o.id = g.id limit 1) as d
  where ${told}`
