import { userById } from '#governance/access.ts'
import type { Queryable } from '#kernel/db.ts'
import { parseId } from '#kernel/ids.ts'

/** Puts names where a text says who did something by their id. */
export type Named = (words: string) => string

/** Actors as people know them; the house decides under its own name. */
export async function actorNames(db: Queryable, actors: readonly string[]): Promise<Named> {
  const names = await Promise.all(
    [...new Set(actors)].map(async (actor): Promise<[string, string]> => {
      const userId = parseId<'user'>(actor)
      const user = userId && (await userById(db, userId))
      return [actor, user?.name ?? (actor === 'millrace' || userId ? 'Millrace' : actor)]
    }),
  )
  return (words) => names.reduce((text, [actor, name]) => text.replaceAll(actor, name), words)
}
