import { openContradictions } from '#ingest/content/contradictions.ts'
import { acceptProposal, openProposals, rejectProposal } from '#ingest/content/proposals.ts'
import { parseId } from '#kernel/ids.ts'
import type { Pages } from '../pages.ts'
import { factsView } from '../views/facts.ts'
import type { Router } from './route.ts'

const most = 100

/** What a model proposed to be a fact, for a person to decide, and where sources contradict each other. */
export function factRoutes(router: Router, pages: Pages): void {
  const { db, clock, business } = pages

  router.get('/facts', 'campaign.view', async ({ page, visitor, may }) => {
    const [proposals, contradictions] = await Promise.all([openProposals(db, most), openContradictions(db, most)])
    return page('Facts', factsView({ proposals, contradictions, csrf: visitor.csrf, zone: business.zone, may }))
  })

  router.post('/facts/:id/accept', 'campaign.draft', async ({ back, visitor, param }) => {
    const id = parseId<'proposal'>(param('id'))
    if (!id) return back('/facts', 'There is no such proposal.')
    const done = await acceptProposal({ db, clock, business }, { id, by: visitor.user.id })
    if (done.kind === 'accepted') return back('/facts', 'It is a fact now, and may be cited.')
    return back('/facts', `${done.why}.`)
  })

  router.post('/facts/:id/reject', 'campaign.draft', async ({ form, back, visitor, param }) => {
    const id = parseId<'proposal'>(param('id'))
    if (!id) return back('/facts', 'There is no such proposal.')
    const reason = form['reason']?.trim() || 'no reason given'
    const done = await rejectProposal({ db, clock }, { id, by: visitor.user.id, reason })
    return back(
      '/facts',
      done.kind === 'refused' ? `${done.why}.` : 'Rejected. It is not proposed again of these words.',
    )
  })
}
