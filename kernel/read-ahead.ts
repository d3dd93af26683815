/**
 * Gives all that a generator makes, in order; the next is made while the one before is used. Whoever stops early goes on when
 * what was begun is done. Throws what making threw, when its turn has come.
 */
export async function* readAhead<T>(all: AsyncGenerator<T>): AsyncGenerator<T, void, void> {
  let next = all.next()
  try {
    for (;;) {
      const one = await next
      if (one.done) return
      next = all.next()
      // What is wrong with it is told when its turn comes.
      next.catch(() => {})
      yield one.value
    }
  } finally {
    await next.catch(() => {})
    await all.return(undefined)
  }
}
