import type { Queryable, Tx } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** Who fitted the rule of a campaign when it was looked at last. */
export async function selectFitting(db: Queryable, campaign: string): Promise<PersonId[]> {
  const rows = await db.query<{ id: PersonId }>(
    sql`select person_id as id from campaigns.fitting where campaign = ${campaign}`,
  )
  return rows.map(({ id }) => id)
}

/** Keeps who came to fit it, and forgets who does no more; `all`: it was another rule. */
export async function keepFitting(
  tx: Tx,
  campaign: string,
  { came, went }: { came: readonly PersonId[]; went: readonly PersonId[] | 'all' },
): Promise<void> {
  await tx.query(sql`delete from campaigns.fitting where campaign = ${campaign}
    and (${went === 'all'} or person_id = any(${went === 'all' ? [] : [...went]}::uuid[]))`)
  await tx.query(sql`insert into campaigns.fitting (campaign, person_id)
    select ${campaign}, unnest(${[...came]}::uuid[]) on conflict do nothing`)
}
