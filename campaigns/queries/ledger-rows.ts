import type { Queryable, Tx } from '#kernel/db.ts'
import { parseId, type DeliveryId, type Hash, type IdentifierId, type PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { noteUntold } from './outbox.ts'

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

/**
 * The same as the mail that it was: where the row went on by another channel since, it is told with the address it was
 * mailed to. Null where it never was one.
 */
export async function selectMailedRow(db: Queryable, id: DeliveryId): Promise<LedgerRow | null> {
  const row = await selectLedgerRow(db, id)
  if (row === null || row.channel === 'email') return row
  const [mailed] = await db.query<{ identifierId: IdentifierId }>(sql`
    select from_identifier_id as "identifierId" from campaigns.detours
    where delivery_id = ${id} and from_channel = 'email' order by at desc limit 1`)
  return mailed ? { ...row, channel: 'email', identifierId: mailed.identifierId } : null
}

/**
 * By the id the provider gave it; for SMTP that is the Message-ID with its angle brackets, which names the row itself, also
 * where no answer to it came.
 */
export async function selectByProviderId(db: Queryable, providerId: string): Promise<LedgerRow | null> {
  const id = idInMessageId(providerId)
  const found = id
    ? sql`id = ${id} and coalesce(provider_id, ${providerId}) = ${providerId}`
    : sql`provider_key = ${providerId}`
  const rows = await db.query<LedgerRow>(sql`select ${columns} from campaigns.deliveries where ${found} limit 1`)
  return rows[0] ?? null
}

/** The row that a Message-ID of ours names. */
function idInMessageId(messageId: string): DeliveryId | null {
  const digits = /^<([0-9a-f]{32})@/.exec(messageId)?.[1]
  return parseId<'delivery'>(digits?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

/**
 * Moves a row forward by what the outside world says of it; never back, and a complaint is the last word. Word of
 * arrival settles what was `unknown`, or still `sending` here. Word of a channel that the row left since moves nothing.
 * @returns the state it was in, or null where it stays
 */
export async function advanceRow(
  tx: Tx,
  input: {
    row: Pick<LedgerRow, 'id' | 'channel'>
    state: 'delivered' | 'bounced' | 'complained' | 'failed'
    reason: string
    at: Date
  },
): Promise<string | null> {
  const { id, channel } = input.row
  const rows = await tx.query<{ was: string }>(sql`
    with before as (
      select id, state from campaigns.deliveries where id = ${id} and channel = ${channel}
        and (state in ('sending', 'sent', 'unknown')
          or (state = 'delivered' and ${input.state} in ('bounced', 'complained'))
          or (state in ('bounced', 'failed') and ${input.state} = 'complained'))
      for update),
    moved as (
      update campaigns.deliveries d set state = ${input.state}, reason = ${input.reason},
        sent_at = coalesce(d.sent_at, d.sending_at, ${input.at}), settled_at = coalesce(d.settled_at, ${input.at})
      from before b where d.id = b.id returning d.id, d.state),
    noted as (${noteUntold(sql`moved`)})
    select b.state as was from before b join moved m on m.id = b.id`)
  return rows[0]?.was ?? null
}
