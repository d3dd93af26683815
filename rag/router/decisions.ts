import type { Queryable } from '#kernel/db.ts'
import { selectDecisions, type DecisionRow } from '../queries/model-calls.ts'
import { routeFeaturesSchema, type RouteFeatures } from './policy.ts'

/** One past decision of the router: what it was made from, what it said, and what came of it. */
export type PastDecision = Omit<DecisionRow, 'features'> & { features: RouteFeatures }

/** The newest decisions since a moment, oldest first. */
export async function pastDecisions(db: Queryable, input: { since: Date; limit: number }): Promise<PastDecision[]> {
  const rows = await selectDecisions(db, { ...input, id: null })
  return rows.map(read).toReversed()
}

/** One decision, or null where there is none of that id. */
export async function decisionById(db: Queryable, id: string): Promise<PastDecision | null> {
  const [row] = await selectDecisions(db, { since: new Date(0), limit: 1, id })
  return row ? read(row) : null
}

const read = (row: DecisionRow): PastDecision => ({
  ...row,
  features: routeFeaturesSchema.parse(row.features),
})
