import { explainPair, type PairExplanation } from '#ingest/identity/explain-pair.ts'
import { changeById } from '#ingest/identity/history.ts'
import { goldenValues, personProfile, type PersonProfile } from '#ingest/identity/people.ts'
import { decideReview } from '#ingest/identity/review.ts'
import { liveSurvivorship } from '#ingest/identity/survivorship.ts'
import type { IdentityDeps } from '#ingest/identity/resolve.ts'
import { neverMerge, remerge, unmerge } from '#ingest/identity/unmerge.ts'
import type { About, WordOutcome } from '#ingest/identity/word.ts'
import type { Queryable } from '#kernel/db.ts'
import { parseId, type IdentifierId } from '#kernel/ids.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { changeView } from '../views/identity-change.ts'
import { pairView } from '../views/pair.ts'
import type { Side } from '../views/sides.ts'
import { bornOf, mayKnow, namesIn, pairOf, reasonOf, wordsOf, type Pair } from './identity.ts'
import { missing, type FormRequest, type Router } from './route.ts'

/** What any two identifiers are to each other, a person's word on it, and what a change of who is who moved. */
export function pairRoutes(router: Router, pages: Pages): void {
  const { db, identity, business } = pages

  router.get('/identity/pair/:left/:right', 'identity.view', async (request) => {
    const pair = pairOf(request.param('left'), request.param('right'))
    const explanation = pair && (await explainPair(identity, pair))
    if (!explanation) return missing(request, 'One of the two is not known: they may have been forgotten.')
    const named = await namesIn(pages, explanation)
    const sides = await sidesOf(db, explanation)
    const { visitor, may } = request
    const view = { explanation, sides, named, mayKnow: mayKnow(request), csrf: visitor.csrf, may }
    return request.page('A pair', pairView(view), { scripts: ['/assets/desk.js'], path: '/people' })
  })

  router.post('/identity/pair/:left/:right', 'identity.decide', async (request) => {
    const pair = pairOf(request.param('left'), request.param('right'))
    if (!pair) return request.back('/identity/review', 'Name two identifiers.')
    return said(request, identity, pair)
  })

  router.get('/identity/changes/:id', 'identity.view', async (request) => {
    const id = parseId<'identity-change'>(request.param('id'))
    const change = id && (await changeById(db, id))
    if (!change) return missing(request, 'There is no such change.')
    const named = await actorNames(db, [change.actor])
    const view = { change, named, mayKnow: mayKnow(request), may: request.may, business }
    return request.page('A change of who is who', changeView(view))
  })
}

type Said = (deps: IdentityDeps, about: About) => Promise<WordOutcome>

const same: Said = async (deps, { left, right, by, reason }) => {
  const outcome = await decideReview(deps, { pair: { left, right }, verdict: 'same', by, reason })
  if (outcome.kind === 'put-off') throw new Error('A word was given, and yet the pair was put off')
  return outcome
}

/** What may be said of a pair: one person, somebody else, never one person, or nothing any more. */
const words: ReadonlyMap<string, { say: Said; as: 'same' | 'different' }> = new Map([
  ['same', { say: same, as: 'same' }],
  ['apart', { say: unmerge, as: 'different' }],
  ['never', { say: neverMerge, as: 'different' }],
])

async function said(request: FormRequest, deps: IdentityDeps, pair: Pair): Promise<Response> {
  const { form, back, visitor } = request
  const here = `/identity/pair/${pair.left}/${pair.right}`
  const about = { ...pair, by: visitor.user.id, reason: reasonOf(form) }
  if (form['verdict'] === 'unsaid') return back(here, unsaidWords(await remerge(deps, about)))
  const word = words.get(form['verdict'] ?? '')
  if (!word) return back(here, 'Say whether they are one person.')
  const outcome = await word.say(deps, about)
  return back(here, outcome.kind === 'refused' ? `${outcome.why}.` : wordsOf(outcome, word.as))
}

/** What taking "they are different" back came to. */
export function unsaidWords(outcome: WordOutcome): string {
  if (outcome.kind === 'refused') return `${outcome.why}.`
  return outcome.kind === 'together' ? wordsOf(outcome, 'same') : 'Taken back. The evidence alone does not join them.'
}

/** Of two people what is known of each; of one, what the two records say that were compared. */
async function sidesOf(db: Queryable, explanation: PairExplanation): Promise<[Side, Side] | null> {
  const { left, right, waterfall, isOnePerson } = explanation
  if (left.personId === null || right.personId === null) return null
  const [one, other] = await Promise.all([left.personId, right.personId].map((id) => personProfile(db, id)))
  if (!one || !other) return null
  const born = { left: bornOf(explanation, 'left'), right: bornOf(explanation, 'right') }
  if (!isOnePerson) return [{ ...one, born: born.left }, { ...other, born: born.right }]
  if (!waterfall) return null
  const { rules } = await liveSurvivorship(db)
  const recordOf = (id: IdentifierId): PersonProfile['golden'] =>
    goldenValues(one.profiles.filter((profile) => profile.identifierId === id), rules)
  return [
    { personId: one.personId, golden: recordOf(waterfall.left), born: born.left },
    { personId: one.personId, golden: recordOf(waterfall.right), born: born.right },
  ]
} // prettier-ignore
