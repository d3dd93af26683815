import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { noteUntold } from './outbox.ts'

/** What the house knows of the reader of a message that is about to leave. */
export type Reader = {
  deliveryId: DeliveryId
  identifierId: IdentifierId
  /** When they last wrote to this number, and when Meta last said that no conversation was open. */
  wroteAt: Date | null
  closedAt: Date | null
  restUntil: Date | null
  restWhy: string | null
  /** When this number last wrote to them. */
  lastAt: Date | null
}

/** The readers of messages. Whoever wrote before `since` has no open conversation. */
export const selectReaders = (
  db: Queryable,
  input: { ids: readonly DeliveryId[]; number: string; since: Date },
): Promise<Reader[]> =>
  db.query<Reader>(sql`
    select d.id as "deliveryId", d.identifier_id as "identifierId", r.closed_at as "closedAt",
      r.rest_until as "restUntil", r.rest_why as "restWhy",
      (select max(e.occurred_at) from ingest.events e where e.identifier_id = d.identifier_id
        and e.occurred_at > ${input.since} and e.source = 'whatsapp' and e.kind = 'message_received'
        and e.properties ->> 'ownNumberId' = ${input.number}) as "wroteAt",
      (select max(p.placed_at) from campaigns.whatsapp_places p where p.identifier_id = d.identifier_id
        and p.number_id = ${input.number} and p.placed_at > ${input.since} and p.delivery_id <> d.id) as "lastAt"
    from campaigns.deliveries d left join campaigns.whatsapp_readers r on r.identifier_id = d.identifier_id
    where d.id = any(${[...input.ids]}::uuid[])`)

export type Place = { deliveryId: DeliveryId; identifierId: IdentifierId; opens: boolean }

/** Takes places before messages leave; one that is tried again keeps the one it has. */
export async function takePlaces(db: Queryable, number: string, places: readonly Place[], at: Date): Promise<void> {
  await db.query(sql`
    insert into campaigns.whatsapp_places (delivery_id, identifier_id, number_id, opens, placed_at)
    select "deliveryId", "identifierId", ${number}, opens, ${at}
    from jsonb_to_recordset(${json(places)}::jsonb) as p ("deliveryId" uuid, "identifierId" uuid, opens boolean)
    on conflict (delivery_id) do update set placed_at = excluded.placed_at, opens = excluded.opens,
      number_id = excluded.number_id`)
}

/** Gives back the places of messages that certainly did not leave. */
export async function giveUpPlaces(db: Queryable, ids: readonly DeliveryId[]): Promise<void> {
  await db.query(sql`delete from campaigns.whatsapp_places where delivery_id = any(${[...ids]}::uuid[])`)
}

/** What Meta said of readers: to rest until, or that no conversation is open. */
export async function upsertReaders(
  db: Queryable,
  readers: readonly { identifierId: IdentifierId; restUntil: Date | null; restWhy: string | null; closedAt: Date | null }[], // prettier-ignore
): Promise<void> {
  await db.query(sql`
    insert into campaigns.whatsapp_readers as k (identifier_id, rest_until, rest_why, closed_at)
    select distinct on ("identifierId") "identifierId", "restUntil", "restWhy", "closedAt"
    from jsonb_to_recordset(${json(readers)}::jsonb)
      as r ("identifierId" uuid, "restUntil" timestamptz, "restWhy" text, "closedAt" timestamptz)
    on conflict (identifier_id) do update set rest_until = coalesce(excluded.rest_until, k.rest_until),
      rest_why = coalesce(excluded.rest_why, k.rest_why), closed_at = coalesce(excluded.closed_at, k.closed_at)`)
}

export type Furthest = 'sent' | 'failed' | 'delivered' | 'read'
const order = sql`array['sent', 'failed', 'delivered', 'read']`

/** Keeps what Meta tells of a message, and says whether it is further than what it told before. */
export async function noteTold(
  tx: Tx,
  told: {
    id: string
    deliveryId: DeliveryId | null
    furthest: Furthest
    at: Date
    category: string | null
    billable: boolean | null
    errorCode: number | null
  },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into campaigns.whatsapp_messages as k (id, delivery_id, furthest, told_at, category, billable, error_code)
    values (${told.id}, ${told.deliveryId}, ${told.furthest}, ${told.at}, ${told.category}, ${told.billable}, ${told.errorCode})
    on conflict (id) do update set furthest = excluded.furthest, told_at = excluded.told_at,
      delivery_id = coalesce(k.delivery_id, excluded.delivery_id), category = coalesce(excluded.category, k.category),
      billable = coalesce(excluded.billable, k.billable), error_code = coalesce(excluded.error_code, k.error_code)
    where array_position(${order}, excluded.furthest) > array_position(${order}, k.furthest)
    returning id`)
  return rows.length === 1
}

/** Meta took it: what nobody knew of is sent, and what is on its way here has its name there. */
export async function settleAsSent(
  tx: Tx,
  input: { deliveryId: DeliveryId; providerId: string; at: Date },
): Promise<void> {
  await tx.query(sql`
    with moved as (
      update campaigns.deliveries set state = 'sent', reason = null, provider_id = ${input.providerId},
        sent_at = coalesce(sent_at, sending_at, ${input.at}), settled_at = coalesce(settled_at, ${input.at})
      where id = ${input.deliveryId} and channel = 'whatsapp' and state in ('sending', 'unknown') returning id, state, sent_at)
    ${noteUntold(sql`moved`)}`)
}

/** Messages since an instant by what they cost: Meta's category, whether it is charged, and how far they came. */
export const selectPaidFor = (
  db: Queryable,
  since: Date,
): Promise<
  { category: string; billable: boolean; messages: number; delivered: number; read: number; failed: number }[]
> =>
  db.query(sql`
    select coalesce(category, 'not told') as category, coalesce(billable, false) as billable, count(*)::int as messages,
      count(*) filter (where furthest in ('delivered', 'read'))::int as delivered,
      count(*) filter (where furthest = 'read')::int as read, count(*) filter (where furthest = 'failed')::int as failed
    from campaigns.whatsapp_messages where told_at > ${since} and delivery_id is not null
    group by 1, 2 order by 1, 2`)

/** Why messages failed since an instant, by Meta's code. */
export const selectFailures = (db: Queryable, since: Date): Promise<{ code: number; messages: number }[]> =>
  db.query(sql`select error_code as code, count(*)::int as messages from campaigns.whatsapp_messages
    where told_at > ${since} and furthest = 'failed' and error_code is not null and delivery_id is not null
    group by 1 order by 2 desc, 1`)
