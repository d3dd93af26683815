import { instants, texts, uuids } from '#kernel/columns.ts'
import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId, PersonId, RecordId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { ClaimId } from './claims.ts'
import { noteUntold } from './outbox.ts'

/** A ledger row on its way out. */
export type OutgoingRow = {
  id: DeliveryId
  personId: PersonId
  identifierId: IdentifierId
  address: string
  stepKey: string
  occurrence: number
  attempts: number
  tracked: boolean
}

/** What one source says of a person. */
export type SaidOf = {
  saidBy: IdentifierId
  source: string
  recordId: RecordId
  createdAt: Date | null
  updatedAt: Date
  givenName: string | null
  familyName: string | null
  city: string | null
  country: string | null
  language: string | null
}

/** What is read of each of the sources: expects the profile as `r`. */
export const said = sql`r.identifier_id as "saidBy", r.source, r.record_id as "recordId", r.created_at as "createdAt", r.updated_at as "updatedAt",
  r.given_name as "givenName", r.family_name as "familyName", r.city, r.country, r.language`

/** A row on its way out with what one source says of who its person is now, or with nothing. */
export type OutgoingSaid = OutgoingRow & (SaidOf | { [Field in keyof SaidOf]: null })

/** Rows in the order they leave in: one for each source, the newest first. Written so that each is found by its id. */
const outgoing = (which: Sql) => sql`
  select d.id, d.person_id as "personId", d.identifier_id as "identifierId",
    (select i.value from ingest.identifiers i where i.id = d.identifier_id) as address, d.step_key as "stepKey",
    d.occurrence, d.attempts, d.tracked, ${said}
  from campaigns.deliveries d left join lateral (
    select r.* from ingest.people p join ingest.profiles r on r.identifier_id = p.identifier_id
    where p.person_id = coalesce(
      (select o.person_id from ingest.people o where o.person_id = d.person_id limit 1),
      (select o.person_id from ingest.people o where o.identifier_id = d.identifier_id))
    offset 0) r on true
  where ${which} order by d.id, r.updated_at desc, r.identifier_id`

/** Those of these rows that are still the claim's, in the order they leave in. */
export const selectClaimed = (db: Queryable, claimId: ClaimId, ids: readonly DeliveryId[]): Promise<OutgoingSaid[]> =>
  db.query<OutgoingSaid>(outgoing(sql`d.id = any(${uuids(ids)}::uuid[]) and ${stillOf(claimId, ['claimed'])}`))

/** Every row that left, or may have left, under a batch key: the same rows in the same order as the first time. */
export const selectBatch = (db: Queryable, claimId: ClaimId, batchKey: string): Promise<OutgoingSaid[]> =>
  db.query<OutgoingSaid>(outgoing(sql`d.claim_id = ${claimId} and d.batch_key = ${batchKey}`))

/** A row about to leave; `blocked` is why it may no longer, or null. */
export type Starting = { id: DeliveryId; blocked: string | null }

/**
 * A row that is still the claim's, in one of these states. Written so that no index is taken for it: each row is found
 * by its id, and not among all that the claim took, or that are in the state.
 */
const stillOf = (claimId: ClaimId, states: readonly string[]) =>
  sql`(d.claim_id = ${claimId} and d.state = any(${[...states]}::text[])) is true`

/** Keeps a claim for longer: nobody else takes its rows until then. */
export async function prolongClaim(tx: Tx, claimId: ClaimId, expiresAt: Date): Promise<void> {
  await tx.query(sql`update campaigns.claims set expires_at = ${expiresAt} where id = ${claimId}`)
}

/**
 * The last step before the first byte: commits rows as `sending` under their batch key. A row that may no longer be
 * sent (`blocked` says why) is left out. Rows the claim lost are left alone.
 * @returns those that leave, and those that ended here, with why
 */
export async function startSending(
  tx: Tx,
  input: { claimId: ClaimId; rows: readonly Starting[]; batchKey: string; sender: string; at: Date },
): Promise<{ sending: DeliveryId[]; ended: { id: DeliveryId; why: string }[] }> {
  const rows = await tx.query<{ id: DeliveryId; why: string | null }>(sql`
    update campaigns.deliveries d set
      state = case when asked.reason is null then 'sending' else 'suppressed' end,
      reason = asked.reason,
      batch_key = case when asked.reason is null then ${input.batchKey} end,
      sender = case when asked.reason is null then ${input.sender} end,
      sending_at = case when asked.reason is null then ${input.at}::timestamptz end,
      settled_at = case when asked.reason is not null then ${input.at}::timestamptz end
    from unnest(${uuids(input.rows.map((row) => row.id))}::uuid[], ${texts(input.rows.map((row) => row.blocked))}::text[]) as asked (id, reason)
    where d.id = asked.id and ${stillOf(input.claimId, ['claimed'])}
    returning d.id, d.reason as why`)
  return {
    sending: rows.filter(({ why }) => why === null).map(({ id }) => id),
    ended: rows.flatMap(({ id, why }) => (why === null ? [] : [{ id, why }])),
  }
}

/**
 * What became of a row that was to be sent. `planned` is another try at `dueAt`; `tried`: this one counts; `deferred`: the other
 * side put this message off.
 */
export type Result = {
  id: DeliveryId
  state: 'sent' | 'planned' | 'bounced' | 'failed' | 'unknown'
  reason: string | null
  providerId: string | null
  dueAt: Date | null
  tried: boolean
  deferred: boolean
}

/**
 * Records results that end a row, in one statement, and returns those that did not leave. A late word beats `unknown`:
 * the worker that sent is the one that knows.
 */
