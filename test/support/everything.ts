import type { Db } from '#kernel/db.ts'
import { joined, identifier, sql } from '#kernel/sql.ts'

/** A digest of every row of the house: equal before and after what changes nothing. */
export async function everything(db: Db): Promise<string> {
  const tables = await db.query<{ schema: string; name: string }>(sql`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`)
  const digests = tables.map(
    ({ schema, name }) =>
      sql`select ${`${schema}.${name}`}::text as name, md5(string_agg(t::text, ',' order by t::text)) as digest
        from ${identifier(schema)}.${identifier(name)} t`,
  )
  const rows = await db.query<{ name: string; digest: string | null }>(joined(digests, ' union all '))
  // PostgreSQL may read the tables side by side, and gives them as they are done.
  return rows
    .map(({ name, digest }) => `${name} ${digest ?? ''}`)
    .toSorted()
    .join('\n')
}
