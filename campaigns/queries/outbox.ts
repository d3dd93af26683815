import type { Tx } from '#kernel/db.ts'
import type { DeliveryId, Hash, IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type Unannounced = {
  id: DeliveryId
  campaign: string
  stepKey: string
  channel: string
  releaseHash: Hash | null
  identifierId: IdentifierId
  state: string
  reason: string | null
  sentAt: Date | null
  settledAt: Date
}

/** Takes rows that left and that ingest has not heard of, and marks them as told in the same transaction. */
export const takeUnannounced = (tx: Tx, at: Date, limit: number): Promise<Unannounced[]> =>
  tx.query<Unannounced>(sql`
    with chosen as (
      select id from campaigns.deliveries
      where announced_at is null and state in ('sent', 'delivered', 'bounced', 'complained')
      order by settled_at limit ${limit} for update skip locked)
    update campaigns.deliveries d set announced_at = ${at} from chosen where d.id = chosen.id
    returning d.id, d.campaign, d.step_key as "stepKey", d.channel, d.release_hash as "releaseHash",
      d.identifier_id as "identifierId", d.state, d.reason, d.sent_at as "sentAt", d.settled_at as "settledAt"`)
