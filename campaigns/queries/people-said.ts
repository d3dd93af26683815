import type { Queryable } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { said, type SaidOf } from './deliveries.ts'

/** What the sources say of people, newest first. */
export const selectSaidOfPeople = (
  db: Queryable,
  ids: readonly PersonId[],
): Promise<(SaidOf & { personId: PersonId })[]> =>
  db.query(sql`
    select p.person_id as "personId", ${said}
    from ingest.people p join ingest.profiles r on r.identifier_id = p.identifier_id
    where p.person_id = any(${[...ids]}::uuid[])
    order by p.person_id, r.updated_at desc, r.identifier_id`)

/** People whose messages of a campaign are planned, the next to leave first. */
export async function selectNextReaders(db: Queryable, campaign: string, limit: number): Promise<PersonId[]> {
  const rows = await db.query<{ personId: PersonId }>(sql`
    select person_id as "personId" from campaigns.deliveries
    where campaign = ${campaign} and waiting order by due_at, id limit ${limit}`)
  return rows.map((row) => row.personId)
}
