import type { Clock } from './clock.ts'
import { randomToken } from './crypto.ts'
import type { Db } from './db.ts'
import { sql } from './sql.ts'

export type Lease = { name: string; holder: string; fence: number }

/**
 * Takes a leased row, or null while another holder's lease has not expired.
 * @param ttlMs how long it holds unless renewed, in milliseconds
 */
export async function takeLease(db: Db, clock: Clock, name: string, ttlMs: number): Promise<Lease | null> {
  const now = clock()
  const holder = randomToken(12)
  const rows = await db.query<{ fence: number }>(sql`
    insert into kernel.leases as held (name, holder, expires_at, fence)
    values (${name}, ${holder}, ${new Date(now.getTime() + ttlMs)}, 1)
    on conflict (name) do update
      set holder = excluded.holder, expires_at = excluded.expires_at, fence = held.fence + 1
      where held.expires_at <= ${now}
    returning fence`)
  return rows[0] ? { name, holder, fence: rows[0].fence } : null
}

/** Prolongs a lease; false when it was lost, and the holder must stop at once. */
export async function renewLease(db: Db, clock: Clock, lease: Lease, ttlMs: number): Promise<boolean> {
  const expiresAt = new Date(clock().getTime() + ttlMs)
  const rows = await db.query(sql`update kernel.leases set expires_at = ${expiresAt}
    where name = ${lease.name} and holder = ${lease.holder} returning name`)
  return rows.length === 1
}

/** Gives a lease back, so that the next holder need not wait. */
export async function releaseLease(db: Db, clock: Clock, lease: Lease): Promise<void> {
  await db.query(
    sql`update kernel.leases set expires_at = ${clock()} where name = ${lease.name} and holder = ${lease.holder}`,
  )
}

/** Runs the work under a lease; null when somebody else holds it. The lease is renewed while the work runs. */
export async function underLease<T>(
  deps: { db: Db; clock: Clock },
  name: string,
  ttlMs: number,
  work: (stillMine: () => boolean) => Promise<T>,
): Promise<T | null> {
  const lease = await takeLease(deps.db, deps.clock, name, ttlMs)
  if (!lease) return null
  let mine = true
  const renewal = setInterval(() => {
    renewLease(deps.db, deps.clock, lease, ttlMs).then(
      (kept) => (mine = kept),
      () => (mine = false),
    )
  }, ttlMs / 3)
  try {
    return await work(() => mine)
  } finally {
    clearInterval(renewal)
    await releaseLease(deps.db, deps.clock, lease)
  }
}
