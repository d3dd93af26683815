import type { Db, Queryable } from '#kernel/db.ts'
import type { Sql } from '#kernel/sql.ts'
import type { Generation } from '../../port.ts'
import { copies, liveGeneration, type Copy, type CopyName } from '../../queries/generations.ts'
import { whileLive } from '../../queries/reading.ts'
import { roomForSets } from '../../queries/segment.ts'

export type KeptGeneration = Generation & { copy: CopyName }

/** The live generation and where it is kept. */
export async function keptGeneration(db: Queryable): Promise<KeptGeneration | null> {
  const [row] = await db.query<KeptGeneration>(liveGeneration())
  return row ?? null
}

/** The rows of one question: one with its answer, or none when another generation is live by now. */
export type Answered<T> = { answer: T | null } | undefined
/** Asks a copy one question of several. */
export type Next = <T>(question: (copy: Copy) => Sql) => Promise<Answered<T>>
type Ask = <T>(question: (copy: Copy) => Sql) => Promise<T | null>

/**
 * Asks the live generation. Which one that is is remembered, and every statement says itself whether it still is: then
 * its answer counts, and else the same is asked of the next. Null before the first was published.
 */
export function asker(db: Db): {
  ask: Ask
  /** In a transaction with room in memory for sets of people. */
  askForSets: Ask
  /** Several statements, of one generation. */
  askOften: <T>(work: (next: Next) => Promise<Answered<T>>) => Promise<T | null>
} {
  let remembered: KeptGeneration | null = null
  async function ofLive<T>(read: (kept: KeptGeneration) => Promise<Answered<T>>): Promise<T | null> {
    for (let kept = remembered ?? (await keptGeneration(db)); kept; kept = await keptGeneration(db)) {
      remembered = kept
      const answered = await read(kept)
      if (answered) return answered.answer
    }
    return null
  }
  return {
    ask: (question) => ofLive((kept) => nextOf(db, kept)(question)),
    askForSets: (question) =>
      ofLive((kept) =>
        db.transaction(async (tx) => {
          await tx.query(roomForSets())
          return nextOf(tx, kept)(question)
        }),
      ),
    askOften: (work) => ofLive((kept) => work(nextOf(db, kept))),
  }
}

const nextOf =
  (db: Queryable, { number, copy }: KeptGeneration): Next =>
  async <T>(question: (copy: Copy) => Sql): Promise<Answered<T>> => {
    const [row] = await db.query<{ answer: T | null }>(whileLive(number, question(copies[copy])))
    return row
  }
