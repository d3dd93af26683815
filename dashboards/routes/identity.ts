import { explainPair, type PairExplanation } from '#ingest/identity/explain-pair.ts'
import {
  decideReview,
  reviewQueue,
  type Review,
  type ReviewOutcome,
  type ReviewVerdict,
} from '#ingest/identity/review.ts'
import { takeBack } from '#ingest/identity/take-back.ts'
import { parseId, type IdentifierId } from '#kernel/ids.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import type { Side } from '../views/sides.ts'
import { nothingToReview, reviewView, type LastWord } from '../views/review.ts'
import { dateOf } from '../views/waterfall.ts'
import { plural } from '../views/words.ts'
import type { Form } from '../visitor.ts'
import type { Request, Router } from './route.ts'

const queuePath = '/identity/review'
const noPair = 'Name a pair that waits.'

/** The queue of pairs in doubt: one at a time, a word on each, and the last word taken back. */
export function reviewRoutes(router: Router, pages: Pages): void {
  const { db, identity, business } = pages

  router.get(queuePath, 'identity.view', async (request) => {
    const queue = await reviewQueue(db, { limit: 1 })
    const { visitor, may, page } = request
    const shown = { ...queue, last: lastWordOf(request), csrf: visitor.csrf, may }
    const look = { scripts: ['/assets/desk.js'] }
    const review = queue.reviews[0]
    const explanation = review && (await explainPair(identity, review))
    if (!review || !explanation) return page('People to check', nothingToReview(shown), look)
    const named = await namesIn(pages, explanation)
    const sides = sidesOf(review, explanation)
    const view = { ...shown, review, explanation, sides, named, mayKnow: mayKnow(request), zone: business.zone }
    return page('Are these one person?', reviewView(view), look)
  })

  router.post(queuePath, 'identity.decide', async ({ form, back, visitor }) => {
    const pair = pairOf(form['left'], form['right'])
    const verdict = verdictOf(form)
    if (!pair || !verdict) return back(queuePath, noPair)
    const outcome = await decideReview(identity, { pair, verdict, by: visitor.user.id, reason: reasonOf(form) })
    if (outcome.kind === 'refused') return back(queuePath, `${outcome.why}.`)
    const said = new URLSearchParams({ said: verdict, left: pair.left, right: pair.right })
    return back(`${queuePath}?${said.toString()}`, wordsOf(outcome, verdict))
  })

  router.post(`${queuePath}/undo`, 'identity.decide', async ({ form, back, visitor }) => {
    const pair = pairOf(form['left'], form['right'])
    const verdict = verdictOf(form)
    if (!pair || !verdict) return back(queuePath, noPair)
    const word = { ...pair, verdict, by: visitor.user.id, reason: 'taken back at the desk' }
    const outcome = await takeBack(identity, word)
    if (outcome.kind === 'refused') return back(queuePath, `${outcome.why}.`)
    return back(queuePath, ['Taken back: the pair waits again.', ...outcome.impact].join(' '))
  })
}

export type Pair = { left: IdentifierId; right: IdentifierId }

/** Two different identifiers; null when they are none. */
export function pairOf(left: string | undefined, right: string | undefined): Pair | null {
  const [one, other] = [parseId<'identifier'>(left), parseId<'identifier'>(right)]
  return one && other && one !== other ? { left: one, right: other } : null
}

/** The person's own words, which are kept with what they said. */
export const reasonOf = (form: Form): string => form['reason']?.trim() || 'said by a person at the desk'

/** Whoever decides on people must see who they are, and so may whoever sees people anyway. */
export const mayKnow = ({ may }: Request): boolean => may('identity.decide') || may('person.view')

/** The names of all who said something that an explanation tells. */
export const namesIn = ({ db }: Pages, { because, apart }: PairExplanation) =>
  actorNames(db, [...because, ...apart].map((reason) => reason.actor)) // prettier-ignore

/** A birthday as linkage compared it. */
export function bornOf({ waterfall }: PairExplanation, side: 'left' | 'right'): string | null {
  const digits = waterfall?.steps.find((step) => step.comparison === 'dob')?.[side] ?? null
  return digits === null ? null : dateOf(digits)
}

const sidesOf = ({ sides: [left, right] }: Review, explanation: PairExplanation): [Side, Side] => [
  { ...left, born: bornOf(explanation, 'left') },
  { ...right, born: bornOf(explanation, 'right') },
]

const verdicts: readonly string[] = ['same', 'different', 'later'] satisfies ReviewVerdict[]
const isVerdict = (text: string): text is ReviewVerdict => verdicts.includes(text)

const verdictOf = (form: Form): ReviewVerdict | null => {
  const said = form['verdict'] ?? ''
  return isVerdict(said) ? said : null
}

function lastWordOf({ query }: Request): LastWord | null {
  const pair = pairOf(query('left'), query('right'))
  const verdict = query('said') ?? ''
  return pair && isVerdict(verdict) ? { ...pair, verdict } : null
}

/** What a word came to, without naming anybody: it stands in an address. */
export function wordsOf(outcome: Exclude<ReviewOutcome, { kind: 'refused' }>, verdict: ReviewVerdict): string {
  if (outcome.kind === 'put-off') return 'Put off: the pair comes back when the others are done.'
  const impact = outcome.impact ?? []
  if (outcome.kind === 'apart' && verdict === 'same') return 'They still are two people: something else keeps them apart.'
  if (outcome.kind === 'together' && verdict === 'different') return 'They still are one person: other evidence joins them.'
  const done = outcome.kind === 'together' ? 'One person now.' : 'Two people, for good.'
  const moved = outcome.moved > 0 ? [`${plural(outcome.moved, 'identifier')} moved, with their orders and consents.`] : []
  return [done, ...moved, ...impact.map((line) => `${line}.`)].join(' ')
} // prettier-ignore
