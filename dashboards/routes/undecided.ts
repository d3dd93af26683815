import { decide, decidedWords, undecided, wordsOn, type UndecidedState } from '#campaigns/delivery/undecided.ts'
import { releaseHistory } from '#governance/releases.ts'
import { parseId } from '#kernel/ids.ts'
import type { Pages } from '../pages.ts'
import { undecidedView } from '../views/undecided.ts'
import type { Form } from '../visitor.ts'
import { missing, placeIn, type PageRequest, type Router } from './route.ts'

const pageSize = 50
const states = ['held', 'unknown'] as const satisfies readonly UndecidedState[]

/** Messages that wait for a person: held ones, and those of which nobody knows whether they arrived. */
export function undecidedRoutes(router: Router, pages: Pages): void {
  for (const state of states) undecidedRoutesOf(router, pages, state)
}

function undecidedRoutesOf(router: Router, { db, clock, business }: Pages, state: UndecidedState): void {
  const path = `/campaigns/:name/${state}`

  const show = async (request: PageRequest): Promise<Response> => {
    const campaign = request.param('name')
    if ((await releaseHistory(db, campaign)).length === 0)
      return missing(request, 'There is no campaign of this name, or nothing of it was ever live.')
    const reason = request.query('reason') ?? null
    const offset = placeIn(request.query('offset'))
    const waiting = await undecided(db, { campaign, state, reason, limit: pageSize, offset })
    const { entered, visitor, may } = request
    const shown = { ...waiting, campaign, reason, offset, pageSize, entered, zone: business.zone, csrf: visitor.csrf, may } // prettier-ignore
    return request.page(state === 'held' ? 'Held messages' : 'Unknown ends', undecidedView(shown))
  }

  router.get(path, 'person.view', show)

  router.post(path, 'campaign.release', async ({ form, back, again, param, visitor }) => {
    const campaign = param('name')
    const here = `/campaigns/${encodeURIComponent(campaign)}/${state}`
    const [word, which] = [wordsOn[state].find((one) => one === form['word']), whichOf(form)]
    if (word === undefined || which === null) return again(show, 'Say what to do with which messages.')
    const done = await decide({ db, clock }, { campaign, word, which, by: visitor.user.id, why: form['why'] ?? '' })
    return done.kind === 'refused' ? again(show, `${done.why}.`) : back(here, decidedWords(word, done))
  })
}

/** One message by its id, or all of a reason. */
function whichOf(form: Form): Parameters<typeof decide>[1]['which'] | null {
  const id = parseId<'delivery'>(form['id'])
  if (id) return { id }
  return form['reason'] === undefined ? null : { reason: form['reason'] }
}
