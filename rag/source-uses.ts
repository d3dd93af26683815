import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { keepSourceUses, selectSourceUses, type SourceUses } from './queries/source-uses.ts'

type Allowed = { source: string; uses: readonly string[]; reason: string; by: string }

/**
 * Says what the texts of a source may be used for, such as `marketing` or `support`, from now on; none at all keeps
 * them out of everything that names its use. A source of which nothing was said may be used for everything.
 */
export async function allowUses({ db, clock }: { db: Db; clock: Clock }, allowed: Allowed): Promise<void> {
  await keepSourceUses(db, allowed, clock())
}

/** What was said of each source, by name. */
export const sourceUses = (db: Queryable): Promise<SourceUses[]> => selectSourceUses(db)
