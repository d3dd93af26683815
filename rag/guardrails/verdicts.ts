import type { Queryable } from '#kernel/db.ts'
import { bodiesChecked, verdictsOfRules, type Verdicts } from '../queries/verdicts.ts'

export type { Verdicts } from '../queries/verdicts.ts'

/** How many texts were checked so far, and in how many each rule objected; rehearsals are left out. */
export async function verdictsSoFar(db: Queryable): Promise<{ checked: number; verdicts: Verdicts[] }> {
  return { checked: await bodiesChecked(db), verdicts: await verdictsOfRules(db) }
}
