import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { ClaimId } from './claims.ts'
import { returned, type Returned } from './deliveries.ts'

// What is done about claims whose worker is gone.

/** They are found first, and their rows by them: a join would, for want of statistics, look through all rows that were ever claimed. */
const expired = (at: Date): Sql => sql`any(array(select id from campaigns.claims where expires_at <= ${at}))`

/** Gives back everything that workers whose lease expired took and did not begin. */
export const returnExpired = (tx: Tx, at: Date): Promise<Returned[]> =>
  tx.query<Returned>(sql`
    with before as (
      select id, campaign, cap_day from campaigns.deliveries
      where claim_id = ${expired(at)} and state = 'claimed' for update skip locked),
    back as (
      update campaigns.deliveries d set state = 'planned', claim_id = null, cap_day = null, stops = d.stops + 1
      from before b where d.id = b.id)
    select ${returned}`)

/**
 * What was `sending` when its worker's lease expired and cannot be sent again safely becomes `unknown`: its channel
 * does not promise once, or the provider has forgotten the key, or it was tried often enough. Returns how many.
 * @param input.again the senders that promise once, and since when each surely remembers its keys
 */
export async function loseExpired(
  tx: Tx,
  input: { at: Date; again: readonly { name: string; since: Date }[]; attemptLimit: number },
): Promise<number> {
  const rows = await tx.query(sql`
    update campaigns.deliveries d set state = 'unknown', settled_at = ${input.at},
      reason = 'the worker stopped between the first byte and the answer'
    where d.claim_id = ${expired(input.at)} and d.state = 'sending'
      and not (d.attempts < ${input.attemptLimit} and exists (
        select from unnest(${input.again.map(({ name }) => name)}::text[],
          ${input.again.map(({ since }) => since)}::timestamptz[]) as a (name, since)
        where a.name = d.sender and d.sending_at > a.since))
    returning d.id`)
  return rows.length
}

/** Marks a batch nobody may send again: its approval is gone, or somebody in it may no longer be written to. */
export async function loseBatch(tx: Tx, claimId: ClaimId, batchKey: string, at: Date, reason: string): Promise<number> {
  const rows = await tx.query(sql`
    update campaigns.deliveries set state = 'unknown', settled_at = ${at}, reason = ${reason}
    where claim_id = ${claimId} and batch_key = ${batchKey} and state = 'sending' returning id`)
  return rows.length
}

/** Takes over one expired claim that has unanswered batches; the lease keeps others away from it. */
export async function takeOverClaim(
  tx: Tx,
  input: { at: Date; expiresAt: Date; worker: string; senders: readonly string[] },
): Promise<{ id: ClaimId; releaseHash: Hash; batchKeys: string[] } | null> {
  const rows = await tx.query<{ id: ClaimId; releaseHash: Hash; batchKeys: string[] }>(sql`
    with expired as (
      select c.id from campaigns.claims c where c.expires_at <= ${input.at} and exists (
        select from campaigns.deliveries d where d.claim_id = c.id and d.state = 'sending'
          and d.sender = any(${[...input.senders]}::text[]))
      order by c.expires_at limit 1 for update of c skip locked)
    update campaigns.claims c set expires_at = ${input.expiresAt}, worker = ${input.worker} from expired
    where c.id = expired.id
    returning c.id, c.release_hash as "releaseHash", (
      select array_agg(distinct d.batch_key order by d.batch_key) from campaigns.deliveries d
      where d.claim_id = c.id and d.state = 'sending') as "batchKeys"`)
  return rows[0] ?? null
}

/** Closes expired claims that have nothing open. */
export async function closeExpired(tx: Queryable, at: Date): Promise<void> {
  await tx.query(sql`update campaigns.claims c set expires_at = null, closed_at = ${at} where c.expires_at <= ${at} and not exists (
    select from campaigns.deliveries d where d.claim_id = c.id and d.state in ('claimed', 'sending'))`)
}
