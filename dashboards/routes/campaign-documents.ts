import { definitionOf } from '#campaigns/definition.ts'
import { readDocument, writeDocument } from '#campaigns/definition/document.ts'
import { knownVersion, proposeVersion } from '#campaigns/launch/versions.ts'
import { UsageError } from '#kernel/errors.ts'
import type { Pages } from '../pages.ts'
import { campaignDocumentView } from '../views/campaign-document.ts'
import { isWhole, notWhole } from '../whole-text.ts'
import { missing, type FormRequest, type Router } from './route.ts'
import { askedVersion } from './versions.ts'

/** Campaigns as documents at the desk: one pasted or uploaded, the others downloaded. */
export function documentRoutes(router: Router, pages: Pages): void {
  const { db } = pages

  router.get('/campaign-document', 'campaign.draft', async ({ page, query, visitor }) => {
    const known = await knownVersion(db, query('campaign') ?? '')
    const text = known ? writeDocument(definitionOf(known)) : ''
    return page('A campaign as a document', campaignDocumentView({ text, problems: [], csrf: visitor.csrf }))
  })

  router.post('/campaign-document', 'campaign.draft', async (request) => {
    const { back, page, visitor } = request
    const text = await textOf(request)
    if (text === '') return back('/campaign-document', 'Choose a file, or paste the document.')
    const read = await readDocument(pages, text)
    const kept = read.kind === 'bad' ? read : await proposeVersion(pages, { definition: read.definition, by: visitor.user.id }) // prettier-ignore
    if (read.kind === 'read' && kept.kind === 'proposed') {
      const version = `/campaigns/${encodeURIComponent(read.definition.name)}/versions/${kept.releaseHash}`
      return back(version, 'Read and kept. It waits for somebody’s yes.')
    }
    const problems = kept.kind === 'bad' ? kept.problems : kept.kind === 'refused' ? [kept.why] : []
    return page('A campaign as a document', campaignDocumentView({ text, problems, csrf: visitor.csrf }))
  })

  router.get('/campaigns/:name/document', 'campaign.view', async (request) => {
    const release = await askedVersion(pages, request)
    if (!release) return missing(request, 'There is no such version of this campaign.')
    request.context.header('content-disposition', `attachment; filename="${release.name}.yaml"`)
    request.context.header('content-type', 'application/yaml; charset=utf-8')
    return request.context.body(writeDocument(definitionOf(release)))
  })
}

/** What was uploaded, else what was pasted. */
async function textOf({ context, form }: FormRequest): Promise<string> {
  const { file } = await context.req.parseBody()
  const uploaded = file instanceof File ? await file.text() : ''
  if (!isWhole(uploaded)) throw new UsageError(`The file ${notWhole}`)
  return uploaded.trim() === '' ? (form['document'] ?? '').trim() : uploaded
}
