import { isPolicy, namesOfActors } from '#governance/access.ts'
import type { Queryable } from '#kernel/db.ts'
import { parseId } from '#kernel/ids.ts'

/** Puts names where a text says who did something by their id. */
export type Named = (words: string) => string

/** Actors as people know them; the house decides under its own name, a policy under that of whoever delegated to it. */
export async function actorNames(db: Queryable, actors: readonly string[]): Promise<Named> {
  const known = await namesOfActors(db, actors)
  const names = [...new Set(actors)].map((actor): [string, string] => {
    const name = known.get(actor)
    if (isPolicy(actor)) return [actor, name === undefined ? 'a policy' : `what ${name} delegated`]
    return [actor, name ?? (actor === 'millrace' || parseId(actor) ? 'Millrace' : actor)]
  })
  return (words) => names.reduce((text, [actor, name]) => text.replaceAll(actor, name), words)
}
