import { isPolicy, policyHashOf, userById } from '#governance/access.ts'
import { delegationOf } from '#governance/agents/decide.ts'
import type { Queryable } from '#kernel/db.ts'
import { parseId } from '#kernel/ids.ts'

/** Puts names where a text says who did something by their id. */
export type Named = (words: string) => string

/** Actors as people know them; the house decides under its own name, a policy under that of whoever delegated to it. */
export async function actorNames(db: Queryable, actors: readonly string[]): Promise<Named> {
  const names = await Promise.all(
    [...new Set(actors)].map(async (actor): Promise<[string, string]> => {
      if (isPolicy(actor)) {
        const given = await delegationOf(db, policyHashOf(actor))
        const owner = given && (await userById(db, given.givenBy))
        return [actor, owner ? `what ${owner.name} delegated` : 'a policy']
      }
      const userId = parseId<'user'>(actor)
      const user = userId && (await userById(db, userId))
      return [actor, user?.name ?? (actor === 'millrace' || userId ? 'Millrace' : actor)]
    }),
  )
  return (words) => names.reduce((text, [actor, name]) => text.replaceAll(actor, name), words)
}
