import type { Db } from '#kernel/db.ts'

/** A database that is lost after some commits: the last of them is done, but nobody hears of it. */
export function lostAfter(db: Db, commits: number): Db {
  let left = commits
  const alive = (): void => {
    if (left <= 0) throw new Error('the connection is lost')
  }
  return {
    ...db,
    pool: db.pool,
    query: (statement) => (alive(), db.query(statement)),
    transaction: async (work, how) => {
      alive()
      const done = await db.transaction(work, how)
      left -= 1
      alive()
      return done
    },
  }
}
