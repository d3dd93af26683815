import type { Queryable } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { selectProfilesOfMany } from '../queries/people.ts'
import { countReviews, putOffReview, selectReviews, type ReviewRow } from '../queries/reviews.ts'
import { activeEdges, byHand, restoration, withdrawalsIn } from './ledger.ts'
import { goldenValues, type PersonProfile } from './people.ts'
import type { IdentityDeps } from './resolve.ts'
import { liveSurvivorship } from './survivorship.ts'
import { neverMerge, wallsDown } from './unmerge.ts'
import { edgeBetween, ordered, sayOf, type About, type Says, type WordOutcome } from './word.ts'

/** One side of a pair: the person as we know them. */
export type ReviewSide = { personId: PersonId; golden: PersonProfile['golden']; profiles: number }

/** A pair that waits for a person's word. `probability`, of being one person, is the model's. */
export type Review = ReviewRow & { probability: number; sides: readonly [ReviewSide, ReviewSide] }

/** Pairs that wait, the most likely first, those that were put off last; and how many there are. */
export async function reviewQueue(
  db: Queryable,
  page: { limit: number; offset?: number },
): Promise<{ reviews: Review[]; open: number; putOff: number }> {
  const rows = await selectReviews(db, { limit: page.limit, offset: page.offset ?? 0 })
  const [counts] = await countReviews(db)
  const profiles = Map.groupBy(
    await selectProfilesOfMany(db, [...new Set(rows.flatMap((row) => [row.leftPerson, row.rightPerson]))]),
    (profile) => profile.personId,
  )
  const { rules } = await liveSurvivorship(db)
  const side = (personId: PersonId): ReviewSide => {
    const own = profiles.get(personId) ?? []
    return { personId, golden: goldenValues(own, rules), profiles: own.length }
  }
  return {
    reviews: rows.map((row) => ({
      ...row,
      probability: probabilityOf(row.weight),
      sides: [side(row.leftPerson), side(row.rightPerson)],
    })),
    open: counts?.open ?? 0,
    putOff: counts?.putOff ?? 0,
  }
}

/** The probability that log2 odds stand for. */
export const probabilityOf = (weight: number): number => 1 / (1 + 2 ** -weight)

export type ReviewVerdict = 'same' | 'different' | 'later'
export type ReviewOutcome = WordOutcome | { kind: 'put-off' }

/**
 * A person decides on a pair. `same` joins the two by hand, whatever the rules say, and takes back what kept them apart;
 * `different` keeps them apart for good; `later` puts the pair last in the queue.
 */
export async function decideReview(
  deps: IdentityDeps,
  input: { pair: Pick<About, 'left' | 'right'>; verdict: ReviewVerdict; by: string; reason: string },
): Promise<ReviewOutcome> {
  const about: About = { ...input.pair, by: input.by, reason: input.reason }
  if (input.verdict === 'later') {
    const wasOpen = await deps.db.transaction((tx) => putOffReview(tx, deps.clock(), ordered(about)))
    return wasOpen ? { kind: 'put-off' } : { kind: 'refused', why: 'The pair waits no more: it was decided meanwhile' }
  }
  if (input.verdict === 'different') return neverMerge(deps, about)
  return sayOf(deps, about, { action: 'merge', verdict: 'same', says: tie(deps, about) })
}

function tie({ clock }: IdentityDeps, about: About): Says {
  return (ledger, model) => {
    const active = activeEdges(ledger)
    const isTie = (row: (typeof active)[number]): boolean => row.verdict === 'same' && row.rule === byHand
    const down = wallsDown(ledger, about.reason, clock)
    if (active.some(isTie)) return down
    const before = ledger.find((row) => isTie(row) && row.modelHash === model)
    if (before) return [...down, restoration(before, withdrawalsIn(active), clock)]
    return [...down, edgeBetween(about, clock, { verdict: 'same', rule: byHand, model })]
  }
}
