import { html, raw } from 'hono/html'
import { endingOf } from '#campaigns/render/text-ending.ts'
import { limitsOfDraft } from '#campaigns/launch/draft-limits.ts'
import { sentBy } from '#campaigns/launch/launch.ts'
import { previewMessage } from '#campaigns/render/preview.ts'
import { switchedOff } from '#governance/agents/switch.ts'
import { listSegments, segmentByName } from '#graph/segments/registry.ts'
import { reviewQueue } from '#ingest/identity/review.ts'
import type { Db } from '#kernel/db.ts'
import { parseId } from '#kernel/ids.ts'
import { createDrafts } from '#rag/agent/draft-set.ts'
import { draftById, listDrafts, setOf, variantsOf, type Draft } from '#rag/drafts.ts'
import type { FormName } from '#rag/forms.ts'
import { tickedForms } from '../brief-form.ts'
import type { Pages } from '../pages.ts'
import { deskView } from '../views/desk.ts'
import { draftView } from '../views/draft.ts'
import type { Html } from '../views/layout.ts'
import { draftSetView } from '../views/draft-set.ts'
import { isFramed } from '../views/form-preview.ts'
import { pageCopy } from '../views/page-copy.ts'
import { missing, type PageRequest, type Router } from './route.ts'

/** Whom a message is previewed for. */
export const reader = { given_name: 'Anna', family_name: 'Example', city: 'Utrecht', country: 'NL', language: 'en' }
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

  const show = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const drafts = await listDrafts(db, { limit: 50 })
    const { open, putOff } = await reviewQueue(db, { limit: 0 })
    const view = {
      drafts,
      segments: await listSegments(db),
      toCheck: open + putOff,
      entered,
      csrf: visitor.csrf,
      zone,
      may,
    }
    return page('Desk', deskView(view))
  }

  router.get('/desk', 'campaign.view', show)

  router.post('/desk', 'campaign.draft', async ({ form, back, again, visitor }) => {
    const segment = await segmentByName(db, form['segment'] ?? '')
    const sentence = form['sentence']?.trim() ?? ''
    if (!segment || sentence === '' || sentence.length > 500)
      return again(show, 'Choose a segment and say in one sentence what it should achieve.')
    const off = await switchedOff(db, 'copywriter')
    if (off) return again(show, `${off.why}.`)
    const { channels, ideas } = tickedForms(form)
    const brief = { goal: 'orders', sentence, by: visitor.user.id }
    const made = await createDrafts({ db, clock }, { brief, segments: [segment], channels, ideas })
    if (made.kind === 'refused') return again(show, `${made.why}.`)
    for (const id of made.drafts) await pages.writeDraft(id)
    return back(made.drafts.length === 1 ? `/desk/${made.drafts[0]}` : `/desk/${made.drafts[0]}/set`)
  })

  router.get('/desk/:id', 'campaign.view', (request) => showDraft(pages, request, false))

  besideRoutes(router, pages)
}

/** One draft, with all that its judge needs. `everybody`: it was found to be for everybody there is. */
export async function showDraft(pages: Pages, request: PageRequest, everybody: boolean): Promise<Response> {
  const { db } = pages
  const draft = await draftOf(db, request)
  if (!draft) return missing(request, 'There is no such draft.')
  const scripts = draft.state === 'drafting' ? ['/assets/htmx.js', '/assets/desk.js'] : ['/assets/desk.js']
  const sent = sentBy(pages, draft.brief.channel)
  const view = draftView({
    draft,
    others: (await variantsOf(db, draft)).filter(({ state }) => state === 'waiting').length,
    everybody,
    limits: sent === null ? null : await limitsOfDraft(pages, draft),
    ending: draft.body && endingOf(sent, draft.body, pages.sender, pages.publicUrl),
    entered: request.entered,
    csrf: request.visitor.csrf,
    zone: pages.business.zone,
    may: request.may,
  })
  return request.page(draft.body?.subject.text ?? 'Draft', view, { scripts })
}

/** The drafts of one brief side by side. `everybody`: trying some was found to be for everybody there is. */
export async function showSet(pages: Pages, request: PageRequest, everybody: boolean): Promise<Response> {
  const draft = await draftOf(pages.db, request)
  if (!draft) return missing(request, 'There is no such draft.')
  const set = await setOf(pages.db, draft)
  const scripts = set.some(({ state }) => state === 'drafting') ? ['/assets/htmx.js'] : []
  const sends = (form: FormName): boolean => sentBy(pages, form) !== null
  const { entered, visitor, may } = request
  return request.page('Side by side', draftSetView({ set, sends, everybody, entered, csrf: visitor.csrf, may }), {
    scripts,
  })
}

/** The drafts of one brief side by side, and each as its readers would get it. */
function besideRoutes(router: Router, pages: Pages): void {
  const { db } = pages

  router.get('/desk/:id/set', 'campaign.view', (request) => showSet(pages, request, false))

  router.get('/desk/:id/preview', 'campaign.view', async (request) => {
    const draft = await draftOf(db, request)
    if (!draft?.body || !isFramed(draft.brief.channel)) return missing(request, 'There is nothing to preview.')
    if (draft.brief.channel !== 'email') {
      const { language } = await pages.agent.brand()
      return framed(request, pageCopy(draft.body, { business: pages.business.name, language }))
    }
    if (!pages.sender) return missing(request, 'There is nothing to preview: set MAIL_FROM and BUSINESS_ADDRESS.')
    const preview = await previewMessage(draft.body, pages.sender, reader)
    return framed(request, preview.kind === 'ready' ? html`${raw(preview.html)}` : html`<p>${preview.why}</p>`)
  })
}

/** A page for a frame of its own: nothing of it can reach the page around it. */
export function framed({ context }: PageRequest, page: Html): Response | Promise<Response> {
  context.header('content-security-policy', framedPolicy)
  return context.html(page)
}
