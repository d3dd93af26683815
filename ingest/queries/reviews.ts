import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, IdentifierId, PersonId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

/** Why a pair waits for a person: it is in the band of doubt, would make too large a person, or hangs by one likeness. */
export type ReviewReason = 'in-doubt' | 'too-large' | 'one-bridge'

export type NewReview = { left: IdentifierId; right: IdentifierId; reason: ReviewReason; weight: number }
export type OpenPair = { left: IdentifierId; right: IdentifierId }

/** Opens what is in doubt, and keeps what was put off put off. A pair that was settled and is in doubt again is open again. */
export async function upsertReviews(tx: Tx, at: Date, model: Hash, rows: readonly NewReview[]): Promise<void> {
  await tx.query(sql`insert into ingest.reviews as known (left_id, right_id, reason, weight, model_hash, raised_at)
    select "left", "right", reason, weight, ${model}, ${at}
    from jsonb_to_recordset(${json(rows)}::jsonb) as r ("left" uuid, "right" uuid, reason text, weight float8)
    on conflict (left_id, right_id) do update set reason = excluded.reason, weight = excluded.weight,
      model_hash = excluded.model_hash, closed_at = null, verdict = null,
      raised_at = case when known.closed_at is null then known.raised_at else excluded.raised_at end
    where known.closed_at is not null or known.reason <> excluded.reason or known.weight <> excluded.weight
      or known.model_hash <> excluded.model_hash`)
}

/** Open pairs with at least one of these identifiers; all, without them. */
export const selectOpenPairs = (db: Queryable, ids: readonly IdentifierId[] | null): Promise<OpenPair[]> =>
  db.query<OpenPair>(sql`select left_id as "left", right_id as "right" from ingest.reviews
    where closed_at is null and (${ids === null} or left_id = any(${[...(ids ?? [])]}::uuid[])
      or right_id = any(${[...(ids ?? [])]}::uuid[]))`)

export async function closeReviews(
  tx: Tx,
  at: Date,
  verdict: 'same' | 'different' | 'settled',
  pairs: readonly OpenPair[],
): Promise<void> {
  await tx.query(sql`update ingest.reviews set closed_at = ${at}, verdict = ${verdict}
    from unnest(${pairs.map((pair) => pair.left)}::uuid[], ${pairs.map((pair) => pair.right)}::uuid[]) as p (l, r)
    where left_id = l and right_id = r and closed_at is null`)
}

/** Returns whether the pair was open. */
export async function putOffReview(tx: Tx, at: Date, { left, right }: OpenPair): Promise<boolean> {
  const rows = await tx.query(sql`update ingest.reviews set put_off_at = ${at}
    where left_id = ${left} and right_id = ${right} and closed_at is null returning left_id`)
  return rows.length > 0
}

export type ReviewRow = NewReview & {
  leftPerson: PersonId
  rightPerson: PersonId
  modelHash: Hash
  raisedAt: Date
  putOffAt: Date | null
}

/** Pairs of two different people that wait, the most likely first, those that were put off last. */
export const selectReviews = (db: Queryable, page: { limit: number; offset: number }): Promise<ReviewRow[]> =>
  db.query<ReviewRow>(sql`
    select left_id as "left", right_id as "right", r.reason, weight, l.person_id as "leftPerson", p.person_id as "rightPerson",
      model_hash as "modelHash", raised_at as "raisedAt", put_off_at as "putOffAt"
    from ingest.reviews r
    join ingest.people l on l.identifier_id = left_id join ingest.people p on p.identifier_id = right_id
    where closed_at is null and l.person_id <> p.person_id
    order by put_off_at nulls first, weight desc, left_id, right_id limit ${page.limit} offset ${page.offset}`)

/** How many of them there are. */
export const countReviews = (db: Queryable): Promise<{ open: number; putOff: number }[]> =>
  db.query(sql`select count(*) filter (where put_off_at is null) as open, count(put_off_at) as "putOff"
    from ingest.reviews r
    join ingest.people l on l.identifier_id = left_id join ingest.people p on p.identifier_id = right_id
    where closed_at is null and l.person_id <> p.person_id`)
