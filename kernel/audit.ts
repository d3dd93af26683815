import type { Clock } from './clock.ts'
import { hashOf } from './crypto.ts'
import type { Queryable, Tx } from './db.ts'
import type { Hash } from './ids.ts'
import { json, sql } from './sql.ts'

/** What happened, by whom, to what. Never people's data: ids and hashes only, so that erasure keeps the chain. */
export type AuditEntry = { actor: string; action: string; subject: string; detail: Record<string, unknown> }
export type ChainedEntry = AuditEntry & { seq: number; at: Date; previousHash: Hash; hash: Hash }

/** The hash before the first entry. */
export const genesis = '0'.repeat(64) as Hash

/** The hash that entry `seq` must carry. */
export function entryHash(entry: Omit<ChainedEntry, 'hash'>): Hash {
  const { seq, at, actor, action, subject, detail, previousHash } = entry
  return hashOf({ seq, at: at.toISOString(), actor, action, subject, detail, previousHash })
}

/**
 * Appends to the chain inside the caller's transaction, so that what happened and its entry commit together.
 * The table lock lets one transaction append at a time; it is held until the commit.
 */
export async function appendAudit(tx: Tx, clock: Clock, entry: AuditEntry): Promise<ChainedEntry> {
  await tx.query(sql`lock table kernel.audit in exclusive mode`)
  const last = await tx.query<{ seq: number; hash: Hash }>(
    sql`select seq, hash from kernel.audit order by seq desc limit 1`,
  )
  const open = { ...entry, seq: (last[0]?.seq ?? 0) + 1, at: clock(), previousHash: last[0]?.hash ?? genesis }
  const chained = { ...open, hash: entryHash(open) }
  await tx.query(sql`insert into kernel.audit (seq, at, actor, action, subject, detail, previous_hash, hash)
    values (${chained.seq}, ${chained.at}, ${chained.actor}, ${chained.action}, ${chained.subject},
      ${json(chained.detail)}, ${chained.previousHash}, ${chained.hash})`)
  return chained
}

/** Entries in order, from `after` (exclusive). */
export async function readAudit(db: Queryable, after: number, limit: number): Promise<ChainedEntry[]> {
  return db.query<ChainedEntry>(sql`
    select seq, at, actor, action, subject, detail, previous_hash as "previousHash", hash
    from kernel.audit where seq > ${after} order by seq limit ${limit}`)
}
