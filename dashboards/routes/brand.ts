import { acceptLearnt, brandProposals, learnBrand, rejectLearnt } from '#rag/brand/learn.ts'
import { brandHistory, goBackTo, liveBrand, releaseBrand, type BrandDeps } from '#rag/brand/live-brand.ts'
import { fieldWords } from '#rag/brand/profile.ts'
import { actorNames } from '../actor-names.ts'
import { formFields, formOfProfile, profileFrom, tickedLearnt } from '../brand-form.ts'
import type { Pages } from '../pages.ts'
import { brandView } from '../views/brand.ts'
import type { Form } from '../visitor.ts'
import type { Router } from './route.ts'

/** An address that is longer gets lost on its way. */
const longestAddress = 6000

/** How the business speaks: its live version, what was learnt from its texts, and its versions. */
export function brandRoutes(router: Router, { db, clock, brandSettings: settings, business }: Pages): void {
  const deps: BrandDeps = { db, clock, settings }

  router.get('/brand', 'campaign.view', async ({ page, visitor, may, query }) => {
    const live = await liveBrand(deps)
    const history = await brandHistory(db)
    const named = await actorNames(db, history.map(({ movedBy }) => movedBy)) // prettier-ignore
    const form = typedIn(query) ?? formOfProfile(live.profile)
    const proposals = await brandProposals(db)
    const view = { live, form, proposals, history, named, zone: business.zone, csrf: visitor.csrf, may }
    return page('Brand', brandView(view))
  })

  router.post('/brand', 'brand.edit', async ({ form, back, visitor }) => {
    const { profile } = await liveBrand(deps)
    const reason = form['reason']?.trim() || 'edited at the desk'
    const edited = { profile: profileFrom(form, profile), by: visitor.user.id, reason, over: form['hash'] ?? '' }
    const done = await releaseBrand(deps, edited)
    if (done.kind === 'refused') return back(done.rule === 'shape' ? again(form) : '/brand', `${done.why}.`)
    if (done.kind === 'unchanged') return back('/brand', 'Nothing was changed.')
    const what = done.changed.map((field) => fieldWords[field].toLowerCase()).join(', ')
    return back('/brand', `Kept: ${what}. The next draft and check go by it.`)
  })

  router.post('/brand/learn', 'brand.edit', async ({ back }) => {
    const { texts, passedOver, proposals } = await learnBrand(deps)
    const hostile = passedOver === 0 ? '' : ` ${passedOver} passages that hide words or speak to a model were passed over.`
    return back('/brand', `${texts} texts read, ${proposals.length} values proposed.${hostile}`)
  }) // prettier-ignore

  router.post('/brand/take', 'brand.edit', async ({ form, back, visitor }) => {
    const ids = tickedLearnt(form)
    if (ids.length === 0) return back('/brand', 'Tick what you want to take.')
    const done = await acceptLearnt(deps, { ids, by: visitor.user.id })
    return back('/brand', done.kind === 'refused' ? `${done.why}.` : 'Taken into the brand.')
  })

  router.post('/brand/leave', 'brand.edit', async ({ form, back, visitor }) => {
    const left = await rejectLearnt(deps, { ids: tickedLearnt(form), by: visitor.user.id })
    return back('/brand', left ? 'Left out. It is not proposed again.' : 'Tick what you want to leave out.')
  })

  router.post('/brand/rollback', 'brand.edit', async ({ form, back, visitor }) => {
    const done = await goBackTo(deps, { hash: form['hash'] ?? '', by: visitor.user.id })
    if (done.kind === 'refused') return back('/brand', `${done.why}.`)
    return back('/brand', done.kind === 'unchanged' ? 'It is the brand already.' : 'The earlier version holds again.')
  })
}

/** The form as it was typed before it was refused. */
function typedIn(query: (name: string) => string | undefined): Form | null {
  if (query('voice') === undefined) return null
  return Object.fromEntries(
    formFields.flatMap((name) => {
      const typed = query(name)
      return typed === undefined ? [] : [[name, typed]]
    }),
  )
}

function again(form: Form): string {
  const fields = formFields.flatMap((name): [string, string][] => (form[name] ? [[name, form[name]]] : []))
  const typed = new URLSearchParams(fields).toString()
  return typed === '' || typed.length > longestAddress ? '/brand' : `/brand?${typed}`
}
