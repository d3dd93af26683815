import type { Queryable, Tx } from '#kernel/db.ts'
import { parseId, type DeliveryId, type Hash, type IdentifierId, type PersonId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { noteUntold } from './outbox.ts'

/**
 * A ledger row as the outside world refers to it: the message that it is, or was by a channel before it took a detour.
 * `providerId`: what its provider calls it; null while nobody knows.
 */
export type LedgerRow = {
  id: DeliveryId
  campaign: string
  personId: PersonId
  stepKey: string
  channel: string
  state: string
  releaseHash: Hash | null
  identifierId: IdentifierId
  providerId: string | null
}

const columns = sql`d.id, d.campaign, d.person_id as "personId", d.step_key as "stepKey", d.channel, d.state,
  d.release_hash as "releaseHash", d.identifier_id as "identifierId",
  case when d.state not in ('planned', 'claimed', 'sending') then d.provider_id end as "providerId"`

export async function selectLedgerRow(db: Queryable, id: DeliveryId): Promise<LedgerRow | null> {
  const rows = await db.query<LedgerRow>(sql`select ${columns} from campaigns.deliveries d where d.id = ${id}`)
  return rows[0] ?? null
}

/**
 * The one message that is meant, by what a row is now or was before a detour. A row goes by each channel at most once.
 * @param which.now a condition on `d`, the row; `before` one on `f`, the detour
 */
async function selectOneWay(db: Queryable, which: { now: Sql; before: Sql }): Promise<LedgerRow | null> {
  const rows = await db.query<LedgerRow>(sql`
    select ${columns} from campaigns.deliveries d where ${which.now}
    union all
    select d.id, d.campaign, d.person_id, d.step_key, f.from_channel, f.from_state,
      coalesce(f.from_release_hash, d.release_hash), f.from_identifier_id, f.from_provider_id
    from campaigns.detours f join campaigns.deliveries d on d.id = f.delivery_id where ${which.before} limit 1`)
  return rows[0] ?? null
}

/** The row as the message that it is or was by a channel; null where it never went by it. */
export const selectWay = (db: Queryable, id: DeliveryId, channel: string): Promise<LedgerRow | null> =>
  selectOneWay(db, {
    now: sql`d.id = ${id} and d.channel = ${channel}`,
    before: sql`f.delivery_id = ${id} and f.from_channel = ${channel}`,
  })

/** Whether messages of a sender stand between their first byte and what became of them. */
export async function isOnItsWay(db: Queryable, sender: string): Promise<boolean> {
  const rows = await db.query(sql`select from campaigns.claims c join campaigns.deliveries d on d.claim_id = c.id
    where c.expires_at is not null and d.state = 'sending' and d.sender = ${sender} limit 1`)
  return rows.length > 0
}

/**
 * By the id the provider gave it; for SMTP that is the Message-ID with its angle brackets, which names the row itself, also
 * where no answer to it came.
 * @param by whose word it is, where several providers may use one id
 */
export function selectByProviderId(
  db: Queryable,
  providerId: string,
  by: { channel?: string | undefined; sender?: string | undefined } = {},
): Promise<LedgerRow | null> {
  const id = idInMessageId(providerId)
  if (id === null)
    return selectOneWay(db, {
      now: sql`d.provider_key = ${providerId} and d.channel = coalesce(${by.channel ?? null}, d.channel)
        and d.sender = coalesce(${by.sender ?? null}, d.sender)`,
      before: sql`f.from_provider_id = ${providerId} and f.from_channel = coalesce(${by.channel ?? null}, f.from_channel)`,
    })
  return selectOneWay(db, {
    now: sql`d.id = ${id} and d.channel = 'email' and coalesce(d.provider_id, ${providerId}) = ${providerId}`,
    before: sql`f.delivery_id = ${id} and f.from_channel = 'email'
      and coalesce(f.from_provider_id, ${providerId}) = ${providerId}`,
  })
}

/** The message that somebody got last by a channel; null where they got none. */
export async function selectLastOf(
  db: Queryable,
  identifierId: IdentifierId,
  channel: string,
): Promise<LedgerRow | null> {
  const rows = await db.query<LedgerRow>(sql`
    select ${columns} from campaigns.deliveries d
    where d.identifier_id = ${identifierId} and d.channel = ${channel} and d.sent_at is not null
    order by d.sent_at desc, d.id desc limit 1`)
  return rows[0] ?? null
}

/** The row that a Message-ID of ours names. */
function idInMessageId(messageId: string): DeliveryId | null {
  const digits = /^<([0-9a-f]{32})@/.exec(messageId)?.[1]
  return parseId<'delivery'>(digits?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

/** From which states a row moves to which by what the world says: each is stronger word than those before it. */
const strength: readonly string[] = ['failed', 'delivered', 'bounced', 'complained']

/**
 * Moves a row forward by what the outside world says of it; never back: in whatever order word comes, the strongest stays.
 * Word of arrival settles what was `unknown`, or still `sending` here, and what waits for another try. Word of a channel
 * that the row left since moves nothing.
 * @returns the state it was in, and when it left; null where it stays
 */
export async function advanceRow(
  tx: Tx,
  input: {
    row: Pick<LedgerRow, 'id' | 'channel'>
    state: 'delivered' | 'bounced' | 'complained' | 'failed'
    reason: string
    at: Date
  },
): Promise<{ was: string; sentAt: Date } | null> {
  const { id, channel } = input.row
  const weaker = strength.slice(0, strength.indexOf(input.state))
  const rows = await tx.query<{ was: string; sentAt: Date }>(sql`
    with before as (
      select id, state from campaigns.deliveries d where id = ${id} and channel = ${channel}
        and (state in ('sending', 'sent', 'unknown') or state = any(${weaker}::text[])
          or (put_off and ${input.state} = 'delivered'))
        and (taken or not exists (select from campaigns.deliveries o where o.campaign = d.campaign
          and o.step_key = d.step_key and o.occurrence = d.occurrence and o.identifier_id = d.identifier_id and o.taken))
      for update),
    moved as (
      update campaigns.deliveries d set state = ${input.state}, reason = ${input.reason},
        sent_at = coalesce(d.sent_at, d.sending_at, ${input.at}), settled_at = coalesce(d.settled_at, ${input.at})
      from before b where d.id = b.id returning d.id, d.state, d.sent_at),
    noted as (${noteUntold(sql`moved`)})
    select b.state as was, m.sent_at as "sentAt" from before b join moved m on m.id = b.id`)
  return rows[0] ?? null
}

/**
 * Ends a message that is still to go by another channel: its reader shut the one that it went by before.
 * @returns the place under the day's cap that it had taken, where a worker holds it already
 */
export function endDetour(
  tx: Tx,
  { row, reason, at }: { row: LedgerRow; reason: string; at: Date },
): Promise<{ campaign: string; capDay: string | null }[]> {
  return tx.query(sql`
    with before as (
      select id, campaign, cap_day from campaigns.deliveries
      where id = ${row.id} and channel <> ${row.channel} and state in ('planned', 'claimed') for update)
    update campaigns.deliveries d set state = 'suppressed', reason = ${reason}, settled_at = ${at}, cap_day = null
    from before b where d.id = b.id returning b.campaign, b.cap_day as "capDay"`)
}
