import { entryHash, genesis, readAudit, type ChainedEntry } from '#kernel/audit.ts'
import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { selectHead, type AuditHead } from './queries/audit.ts'

export type { AuditHead } from './queries/audit.ts'

/** The end of the chain now. Kept outside the database, it proves later that nothing before it changed. */
export const auditHead = (db: Queryable): Promise<AuditHead> => selectHead(db)

export type AuditFinding =
  | { kind: 'intact'; entries: number; head: AuditHead }
  | { kind: 'broken'; seq: number; why: string }

const pageSize = 1000

/**
 * Reads the whole chain and recomputes every hash; names the first entry that does not follow from the one before.
 * A chain cut at its end is whole in itself: that is found by heads kept outside.
 * @param anchors heads that were kept outside, in any order
 */
export async function verifyAudit(db: Queryable, anchors: readonly AuditHead[] = []): Promise<AuditFinding> {
  const anchored = new Map(anchors.map((head) => [head.seq, head.hash]))
  let head: AuditHead = { seq: 0, hash: genesis }
  for (;;) {
    const page = await readAudit(db, head.seq, pageSize)
    for (const entry of page) {
      const why = fault(entry, head) ?? anchorFault(entry, anchored)
      if (why) return { kind: 'broken', seq: why.seq, why: why.words }
      head = { seq: entry.seq, hash: entry.hash }
    }
    if (page.length < pageSize) return ended(head, anchors)
  }
}

type Fault = { seq: number; words: string }

function fault(entry: ChainedEntry, before: AuditHead): Fault | null {
  const seq = before.seq + 1
  if (entry.seq !== seq) return { seq, words: `Entry ${seq} is missing: after ${before.seq} comes ${entry.seq}` }
  if (entry.previousHash !== before.hash) return { seq, words: `Entry ${seq} does not follow from the one before it` }
  if (entryHash(entry) !== entry.hash)
    return { seq, words: `Entry ${seq} was changed: its hash is not that of its content` }
  return null
}

function anchorFault(entry: ChainedEntry, anchored: ReadonlyMap<number, Hash>): Fault | null {
  const kept = anchored.get(entry.seq)
  if (kept === undefined || kept === entry.hash) return null
  return { seq: entry.seq, words: `Entry ${entry.seq} is not the one whose hash was kept: the chain was written anew` }
}

function ended(head: AuditHead, anchors: readonly AuditHead[]): AuditFinding {
  const last = anchors.reduce((most, anchor) => Math.max(most, anchor.seq), 0)
  if (last <= head.seq) return { kind: 'intact', entries: head.seq, head }
  const why = `The chain ends at ${head.seq}, but a head kept outside is entry ${last}: the end was cut off`
  return { kind: 'broken', seq: head.seq + 1, why }
}
