import type { Db } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

/** Ids that count up, so that rows can be made of numbers alone. */
const id = (kind: number, nth: Sql): Sql =>
  sql`(lpad(to_hex(${kind}::integer), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(${nth}), 12, '0'))::uuid`

/** People with an address, a name, a town, and consent to mail and to being followed: by straight SQL. */
export async function writePeople(db: Db, count: number): Promise<PersonId[]> {
  const one = sql`generate_series(1, ${count}::integer) n`
  await db.query(sql`insert into ingest.identifiers (id, kind, value, first_seen_at)
    select ${id(1, sql`n`)}, 'email', 'person' || n || '@example.test', '2026-01-01' from ${one}`)
  await db.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
    select ${id(1, sql`n`)}, ${id(2, sql`n`)}, '2026-01-01', 'bench' from ${one}`)
  await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, city, updated_at)
    select ${id(1, sql`n`)}, 'bench', ${id(9, sql`1`)}, (array['Anna', 'José', 'Björn', 'Mary Ann', 'Łukasz'])[1 + n % 5],
      'Berg', (array['Utrecht', 'Köln', 'Łódź'])[1 + n % 3], '2026-01-01' from ${one}`)
  for (const channel of ['email', 'tracking']) {
    await db.query(sql`insert into ingest.consents (id, source, external_id, identifier_id, channel, state, basis, occurred_at)
      select ${id(channel === 'email' ? 5 : 6, sql`n`)}, 'bench', ${channel} || n, ${id(1, sql`n`)}, ${channel}, 'granted', 'form',
        '2026-01-01' from ${one}`)
  }
  await db.query(sql`vacuum analyze`)
  const rows = await db.query<{ id: PersonId }>(sql`select person_id as id from ingest.people order by 1`)
  return rows.map((row) => row.id)
}
