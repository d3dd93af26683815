import { chooseLimits, limitsOfDraft } from '#campaigns/launch/draft-limits.ts'
import { sentBy } from '#campaigns/launch/launch.ts'
import { limitsFrom, rolloutFrom, startFrom } from '../limits-form.ts'
import type { Pages } from '../pages.ts'
import { limitsView } from '../views/limits.ts'
import { draftOf } from './desk.ts'
import { missing, type Router } from './route.ts'

/** Caps, window and start of a draft, chosen before it is approved. */
export function limitsRoutes(router: Router, pages: Pages): void {
  const { db, business } = pages

  router.get('/desk/:id/limits', 'campaign.draft', async (request) => {
    const draft = await draftOf(db, request)
    if (!draft || sentBy(pages, draft.brief.channel) === null) return missing(request, 'There is nothing to limit.')
    const chosen = await limitsOfDraft(pages, draft)
    return request.page('When, and how much', limitsView({ draft, chosen, zone: business.zone, csrf: request.visitor.csrf })) // prettier-ignore
  })

  router.post('/desk/:id/limits', 'campaign.draft', async (request) => {
    const draft = await draftOf(db, request)
    if (!draft) return request.back('/desk', 'There is no such draft.')
    const here = `/desk/${draft.id}`
    const startAt = startFrom(request.form, business.zone)
    if (startAt === undefined) return request.back(`${here}/limits`, 'The start is no time.')
    const limits = limitsFrom(request.form)
    const by = request.visitor.user.id
    const done = await chooseLimits(
      { ...pages, zone: business.zone },
      {
        draftId: draft.id,
        limits,
        startAt,
        rollout: rolloutFrom(request.form),
        by,
      },
    )
    if (done.kind === 'refused') return request.back(`${here}/limits`, `${done.why}.`)
    const { outOfReach } = done
    return request.back(here, outOfReach.length === 0 ? 'Kept.' : `Kept. No hour of this window is open all over ${outOfReach.join(', ')}: people there whose time zone nobody knows would be held.`) // prettier-ignore
  })
}
