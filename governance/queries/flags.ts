import type { Queryable, Tx } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

export type FlagChange = { name: string; isOn: boolean; changedAt: Date; changedBy: string; reason: string }

export async function selectFlag(db: Queryable, name: string): Promise<FlagChange | null> {
  const rows = await db.query<FlagChange>(sql`
    select name, is_on as "isOn", changed_at as "changedAt", changed_by as "changedBy", reason
    from governance.flag_changes where name = ${name} order by seq desc limit 1`)
  return rows[0] ?? null
}

export async function insertFlagChange(tx: Tx, change: FlagChange): Promise<void> {
  await tx.query(sql`insert into governance.flag_changes (name, is_on, changed_at, changed_by, reason)
    values (${change.name}, ${change.isOn}, ${change.changedAt}, ${change.changedBy}, ${change.reason})`)
}
