import { z } from 'zod'
import { kinds } from './kinds.ts'

const chances = z.array(z.array(z.number().positive()))
const part = z.object({ field: z.string(), part: z.string() })

/**
 * A trained model of who is who: everything needed to score two records, here or in another process. Values in `terms`
 * are those that at least five people share, so that a model tells nothing of anybody.
 */
export const linkageModel = z.object({
  version: z.literal(1),
  fields: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(kinds),
      columns: z.array(z.string()),
      format: z.string().optional(),
      sharing: z.object({ relative: z.number(), neighbour: z.number() }),
    }),
  ),
  /** Chances of each field's levels among pairs of one person (m) and of strangers (u). */
  m: chances,
  u: chances,
  /** The share of matches, relatives and neighbours among all pairs. */
  priors: z.object({ match: z.number(), relative: z.number(), neighbour: z.number() }),
  /** How many people each field was known of, how often a value was borne by so many, and by how many the others are. */
  terms: z.array(z.object({ total: z.number(), rest: z.number(), counts: z.record(z.string(), z.number()) })),
  /** Which records are compared: those that agree in all parts of one rule. */
  rules: z.array(z.array(part)),
  /** In bits: from `merge` on pairs are joined without asking, from `review` on a person is asked. */
  bands: z.object({ merge: z.number(), review: z.number() }),
  /** How it was trained, for whoever wants to know. */
  trained: z.object({ records: z.number(), pairs: z.number() }),
})
export type LinkageModel = z.infer<typeof linkageModel>
export type Term = LinkageModel['terms'][number]

/** What term frequencies speak of: the facet that the first level of a field compares. */
export const termFacet = (kind: (typeof kinds)[number]): string => (kind === 'given' ? 'first' : 'value')

/** How much more a shared value tells than the average shared one, in bits; less than 0 for a common one. */
export function termBits(term: Term, exactChance: number, value: string): number {
  const count = Object.hasOwn(term.counts, value) ? term.counts[value]! : term.rest
  return Math.log2(exactChance / (count / term.total))
}
