import { z } from 'zod'
import { recentChanges, type ChangeId, type ChangeRow } from '#ingest/identity/changes.ts'
import { peopleMoved } from '#ingest/identity/history.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { impactInWords, recordIdentityImpact, type MonthImpact } from './identity-impact.ts'

const money = z.object({ amountMinor: z.int(), currency: z.string() })
const standing = z.object({ newCustomers: z.int(), cac: money.nullable() })
const impactSchema = z.object({
  changes: z.int().positive(),
  months: z.array(z.object({ month: z.string(), before: standing, after: standing })),
})

type People = { before: number; after: number }

/** Changes of who is who that were accounted for together, what they did to people, and what to the owner's figures. */
export type ToldChange = {
  /** The newest first. */
  ids: ChangeId[]
  at: Date
  /** Identifiers that went to another person. */
  moved: number
  /** How many people there were of them before and behind; null where a resolution did it. */
  people: People | null
  months: MonthImpact[]
}

/** The months an impact speaks of; none where it is not worked out yet. */
export const monthsOfImpact = (impact: unknown): MonthImpact[] => impactSchema.safeParse(impact).data?.months ?? []

const looked = 500

/** The latest changes of who is who that the owner's figures followed, newest first. */
export async function changesInFigures(db: Queryable, limit: number): Promise<ToldChange[]> {
  const groups = accountedTogether(await recentChanges(db, looked))
    .filter(([newest]) => monthsOfImpact(newest?.impact).length > 0)
    .slice(0, limit)
  const people = await peopleMoved(db, groups.flat())
  return groups.map((group) => {
    const counts = group.map((change) => people.get(change.id) ?? null)
    return {
      ids: group.map((change) => change.id),
      at: group[0]!.at,
      moved: group.reduce((sum, change) => sum + change.moved, 0),
      people: counts.includes(null) ? null : summed(counts.filter((one) => one !== null)),
      months: monthsOfImpact(group[0]!.impact),
    }
  })
}

function summed(counts: readonly People[]): People {
  const total = (of: (one: People) => number): number => counts.reduce((sum, one) => sum + of(one), 0)
  return { before: total((one) => one.before), after: total((one) => one.after) }
}

/** Changes that waited together were accounted for together: that many in a row bear one impact. */
function accountedTogether(changes: readonly ChangeRow[]): ChangeRow[][] {
  const groups: ChangeRow[][] = []
  for (let at = 0; at < changes.length;) {
    const together = impactSchema.safeParse(changes[at]!.impact).data?.changes ?? 1
    groups.push(changes.slice(at, at + together))
    at += together
  }
  return groups
}

/** What is to be called after people changed (`onPeopleChanged`): accounts for it, and says in words what figures followed. */
export const figuresFollow =
  (deps: { db: Db; clock: Clock; business: { zone: string; currency: string } }) => async (): Promise<string[]> =>
    impactInWords(await recordIdentityImpact(deps))
