import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import type { Db } from '#kernel/db.ts'

const ready = new WeakMap<object, Promise<PostgresSaver>>()

/** The checkpointer on the house's own pool, in the schema `langgraph`, which is the library's; set up on first use. */
export function checkpointer(db: Pick<Db, 'pool'>): Promise<PostgresSaver> {
  const known = ready.get(db.pool)
  if (known) return known
  const saver = new PostgresSaver(db.pool, undefined, { schema: 'langgraph' })
  const opened = saver.setup().then(() => saver)
  ready.set(db.pool, opened)
  opened.catch(() => ready.delete(db.pool))
  return opened
}
