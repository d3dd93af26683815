import { stringify } from 'csv-stringify/sync'
import { approvedCopy, approvedCopyOf, type ApprovedCopy } from '#campaigns/content/copy.ts'
import { pageNames } from '#campaigns/pages/shown.ts'
import { withdrawApproval } from '#governance/approvals.ts'
import type { Hash } from '#kernel/ids.ts'
import { publishedText } from '#rag/whatsapp-shape.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { copyListView, copyView } from '../views/copy.ts'
import { isFramed } from '../views/form-preview.ts'
import { pageCopy } from '../views/page-copy.ts'
import { framed } from './desk.ts'
import { missing, type PageRequest, type Router } from './route.ts'

const dayMs = 86_400_000
const [shown, exported] = [100, 10_000]
const unknown = 'There is no approved copy of this version.'

/** Copy that was approved to be published: what, by whom, as text to paste, a table to take along, a page to look at. */
export function copyRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages
  const { zone } = pages.business
  const pieceOf = (request: PageRequest): Promise<ApprovedCopy | null> =>
    approvedCopyOf(db, request.param('hash') as Hash)

  router.get('/copy', 'campaign.view', async ({ page }) => {
    const copy = await approvedCopy(db, shown)
    const named = await actorNames(db, copy.map(({ by }) => by)) // prettier-ignore
    return page('Copy', copyListView({ copy: copy.map((one) => ({ ...one, by: named(one.by) })), zone }))
  })

  router.get('/copy/export.csv', 'campaign.view', async ({ context }) => {
    const rows = (await approvedCopy(db, exported)).map(rowOf)
    // A cell that a spreadsheet would run as a formula is escaped.
    const csv = stringify([columns, ...rows], { escape_formulas: true })
    context.header('content-disposition', 'attachment; filename="approved-copy.csv"')
    return context.body(csv, 200, { 'content-type': 'text/csv; charset=utf-8' })
  })

  router.get('/copy/:hash', 'campaign.view', (request) => showCopy(pages, request, request.param('hash')))

  router.get('/copy/:hash/page', 'campaign.view', async (request) => {
    const piece = await pieceOf(request)
    if (!piece || !isFramed(piece.form)) return missing(request, 'This copy is no page.')
    const { language } = await pages.agent.brand()
    return framed(request, pageCopy(piece.content, { business: pages.business.name, language }))
  })

  router.post('/copy/:hash/withdraw', 'campaign.rollback', async ({ form, back, param, visitor }) => {
    const word = { releaseHash: param('hash') as Hash, by: visitor.user.id, note: form['reason']?.trim() || 'taken back at the desk' } // prettier-ignore
    const outcome = await withdrawApproval({ db, clock }, word)
    return back('/copy', outcome.kind === 'refused' ? `${outcome.why}.` : 'The approval is taken back. What was published already is yours to take down.') // prettier-ignore
  })
}

/** One piece of approved copy, with the forms by which it goes on from here. */
export async function showCopy({ db, clock, business }: Pages, request: PageRequest, hash: string): Promise<Response> {
  const piece = await approvedCopyOf(db, hash as Hash)
  if (!piece) return missing(request, unknown)
  const { entered, visitor, may } = request
  const copy = { ...piece, by: (await actorNames(db, [piece.by]))(piece.by) }
  const soon = new Date(clock().getTime() + dayMs)
  const view = { copy, pages: await pageNames(db), soon, entered, zone: business.zone, csrf: visitor.csrf, may }
  return request.page(piece.content.subject.text, copyView(view))
}

const columns = ['form', 'headline', 'summary', 'text', 'link', 'approved at', 'hash']

function rowOf({ form, content, at, contentHash }: ApprovedCopy): string[] {
  const { headline, summary, text, link } = publishedText(content, form)
  return [form, headline ?? '', summary ?? '', text, link ?? '', at.toISOString(), contentHash]
}
