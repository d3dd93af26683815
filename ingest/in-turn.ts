import type { Tx } from '#kernel/db.ts'

/**
 * A transaction whose statements may be given all at once: they run one after the other, and while the database is at
 * one, the next is made ready. After one that failed none runs, and each of those that waited fails as it did.
 */
export function inTurn(tx: Tx): Tx {
  let last: Promise<unknown> | null = null
  return {
    kind: tx.kind,
    query: <Row>(statement: Parameters<Tx['query']>[0]) => {
      const answer: Promise<Row[]> =
        last === null ? tx.query<Row>(statement) : last.then(() => tx.query<Row>(statement))
      last = answer
      // When nothing waits, the next need not either; whoever asked is told of a fault.
      answer.then(
        () => {
          if (last === answer) last = null
        },
        () => {},
      )
      return answer
    },
  }
}
