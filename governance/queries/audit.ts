import { genesis } from '#kernel/audit.ts'
import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type AuditHead = { seq: number; hash: Hash }

export async function selectHead(db: Queryable): Promise<AuditHead> {
  const rows = await db.query<AuditHead>(sql`select seq, hash from kernel.audit order by seq desc limit 1`)
  return rows[0] ?? { seq: 0, hash: genesis }
}
