import { audienceExports, exportAudience } from '#campaigns/audiences/export.ts'
import { platforms } from '#campaigns/audiences/normalise.ts'
import { listSegments } from '#graph/segments/registry.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { audiencesView } from '../views/audiences.ts'
import type { Router } from './route.ts'

const shown = 100

/** Audiences for advertising platforms: what left, and the next file. */
export function audienceRoutes(router: Router, pages: Pages): void {
  const { db } = pages

  router.get('/audiences', 'campaign.view', async ({ page, visitor, may }) => {
    const all = await audienceExports(db, shown)
    const named = await actorNames(db, all.map(({ exportedBy }) => exportedBy)) // prettier-ignore
    const exports = all.map((one) => ({ ...one, exportedBy: named(one.exportedBy) }))
    const segments = (await listSegments(db)).map(({ name }) => name)
    return page('Audiences', audiencesView({ exports, segments, zone: pages.business.zone, csrf: visitor.csrf, may }))
  })

  router.post('/audiences', 'audience.export', async ({ context, form, back, visitor }) => {
    const platform = platforms.find((name) => name === form['platform'])
    if (!platform) return back('/audiences', 'Say for whom the file is.')
    const purpose = form['purpose'] === 'suppress' ? 'suppress' : 'target'
    const done = await exportAudience(pages, { segment: form['segment'] ?? '', platform, purpose, by: visitor.user.id })
    if (done.kind === 'refused') return back('/audiences', `${done.why}.`)
    context.header('content-disposition', `attachment; filename="${platform}-${purpose}-${done.record.version}.csv"`)
    context.header('cache-control', 'no-store')
    return context.body(done.csv, 200, { 'content-type': 'text/csv; charset=utf-8' })
  })
}
