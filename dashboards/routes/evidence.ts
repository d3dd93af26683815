import { documentSpan, factById } from '#ingest/content/evidence.ts'
import { parseId } from '#kernel/ids.ts'
import type { Pages } from '../pages.ts'
import { documentView, factView } from '../views/evidence.ts'
import { missing, placeIn, type Router } from './route.ts'

/** What a citation opens: a fact with its validity, or a text with the cited words marked. */
export function evidenceRoutes(router: Router, pages: Pages): void {
  const { db } = pages
  const { zone } = pages.business

  router.get('/evidence/facts/:id', 'campaign.view', async (request) => {
    const id = parseId<'fact'>(request.param('id'))
    const fact = id && (await factById(db, id))
    return fact ? request.page('A fact', factView(fact, zone)) : missing(request, 'There is no such fact.')
  })

  router.get('/evidence/documents/:id', 'campaign.view', async (request) => {
    const id = parseId<'document'>(request.param('id'))
    const byte = (name: string): number => placeIn(request.query(name))
    const document = id && (await documentSpan(db, id, byte('from'), byte('to')))
    if (!document) return missing(request, 'There is no such text.')
    return request.page(document.title, documentView(document, zone))
  })
}
