import { expect } from 'vitest'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

/**
 * Waits until no transaction is older than what is committed now. On a server with others at work a watermark may stay
 * behind them, and then rows are read again, which changes nothing but the count.
 */
export async function horizonPassed(db: Db): Promise<void> {
  const [now] = await db.query<{ xact: string }>(sql`select pg_current_xact_id()::text as xact`)
  const passed = () => db.query(sql`select pg_snapshot_xmin(pg_current_snapshot()) > ${now?.xact}::xid8 as passed`)
  await expect.poll(passed, { timeout: 60_000 }).toEqual([{ passed: true }])
}
