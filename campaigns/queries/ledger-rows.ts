import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, Hash, IdentifierId, PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** A ledger row as the outside world refers to it. */
export type LedgerRow = {
  id: DeliveryId
  campaign: string
  personId: PersonId
  stepKey: string
  channel: string
  state: string
  releaseHash: Hash | null
  identifierId: IdentifierId
}

const columns = sql`id, campaign, person_id as "personId", step_key as "stepKey", channel, state,
  release_hash as "releaseHash", identifier_id as "identifierId"`

export async function selectLedgerRow(db: Queryable, id: DeliveryId): Promise<LedgerRow | null> {
  const rows = await db.query<LedgerRow>(sql`select ${columns} from campaigns.deliveries where id = ${id}`)
  return rows[0] ?? null
}

/** By the id the provider gave it; for SMTP that is the Message-ID with its angle brackets. */
export async function selectByProviderId(db: Queryable, providerId: string): Promise<LedgerRow | null> {
  const rows = await db.query<LedgerRow>(
    sql`select ${columns} from campaigns.deliveries where provider_id = ${providerId} limit 1`,
  )
  return rows[0] ?? null
}

/**
 * Moves a row forward by what the outside world says of it; never back, and a complaint is the last word. Word of
 * arrival settles what was `unknown`, or still `sending` here.
 */
export async function advanceRow(
  tx: Tx,
  input: { id: DeliveryId; state: 'delivered' | 'bounced' | 'complained' | 'failed'; reason: string; at: Date },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update campaigns.deliveries set state = ${input.state}, reason = ${input.reason},
      sent_at = coalesce(sent_at, sending_at, ${input.at}), settled_at = coalesce(settled_at, ${input.at})
    where id = ${input.id} and (state in ('sending', 'sent', 'unknown')
      or (state = 'delivered' and ${input.state} in ('bounced', 'complained'))
      or (state in ('bounced', 'failed') and ${input.state} = 'complained'))
    returning id`)
  return rows.length === 1
}
