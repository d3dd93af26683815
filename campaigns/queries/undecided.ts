import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, PersonId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { noteUntold } from './outbox.ts'

/** States in which a message waits for a person's word. */
export type UndecidedState = 'held' | 'unknown'

export type UndecidedRow = {
  id: DeliveryId
  personId: PersonId
  address: string
  stepKey: string
  channel: string
  reason: string
  settledAt: Date
}

/** Of which messages of a campaign: one, all of a reason, or all. */
export type WhichOf = { campaign: string; state: UndecidedState; id?: DeliveryId; reason?: string | null }

/** Nobody said to leave it as it is since it came to be so. Expects `d`. */
const waits = (which: WhichOf): Sql => sql`d.campaign = ${which.campaign} and d.undecided and d.state = ${which.state}
  and (${which.id ?? null}::uuid is null or d.id = ${which.id ?? null})
  and (${which.reason ?? null}::text is null or coalesce(d.reason, '') = ${which.reason ?? null})
  and not exists (select from campaigns.delivery_words w
    where w.delivery_id = d.id and w.word = 'leave' and w.said_at >= d.settled_at)`

export const countUndecided = (db: Queryable, which: WhichOf): Promise<{ reason: string; count: number }[]> =>
  db.query(sql`select coalesce(d.reason, '') as reason, count(*) as count from campaigns.deliveries d
    where ${waits(which)} group by 1 order by 2 desc, 1`)

/** Those waiting longest first. */
export const selectUndecided = (
  db: Queryable,
  which: WhichOf & { limit: number; offset: number },
): Promise<UndecidedRow[]> =>
  db.query<UndecidedRow>(sql`
    select d.id, coalesce(p.person_id, d.person_id) as "personId", i.value as address, d.step_key as "stepKey", d.channel,
      coalesce(d.reason, '') as reason, d.settled_at as "settledAt"
    from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id
    left join ingest.people p on p.identifier_id = d.identifier_id
    where ${waits(which)} order by d.settled_at, d.id limit ${which.limit} offset ${which.offset}`)

/** The same to be changed: nobody else moves them until the commit. */
export async function lockUndecided(tx: Tx, which: WhichOf & { limit: number }): Promise<DeliveryId[]> {
  const rows = await tx.query<{ id: DeliveryId }>(sql`
    select d.id from campaigns.deliveries d where ${waits(which)}
    order by d.settled_at, d.id limit ${which.limit} for update of d`)
  return rows.map(({ id }) => id)
}

/**
 * What became unknown by claims since then, has been so until now, and was never sent again. Found by the claims, of which
 * the ledger has an index: it has none on what is unknown.
 */
export async function lockUnknownSince(
  tx: Tx,
  input: { campaign: string; claimedSince: Date; unknownBefore: Date; limit: number },
): Promise<DeliveryId[]> {
  const rows = await tx.query<{ id: DeliveryId }>(sql`
    select d.id from campaigns.claims c join campaigns.deliveries d on d.claim_id = c.id
    where c.claimed_at > ${input.claimedSince} and c.campaign = ${input.campaign} and d.state = 'unknown'
      and d.settled_at <= ${input.unknownBefore}
      and not exists (select from campaigns.delivery_words w where w.delivery_id = d.id)
    order by d.id limit ${input.limit} for update of d`)
  return rows.map(({ id }) => id)
}

/** Puts them back into the plan. What may have left counts as a try, so that late word of it still settles the message. */
export async function planUndecided(
  tx: Tx,
  input: { ids: readonly DeliveryId[]; at: Date; reason: string },
): Promise<void> {
  await tx.query(sql`
    update campaigns.deliveries set state = 'planned', reason = ${input.reason}, due_at = ${input.at},
      attempts = attempts + case when state = 'unknown' then 1 else 0 end, stops = 0, claim_id = null, cap_day = null,
      sender = null, batch_key = null, provider_id = null, sending_at = null, settled_at = null
    where id = any(${[...input.ids]}::uuid[]) and state in ('held', 'unknown')`)
}

/** Takes a person's word that messages of which nobody knew arrived. */
export async function settleArrived(
  tx: Tx,
  input: { ids: readonly DeliveryId[]; at: Date; reason: string },
): Promise<void> {
  await tx.query(sql`
    with moved as (
      update campaigns.deliveries set state = 'delivered', reason = ${input.reason},
        sent_at = coalesce(sent_at, sending_at, ${input.at})
      where id = any(${[...input.ids]}::uuid[]) and state = 'unknown' returning id, state, sent_at)
    ${noteUntold(sql`moved`)}`)
}

/** Of planned messages those whose time ran out: they will end as expired. */
export async function countTooLate(db: Queryable, ids: readonly DeliveryId[], plannedBefore: Date): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`select count(*) as count from campaigns.deliveries
    where id = any(${[...ids]}::uuid[]) and planned_for < ${plannedBefore}`)
  return row?.count ?? 0
}

export type DeliveryWord = 'plan-again' | 'leave' | 'arrived' | 'send-again'

/** What was said of a message that waited for a person's word. */
export type WordOn = { deliveryId: DeliveryId; word: DeliveryWord; why: string; saidAt: Date }

export const selectWordsOn = (db: Queryable, ids: readonly DeliveryId[]): Promise<WordOn[]> =>
  db.query<WordOn>(sql`
    select delivery_id as "deliveryId", word, why, said_at as "saidAt" from campaigns.delivery_words
    where delivery_id = any(${[...ids]}::uuid[]) order by said_at, id`)

export async function insertWords(
  tx: Tx,
  input: {
    rows: readonly { id: string; deliveryId: DeliveryId }[]
    word: DeliveryWord
    why: string
    by: string
    at: Date
  },
): Promise<void> {
  const { rows, word, why, by, at } = input
  await tx.query(sql`insert into campaigns.delivery_words (id, delivery_id, word, why, said_by, said_at)
    select r.id, r.delivery_id, ${word}, ${why}, ${by}, ${at}
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ deliveryId }) => deliveryId)}::uuid[]) as r (id, delivery_id)`)
}