export const recordEnds = (
  tx: Tx,
  input: { claimId: ClaimId; at: Date; results: readonly Result[] },
): Promise<{ id: DeliveryId; identifierId: IdentifierId; channel: string; state: 'bounced' | 'failed' }[]> =>
  tx.query(sql`
    with written as (
      update campaigns.deliveries d set state = r.state, reason = r.reason, provider_id = r.provider_id,
        attempts = d.attempts + 1, settled_at = ${input.at},
        sent_at = case when r.state = 'sent' then ${input.at}::timestamptz end
      from unnest(${uuids(input.results.map((result) => result.id))}::uuid[],
        ${texts(input.results.map((result) => result.state))}::text[],
        ${texts(input.results.map((result) => result.reason))}::text[],
        ${texts(input.results.map((result) => result.providerId))}::text[]) as r (id, state, reason, provider_id)
      where d.id = r.id and ${stillOf(input.claimId, ['sending', 'unknown'])}
      returning d.id, d.identifier_id, d.channel, d.state, d.sent_at),
    noted as (${noteUntold(sql`written`)})
    select id, identifier_id as "identifierId", channel, state from written where state in ('bounced', 'failed')`)

/** Puts rows back in the plan for another try, and returns the place under the cap that each had used. */
export const recordRetries = (
  tx: Tx,
  input: { claimId: ClaimId; at: Date; results: readonly Result[] },
): Promise<{ campaign: string; capDay: string | null }[]> =>
  tx.query(sql`
    with given as (
      select r.id, r.reason, r.due_at, r.tried::integer as tries, r.deferred, d.campaign, d.cap_day
      from unnest(${uuids(input.results.map((result) => result.id))}::uuid[],
        ${texts(input.results.map((result) => result.reason))}::text[],
        ${instants(input.results.map((result) => result.dueAt))}::timestamptz[],
        ${input.results.map((result) => result.tried)}::boolean[],
        ${input.results.map((result) => result.deferred)}::boolean[]) as r (id, reason, due_at, tried, deferred)
      join campaigns.deliveries d on d.id = r.id and ${stillOf(input.claimId, ['sending', 'unknown'])}
      for update of d),
    back as (
      update campaigns.deliveries d set state = 'planned', reason = g.reason, due_at = g.due_at,
        attempts = d.attempts + g.tries, settled_at = null,
        deferred_at = case when g.deferred then ${input.at}::timestamptz else d.deferred_at end, claim_id = null, batch_key = null, sending_at = null, cap_day = null
      from given g where d.id = g.id)
    select campaign, cap_day as "capDay" from given`)

/** Ends claimed rows that cannot be rendered: a person has to look at them. Returns those that were the claim's still. */
export async function holdClaimed(
  tx: Tx,
  input: { claimId: ClaimId; at: Date; rows: readonly { id: DeliveryId; reason: string }[] },
): Promise<DeliveryId[]> {
  const rows = await tx.query<{ id: DeliveryId }>(sql`
    update campaigns.deliveries d set state = 'held', reason = r.reason, settled_at = ${input.at}
    from jsonb_to_recordset(${json(input.rows)}::jsonb) as r (id uuid, reason text)
    where d.id = r.id and d.claim_id = ${input.claimId} and d.state = 'claimed' returning d.id`)
  return rows.map(({ id }) => id)
}

/** Prolongs a claim whose unclear batch waits to be sent again under its key, and counts the try. */
export async function postponeBatch(
  tx: Tx,
  input: { claimId: ClaimId; ids: readonly DeliveryId[]; until: Date; reason: string },
): Promise<void> {
  await tx.query(sql`update campaigns.claims set expires_at = ${input.until} where id = ${input.claimId}`)
  await tx.query(sql`update campaigns.deliveries set attempts = attempts + 1, reason = ${input.reason}
    where id = any(${[...input.ids]}::uuid[]) and claim_id = ${input.claimId} and state = 'sending'`)
}

export type Returned = { campaign: string; capDay: string | null; count: number }
/** Expects `before`. */
export const returned = sql`campaign, cap_day as "capDay", count(*) as count from before where cap_day is not null group by 1, 2 order by 1, 2`

/** The places under the cap of rows that ended without leaving, which they do not keep. */
export const leavePlaces = (tx: Tx, ids: readonly DeliveryId[]): Promise<Returned[]> =>
  tx.query<Returned>(sql`
    with before as (
      select id, campaign, cap_day from campaigns.deliveries where id = any(${uuids(ids)}::uuid[]) for update),
    left_behind as (update campaigns.deliveries d set cap_day = null from before b where d.id = b.id)
    select ${returned}`)

/** Gives back what a claim took and did not begin; due at once, or when the channel may work again. */
export const returnClaimed = (
  tx: Tx,
  input: { claimId: ClaimId; dueAt: Date; reason: string | null },
): Promise<Returned[]> =>
  tx.query<Returned>(sql`
    with before as (
      select id, campaign, cap_day from campaigns.deliveries
      where claim_id = ${input.claimId} and state = 'claimed' for update),
    back as (
      update campaigns.deliveries d set state = 'planned', claim_id = null, cap_day = null, due_at = ${input.dueAt},
        reason = ${input.reason}
      from before b where d.id = b.id)
    select ${returned}`)

/** Closes a claim that has nothing open. */
export async function closeClaim(tx: Queryable, claimId: ClaimId, at: Date): Promise<void> {
  await tx.query(sql`update campaigns.claims c set expires_at = null, closed_at = ${at} where c.id = ${claimId} and not exists (
    select from campaigns.deliveries d where d.claim_id = c.id and d.state in ('claimed', 'sending'))`)
}
