import type { Queryable, Tx } from '#kernel/db.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { ChangeId, ChangeRow } from './identity-changes.ts'
import type { OpenPair } from './reviews.ts'

/** What hangs on an identifier, and goes with it to whatever person it belongs to. */
export type Following = { identifierId: IdentifierId; orders: number; consents: number; events: number }

/** Identifiers on which nothing hangs are there too. */
export const selectFollowing = (db: Queryable, ids: readonly IdentifierId[]): Promise<Following[]> =>
  db.query<Following>(sql`
    select i.id as "identifierId",
      (select count(*)::int from ingest.orders o where o.identifier_id = i.id) as orders,
      (select count(*)::int from ingest.consents c where c.identifier_id = i.id) as consents,
      (select count(*)::int from ingest.events e where e.identifier_id = i.id) as events
    from unnest(${[...ids]}::uuid[]) as i (id)`)

/** Opens a closed or put-off pair again, as if nobody had decided. Returns whether there was such a pair. */
export async function reopenReview(tx: Tx, { left, right }: OpenPair): Promise<boolean> {
  const rows = await tx.query(sql`update ingest.reviews set closed_at = null, verdict = null, put_off_at = null
    where left_id = ${left} and right_id = ${right} returning left_id`)
  return rows.length > 0
}

/** An identifier that a change moved. `besideFrom` and `besideTo`: one of those it parted from, and one of those it came to. */
export type MovedRow = {
  changeId: ChangeId
  identifierId: IdentifierId
  kind: string
  value: string
  from: PersonId
  to: PersonId
  besideFrom: IdentifierId | null
  besideTo: IdentifierId | null
}

/** What some changes moved, of each at most `most`. */
export const selectMoves = (db: Queryable, changes: readonly ChangeId[], most: number): Promise<MovedRow[]> =>
  db.query<MovedRow>(sql`
    select m.change_id as "changeId", i.id as "identifierId", i.kind, i.value, m.from_person as "from", m.to_person as "to",
      (select p.identifier_id from ingest.people p where p.person_id = m.from_person and p.identifier_id <> i.id
        order by p.identifier_id limit 1) as "besideFrom",
      (select p.identifier_id from ingest.people p where p.person_id = m.to_person and p.identifier_id <> i.id
        order by exists (select from ingest.identity_moves other where other.change_id = m.change_id
          and other.identifier_id = p.identifier_id), p.identifier_id limit 1) as "besideTo"
    from unnest(${[...changes]}::uuid[]) as wanted (id)
    cross join lateral (select * from ingest.identity_moves where change_id = wanted.id order by identifier_id limit ${most}) m
    join ingest.identifiers i on i.id = m.identifier_id order by i.kind, i.value`)

/** The changes that moved any of these identifiers, newest first. */
export const selectChangesOf = (db: Queryable, ids: readonly IdentifierId[], limit: number): Promise<ChangeRow[]> =>
  db.query<ChangeRow>(sql`select id, reason, actor, at, moved, impact from ingest.identity_changes
    where id in (select change_id from ingest.identity_moves where identifier_id = any(${[...ids]}::uuid[]))
    order by seq desc limit ${limit}`)

export const selectChange = (db: Queryable, id: ChangeId): Promise<ChangeRow[]> =>
  db.query<ChangeRow>(sql`select id, reason, actor, at, moved, impact from ingest.identity_changes where id = ${id}`)

/** How many people each change began with, and how many there were of them behind it. */
export const selectPeopleMoved = (
  db: Queryable,
  changes: readonly ChangeId[],
): Promise<{ changeId: ChangeId; left: number; reached: number; both: number }[]> =>
  db.query(sql`
    select change_id as "changeId", count(distinct from_person)::int as left, count(distinct to_person)::int as reached,
      (select count(*)::int from (select from_person from ingest.identity_moves a where a.change_id = m.change_id
        intersect select to_person from ingest.identity_moves b where b.change_id = m.change_id) common) as both
    from ingest.identity_moves m where change_id = any(${[...changes]}::uuid[]) group by change_id`)
