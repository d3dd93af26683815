import { chooseLimits, limitsOfDraft } from '#campaigns/launch/draft-limits.ts'
import { sentBy } from '#campaigns/launch/launch.ts'
import { limitNames, limitsFrom } from '../campaign-form/limits.ts'
import { draftLimitFields, rolloutFrom, startFrom } from '../limits-form.ts'
import type { Pages } from '../pages.ts'
import { limitsView } from '../views/limits.ts'
import { draftOf } from './desk.ts'
import { missing, type PageRequest, type Router } from './route.ts'

/** Caps, window and start of a draft, chosen before it is approved. */
export function limitsRoutes(router: Router, pages: Pages): void {
  const { db } = pages
  const { zone } = pages.business

  const show = async (request: PageRequest): Promise<Response> => {
    const draft = await draftOf(db, request)
    if (!draft || sentBy(pages, draft.brief.channel) === null) return missing(request, 'There is nothing to limit.')
    const form = request.entered?.form ?? draftLimitFields(await limitsOfDraft(pages, draft), zone)
    return request.page('When, and how much', limitsView({ draft, form, zone, csrf: request.visitor.csrf }))
  }

  router.get('/desk/:id/limits', 'campaign.draft', show)

  router.post('/desk/:id/limits', 'campaign.draft', async (request) => {
    const { form, back, again, visitor } = request
    const draft = await draftOf(db, request)
    if (!draft) return back('/desk', 'There is no such draft.')
    const startAt = startFrom(form, zone)
    if (startAt === undefined) return again(show, 'The start is no time.')
    const { limits: before } = await limitsOfDraft(pages, draft)
    const asked = { limits: limitsFrom(before, form), startAt, rollout: rolloutFrom(form) }
    const done = await chooseLimits(
      { ...pages, zone },
      { draftId: draft.id, ...asked, by: visitor.user.id, called: limitNames },
    )
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    const { outOfReach } = done
    return back(`/desk/${draft.id}`, outOfReach.length === 0 ? 'Kept.' : `Kept. No hour of this window is open all over ${outOfReach.join(', ')}: people there whose time zone nobody knows would be held.`) // prettier-ignore
  })
}
