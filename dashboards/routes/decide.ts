import { approveDraft, approveTogether } from '#campaigns/launch/approve-draft.ts'
import { switchedOff } from '#governance/agents/switch.ts'
import { parseId, type Hash } from '#kernel/ids.ts'
import { askForChange, resumeDraft } from '#rag/agent/run.ts'
import { editDraft, setOf } from '#rag/drafts.ts'
import { choicesIn, trialIn } from '../approve-form.ts'
import { bodyFrom } from '../draft-form.ts'
import type { Pages } from '../pages.ts'
import { draftEditView } from '../views/draft-edit.ts'
import { plural } from '../views/words.ts'
import { draftOf, showDraft, showSet } from './desk.ts'
import { missing, type PageRequest, type Router } from './route.ts'

const busy = 'Somebody else is at this draft: try again in a moment.'
const unknown = 'There is no such draft.'

/** A person's word on a draft: another wording, a yes, a no. */
export function decideRoutes(router: Router, pages: Pages): void {
  wordingRoutes(router, pages)
  verdictRoutes(router, pages)
}

function wordingRoutes(router: Router, pages: Pages): void {
  const { db, agent } = pages

  const showEdit = async (request: PageRequest): Promise<Response> => {
    const draft = await draftOf(db, request)
    if (!draft?.body) return missing(request, 'There is nothing to edit.')
    const own = request.entered?.form ?? null
    return request.page('Edit the draft', draftEditView({ draft, body: draft.body, own, csrf: request.visitor.csrf }))
  }

  router.get('/desk/:id/edit', 'campaign.draft', showEdit)

  router.post('/desk/:id/edit', 'campaign.draft', async (request) => {
    const draft = await draftOf(db, request)
    if (!draft?.body) return request.back('/desk', unknown)
    const here = `/desk/${draft.id}`
    const body = bodyFrom(draft.body, request.form)
    const contentHash = (request.form['contentHash'] ?? '') as Hash
    const edited = await editDraft(agent, { draftId: draft.id, contentHash, body, by: request.visitor.user.id })
    if (edited.kind !== 'edited') return request.again(showEdit, edited.kind === 'busy' ? busy : `${edited.why}.`)
    return request.back(
      here,
      edited.approvable ? 'Kept, and checked again.' : 'Kept. The guardrails object: see below.',
    )
  })

  router.post('/desk/:id/change', 'campaign.draft', async ({ form, back, again, visitor, param }) => {
    const show = (page: PageRequest): Promise<Response> => showDraft(pages, page, false)
    const draftId = parseId<'draft'>(param('id'))
    if (!draftId) return back('/desk', unknown)
    const here = `/desk/${draftId}`
    const words = form['words']?.trim() ?? ''
    if (words === '' || words.length > 500) return again(show, 'Say in up to 500 letters what should be other.')
    const off = await switchedOff(db, 'copywriter')
    if (off) return again(show, `${off.why}.`)
    const contentHash = (form['contentHash'] ?? '') as Hash
    const asked = await askForChange(agent, { draftId, contentHash, words, by: visitor.user.id })
    if (asked.kind === 'busy') return again(show, busy)
    if (asked.kind === 'refused') return again(show, `${asked.why}.`)
    await pages.writeDraft(draftId)
    return back(here)
  })
}

function verdictRoutes(router: Router, pages: Pages): void {
  const { db } = pages

  router.post('/desk/:id/approve', 'campaign.approve', async ({ form, back, again, visitor, param }) => {
    const draftId = parseId<'draft'>(param('id'))
    if (!draftId) return back('/desk', unknown)
    const contentHash = (form['contentHash'] ?? '') as Hash
    const yes = { draftId, contentHash, by: visitor.user.id, ...choicesIn(form) }
    const approved = await approveDraft(pages, yes)
    if (approved.kind === 'refused')
      return again((page) => showDraft(pages, page, approved.rule === 'everybody'), `${approved.why}.`)
    const rest = approved.sentBack > 0 ? ` ${plural(approved.sentBack, 'other variant')} sent back.` : ''
    if (approved.kind === 'copy') return back(`/copy/${approved.releaseHash}`, `Approved.${rest}`)
    return back(
      `/campaigns/${approved.campaign}`,
      `Approved. ${plural(approved.plan.planned, 'message')} planned.${rest}`,
    )
  })

  router.post('/desk/:id/together', 'campaign.approve', async (request) => {
    const draft = await draftOf(db, request)
    if (!draft) return request.back('/desk', unknown)
    const trial = trialIn(request.form, await setOf(db, draft))
    const launched = await approveTogether(pages, { ...trial, by: request.visitor.user.id })
    if (launched.kind === 'refused')
      return request.again((page) => showSet(pages, page, launched.rule === 'everybody'), `${launched.why}.`)
    return request.back(
      `/campaigns/${launched.campaign}/experiments`,
      `Approved. ${plural(launched.plan.planned, 'message')} planned; who gets which is drawn when they leave.`,
    )
  })

  router.post('/desk/:id/reject', 'campaign.approve', async ({ form, back, again, visitor, param }) => {
    const show = (page: PageRequest): Promise<Response> => showDraft(pages, page, false)
    const draftId = parseId<'draft'>(param('id'))
    if (!draftId) return back('/desk', unknown)
    const reason = form['reason']?.trim() || 'no reason given'
    const taken = await resumeDraft(pages.agent, { draftId, decision: 'rejected', by: visitor.user.id, reason })
    if (taken.kind === 'refused') return again(show, `${taken.why}.`)
    if (taken.kind === 'busy') return again(show, busy)
    return back('/desk', 'Sent back. The reason is kept with the draft.')
  })
}
