import type { Tx } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

/**
 * For the rest of the transaction, rows are found one by one in an index, by plans that are not compiled first. A ledger
 * that fills in a minute has no statistics yet: the planner would read the whole of it for each group of a hundred rows,
 * and spend more on compiling than on looking.
 */
export async function findByIndex(tx: Tx): Promise<void> {
  await tx.query(sql`select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)`)
}
