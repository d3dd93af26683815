import { approvedCopy, approvedCopyOf } from '#campaigns/content/copy.ts'
import { armsOf } from '#campaigns/pages/arms.ts'
import { pageStates, shownPage, type Shown } from '#campaigns/pages/shown.ts'
import { signUpText } from '#campaigns/pages/sign-up.ts'
import { readTrial } from '#campaigns/pages/trial.ts'
import {
  goBackPage, keepOnPage, pageHistory, pageOf, publishPage, takeDownPage, tryOnPage, type Moved as Outcome,
} from '#campaigns/pages/versions.ts' // prettier-ignore
import { liveConsentText, releaseConsentText } from '#governance/consent-texts.ts'
import type { Hash } from '#kernel/ids.ts'
import { forms } from '#rag/forms.ts'
import { languageOf } from '#rag/guardrails/language.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { publishedPageView, publishedView, type Moved } from '../views/published.ts'
import { showCopy } from './copy.ts'
import { missing, type FormRequest, type PageRequest, type Router } from './route.ts'

/** Published pages, as those see them who publish. */
export function publishedRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages

  const showAll = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const canMail = pages.sender !== null && pages.channel !== null
    const words = await liveConsentText(db, signUpText)
    return page('Pages', publishedView({ pages: await pageStates(db, clock()), words, canMail, entered, csrf: visitor.csrf, may })) // prettier-ignore
  }

  router.get('/published', 'campaign.view', showAll)

  router.post('/published', 'campaign.release', async ({ form, back, again, visitor }) => {
    const { slug = '', copy = '' } = form
    const given = { slug: slug.trim(), copy: copy as Hash, signUp: form['signUp'] === 'on' }
    const done = await publishPage(pages, { ...given, by: visitor.user.id, reason: 'published' })
    if (done.kind === 'moved') return back(`/published/${done.slug}`, 'Published.')
    return again((page) => showCopy(pages, page, copy), `Not published: ${done.why}.`)
  })

  router.post('/published/words', 'consent-text.release', async ({ form, back, again, visitor }) => {
    const text = (form['text'] ?? '').trim()
    if (text === '' || text.length > 600) return again(showAll, 'Write 1 to 600 characters.')
    const words = { name: signUpText, language: languageOf(text) ?? 'en', channel: 'email', text }
    const done = await releaseConsentText(pages, { ...words, by: visitor.user.id, reason: 'written at the desk' })
    return done.kind === 'refused'
      ? again(showAll, `${done.why}.`)
      : back('/published', 'Pages show these words from now on.')
  })

  onePageRoutes(router, pages)
}

/** One published page: what its visitors get, and the ways on and back. */
function onePageRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages

  const show = async (request: PageRequest): Promise<Response> => {
    const slug = request.param('slug')
    const shown = await shownPage(db, slug, clock())
    if (shown.kind === 'unknown') return missing(request, 'There is no such page.')
    const { signUps } = (await pageStates(db, clock())).find((one) => one.slug === slug) ?? { signUps: 0 }
    const { zone } = pages.business
    const choices = request.may('campaign.release') ? await choicesBeside(pages, shown) : []
    const view = {
      page: { slug, shown, signUps },
      trial: await readTrial(db, slug),
      choices,
      moves: await movesOf(pages, slug),
      url: `/p/${slug}`,
      entered: request.entered,
      zone,
    }
    return request.page(`/p/${slug}`, publishedPageView({ ...view, csrf: request.visitor.csrf, may: request.may }))
  }
  const answered = ({ back, again }: FormRequest, done: Outcome, words: string): Response | Promise<Response> => {
    if (done.kind === 'moved') return back(`/published/${done.slug}`, words)
    return done.rule === 'unknown-page' ? back('/published', `${done.why}.`) : again(show, `${done.why}.`)
  }

  router.get('/published/:slug', 'campaign.view', show)

  router.post('/published/:slug/try', 'campaign.release', async (request) => {
    const beside = { copy: (request.form['copy'] ?? '') as Hash, percent: Number(request.form['percent']) }
    const done = await tryOnPage(pages, { ...moveOf(request), ...beside, reason: 'tried beside what there was' })
    return answered(request, done, 'Visitors get either from now on.')
  })

  router.post('/published/:slug/keep', 'campaign.release', async (request) => {
    const copy = (request.form['copy'] ?? '') as Hash
    const done = await keepOnPage(pages, { ...moveOf(request), copy, reason: 'kept of what was tried' })
    return answered(request, done, 'Everybody gets this copy from now on.')
  })

  router.post('/published/:slug/back', 'campaign.rollback', async (request) =>
    answered(request, await goBackPage(pages, moveOf(request)), 'The version before is live again.'),
  )

  router.post('/published/:slug/down', 'campaign.rollback', async (request) =>
    answered(request, await takeDownPage(pages, moveOf(request)), 'Taken down.'),
  )
}

const shownChoices = 100

/** Approved pages that a page does not show yet; none where nothing could be tried. */
async function choicesBeside({ db }: Pages, shown: Shown): Promise<{ hash: Hash; title: string }[]> {
  if (!('version' in shown) || !shown.version.signUp) return []
  const has = new Set(armsOf(shown.version).map(({ copy }) => copy))
  const pages = (await approvedCopy(db, shownChoices)).filter(({ form }) => forms[form].leaves === 'served')
  return pages.flatMap(({ releaseHash: hash, content }) => (has.has(hash) ? [] : [{ hash, title: content.subject.text }])) // prettier-ignore
}

const moveOf = ({ param, visitor, form }: FormRequest) => ({
  slug: param('slug'),
  by: visitor.user.id,
  reason: form['reason']?.trim().slice(0, 300) || 'at the desk',
})

async function movesOf({ db }: Pages, slug: string): Promise<Moved[]> {
  const moves = await pageHistory(db, slug)
  const named = await actorNames(db, moves.map(({ movedBy }) => movedBy)) // prettier-ignore
  return Promise.all(
    moves.map(async (move) => {
      const version = await pageOf(db, move.hash)
      const copy = version?.state === 'published' ? await approvedCopyOf(db, version.copy) : null
      return { ...move, movedBy: named(move.movedBy), version, title: copy?.content.subject.text ?? null }
    }),
  )
}
