import type { Queryable } from '#kernel/db.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Version } from '#kernel/versions.ts'

/** The live version of every saved mapping, by name. */
export function liveMappings(db: Queryable): Promise<Version[]> {
  return db.query<Version>(sql`
    select distinct on (v.name) v.kind, v.name, v.hash, v.body, v.created_at as "createdAt", v.created_by as "createdBy"
    from kernel.pointers p join kernel.versions v using (kind, name, hash)
    where p.kind = 'mapping' order by v.name, p.seq desc`)
}

/** Under which names a mapping was ever saved, the name that was pointed at last first. */
export async function namesOfMapping(db: Queryable, mapping: unknown): Promise<string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select v.name from kernel.versions v join kernel.pointers p using (kind, name, hash)
    where v.kind = 'mapping' and v.body -> 'mapping' = ${json(mapping)}::jsonb group by v.name order by max(p.seq) desc`)
  return rows.map(({ name }) => name)
}
