import type { CampaignDefinition } from '../definition.ts'
import type { Occasion } from '../definition/terms.ts'
import type { Looked, Questions } from './walk-all.ts'

const dayMs = 24 * 3_600_000

/** What ends a journey wherever somebody stands: the occasion, how long after coming in it counts, and the reason kept. */
export type WayOut = { occasion: Occasion; withinMs: number | null; reason: string }

/** The ways out of a whole journey: its goal first, so that who reaches it counts as having. */
export function waysOut({ goalReachedBy, exitOn = [] }: CampaignDefinition): WayOut[] {
  const exits = exitOn.map((occasion) => ({ occasion, withinMs: null, reason: `${leftBy}“${occasion.event}”` }))
  if (!goalReachedBy) return exits
  const { withinDays, ...occasion } = goalReachedBy
  return [{ occasion, withinMs: withinDays * dayMs, reason: goalReached }, ...exits]
}

export const goalReached = 'goal reached'
/** Who did what ends the journey; the event follows. */
export const leftBy = 'left: did '

/**
 * Of these people, who did something that ends their journey, and why it ends. `after`: since when it counts; the days of the
 * goal are counted from when they came in.
 */
export async function leaving(
  questions: Pick<Questions, 'happened'>,
  definition: CampaignDefinition,
  people: readonly (Omit<Looked, 'before'> & { cameIn: Date })[],
): Promise<Map<string, string>> {
  const left = new Map<string, string>()
  for (const { occasion, withinMs, reason } of waysOut(definition)) {
    const asked = people
      .filter(({ id }) => !left.has(id))
      .map(({ cameIn, ...one }) => ({
        ...one,
        before: withinMs === null ? null : new Date(cameIn.getTime() + withinMs),
      }))
    if (asked.length === 0) break
    for (const id of (await questions.happened(occasion, asked)).keys()) left.set(id, reason)
  }
  return left
}
