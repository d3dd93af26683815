import type { Queryable, Tx } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/**
 * Of people who fit the rule of a campaign now, those none of whose identifiers belonged to somebody who fitted it when it
 * was looked at last. Identifiers are asked and not people: a merge or an unmerge makes nobody new.
 */
export async function selectNewlyFit(
  db: Queryable,
  campaign: string,
  fitting: readonly PersonId[],
): Promise<PersonId[]> {
  const rows = await db.query<{ id: PersonId }>(sql`
    select id from unnest(${[...fitting]}::uuid[]) as g (id)
    where not exists (select from ingest.people p join campaigns.fitting f on f.identifier_id = p.identifier_id
      where p.person_id = g.id and f.campaign = ${campaign})`)
  return rows.map(({ id }) => id)
}

/** Keeps who fits the rule of a campaign, by their identifiers, and forgets who does no more. */
export async function keepFitting(tx: Tx, campaign: string, fitting: readonly PersonId[]): Promise<void> {
  await tx.query(sql`
    with theirs as (select p.identifier_id from unnest(${[...fitting]}::uuid[]) as g (id)
      join ingest.people p on p.person_id = g.id),
    gone as (delete from campaigns.fitting f where f.campaign = ${campaign}
      and not exists (select from theirs t where t.identifier_id = f.identifier_id))
    insert into campaigns.fitting (campaign, identifier_id)
    select ${campaign}, identifier_id from theirs t
    where not exists (select from campaigns.fitting f where f.campaign = ${campaign} and f.identifier_id = t.identifier_id)
    on conflict do nothing`)
}
