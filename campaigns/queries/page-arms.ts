import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type ArmView = { pageHash: Hash; arm: string; lane: number; reader: string | null; machine: boolean; at: Date }

/** Counts that a copy was shown, in one statement: a known reader once, anybody else at each visit, a machine apart. */
export async function countView(db: Queryable, view: ArmView): Promise<void> {
  const reader = view.machine ? null : view.reader
  await db.query(sql`
    with known as (
      insert into campaigns.page_readers (page_hash, reader, seen_at)
      select ${view.pageHash}, ${reader}, ${view.at} where ${reader}::text is not null
      on conflict do nothing returning reader)
    insert into campaigns.page_views (page_hash, arm, lane, readers, machines)
    select ${view.pageHash}, ${view.arm}, ${view.lane}::smallint, ${view.machine ? 0 : 1}::bigint, ${view.machine ? 1 : 0}::bigint
    where ${reader}::text is null or exists (select from known)
    on conflict (page_hash, arm, lane) do update set readers = campaigns.page_views.readers + excluded.readers,
      machines = campaigns.page_views.machines + excluded.machines`)
}

export type ArmCounted = { arm: string; readers: number; machines: number; signedUp: number }

/** How often each copy of a version was shown, and how many people confirmed that they signed up below it. */
export const countArmsOfPage = (db: Queryable, pageHash: Hash): Promise<ArmCounted[]> =>
  db.query<ArmCounted>(sql`
    with viewed as (
      select arm, sum(readers)::bigint as readers, sum(machines)::bigint as machines
      from campaigns.page_views where page_hash = ${pageHash} group by arm),
    signed as (
      select arm, count(distinct identifier_id) as people from campaigns.sign_ups
      where page_hash = ${pageHash} and arm is not null group by arm)
    select arm, coalesce(v.readers, 0) as readers, coalesce(v.machines, 0) as machines, coalesce(s.people, 0) as "signedUp"
    from viewed v full join signed s using (arm)`)
