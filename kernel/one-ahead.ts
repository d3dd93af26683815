/**
 * Gives what is made of each thing, in order; the next is made while the one before is used. Whoever stops early goes on when
 * what was begun is done. Throws what making throws, when its turn has come.
 */
export async function* oneAhead<Thing, Made>(
  things: readonly Thing[],
  make: (thing: Thing) => Promise<Made>,
): AsyncGenerator<Made, void, void> {
  let next: Promise<Made> | undefined
  try {
    for (let place = 0; place < things.length; place += 1) {
      const made = await (next ?? make(things[place]!))
      next = place + 1 < things.length ? make(things[place + 1]!) : undefined
      next?.catch(() => {})
      yield made
    }
  } finally {
    await next?.catch(() => {})
  }
}
