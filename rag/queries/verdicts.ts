import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

/** How often a rule forbade something in a body, and how often it only warned; bodies count, not findings. */
export type Verdicts = { rule: string; blocked: number; warned: number }

/** The verdicts of every rule so far, over all bodies that were checked, rehearsals left out. */
export const verdictsOfRules = (db: Queryable): Promise<Verdicts[]> =>
  db.query(sql`
    select f ->> 'rule' as rule,
      count(distinct (b.draft_id, b.content_hash)) filter (where f ->> 'verdict' = 'block') as blocked,
      count(distinct (b.draft_id, b.content_hash)) filter (where f ->> 'verdict' = 'warn') as warned
    from rag.draft_bodies b join rag.drafts d on d.id = b.draft_id and not d.rehearsal
    cross join lateral jsonb_array_elements(b.findings) f
    group by 1 order by 1`)

/** How many bodies were checked. */
export const bodiesChecked = async (db: Queryable): Promise<number> => {
  const [row] = await db.query<{ n: number }>(sql`
    select count(*) as n from rag.draft_bodies b join rag.drafts d on d.id = b.draft_id and not d.rehearsal
    where b.checked_at is not null`)
  return row?.n ?? 0
}
