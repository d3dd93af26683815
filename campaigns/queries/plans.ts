import type { Db, How, Queryable, Tx } from '#kernel/db.ts'
import { sql, type Sql } from '#kernel/sql.ts'

/**
 * A transaction of the ledger: rows are found one by one in an index, by plans that are not compiled first. A ledger that fills
 * in a minute has no statistics yet: the planner would read the whole of it for each group of a hundred rows, and spend more on
 * compiling than on looking.
 */
export const byIndex = <T>(db: Db, work: (tx: Tx) => Promise<T>, how?: How): Promise<T> =>
  db.transaction((tx) => {
    first(
      tx,
      sql`select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)`,
    )
    return work(tx)
  }, how)

/**
 * The same for what every group asks, each row by its id: planned once a connection. Whatever has a limit or an order must be
 * planned by its values: a plan for any number of rows would sort a million to take two thousand.
 */
export const byId = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> => byIndex(db, work, { plans: 'kept' })

/** For the rest of the transaction, no plan is compiled first: looking people up by thousands takes less time than that. */
export const planPlainly = (tx: Tx): void => first(tx, sql`select set_config('jit', 'off', true)`)

/** Nobody waits for its answer: what is asked next runs behind it, and not at all where it failed. */
function first(tx: Tx, statement: Sql): void {
  tx.query(statement).catch(() => {})
}

/**
 * Tells the planner of the people there are, where nobody has: of those who were brought in a minute ago, or into an
 * embedded engine, there are no statistics, and it would read all of them for each that is looked up.
 */
export async function knowPeople(db: Queryable): Promise<void> {
  const known = await db.query(
    sql`select 1 from pg_stats where schemaname = 'ingest' and tablename = 'memberships' limit 1`,
  )
  if (known.length === 0)
    await db.query(sql`analyze ingest.memberships, ingest.identifiers, ingest.profiles, ingest.consents`)
}
