import { html, raw } from 'hono/html'
import { previewMessage } from '#campaigns/render/preview.ts'
import { listSegments, segmentByName } from '#graph/segments/registry.ts'
import { reviewQueue } from '#ingest/identity/review.ts'
import type { Db } from '#kernel/db.ts'
import { parseId } from '#kernel/ids.ts'
import { createDraft } from '#rag/agent/run.ts'
import { draftById, listDrafts, type Draft } from '#rag/drafts.ts'
import type { Pages } from '../pages.ts'
import { deskView } from '../views/desk.ts'
import { draftView } from '../views/draft.ts'
import { missing, type PageRequest, type Router } from './route.ts'

const reader = { given_name: 'Anna', family_name: 'Example', city: 'Utrecht', country: 'NL', language: 'en' }
const framedPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"

/** The draft that a request names; null when there is none. */
export async function draftOf(db: Db, request: PageRequest): Promise<Draft | null> {
  const id = parseId<'draft'>(request.param('id'))
  return id && draftById(db, id)
}

/** The approval desk: the drafts, a form for the next, and one draft with its evidence, its findings and its looks. */
export function deskRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages
  const { zone } = pages.business

  router.get('/desk', 'campaign.view', async ({ page, visitor, may }) => {
    const drafts = await listDrafts(db, { limit: 50 })
    const { open, putOff } = await reviewQueue(db, { limit: 0 })
    const view = { drafts, segments: await listSegments(db), toCheck: open + putOff, csrf: visitor.csrf, zone, may }
    return page('Desk', deskView(view))
  })

  router.post('/desk', 'campaign.draft', async ({ form, back, visitor }) => {
    const segment = await segmentByName(db, form['segment'] ?? '')
    const sentence = form['sentence']?.trim() ?? ''
    if (!segment || sentence === '' || sentence.length > 500)
      return back('/desk', 'Choose a segment and say in one sentence what the mail should achieve.')
    const brief = { segment, goal: 'orders', sentence, channel: 'email' as const, by: visitor.user.id }
    const id = await createDraft({ db, clock }, brief)
    await pages.writeDraft(id)
    return back(`/desk/${id}`)
  })

  router.get('/desk/:id', 'campaign.view', async (request) => {
    const draft = await draftOf(db, request)
    if (!draft) return missing(request, 'There is no such draft.')
    const scripts = draft.state === 'drafting' ? ['/assets/htmx.js', '/assets/desk.js'] : ['/assets/desk.js']
    const view = draftView({ draft, csrf: request.visitor.csrf, zone, may: request.may })
    return request.page(draft.body?.subject.text ?? 'Draft', view, { scripts })
  })

  router.get('/desk/:id/preview', 'campaign.view', async (request) => {
    const draft = await draftOf(db, request)
    if (!draft?.body || !pages.sender)
      return missing(request, 'There is nothing to preview: set MAIL_FROM and BUSINESS_ADDRESS.')
    const preview = await previewMessage(draft.body, pages.sender, reader)
    request.context.header('content-security-policy', framedPolicy)
    return request.context.html(preview.kind === 'ready' ? html`${raw(preview.html)}` : html`<p>${preview.why}</p>`)
  })
}
