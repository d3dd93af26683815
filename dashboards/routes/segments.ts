import { previewSegment } from '#graph/segment.ts'
import { maintainSegments } from '#graph/segments/maintain.ts'
import { problemLines, readRule } from '#graph/segments/read-rule.ts'
import {
  listSegments, retireSegment, rollbackSegment, saveSegment, segmentByName, segmentHistory, type Segment,
} from '#graph/segments/registry.ts' // prettier-ignore
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { segmentEditView, segmentView, segmentsView, type Preview } from '../views/segments.ts'
import { missing, type PageRequest, type Router } from './route.ts'

const sampleSize = 12
const unknown = 'There is no such segment.'
const pathOf = (name: string): string => `/segments/${encodeURIComponent(name)}`

/** Who campaigns are for: the saved rules, whom they select, a form that tries a rule before it is kept. */
export function segmentRoutes(router: Router, pages: Pages): void {
  const { db, clock, business } = pages

  router.get('/segments', 'campaign.view', async ({ page, may }) =>
    page('Segments', segmentsView({ segments: await listSegments(db), zone: business.zone, may })),
  )

  router.get('/segments/new', 'campaign.draft', (request) => editPage(pages, request, null))

  router.get('/segments/:name', 'campaign.view', async (request) => {
    const segment = await segmentByName(db, request.param('name'))
    if (!segment) return missing(request, unknown)
    const { page, may, visitor } = request
    const history = await segmentHistory(db, segment.name)
    const named = await actorNames(db, history.map(({ movedBy }) => movedBy)) // prettier-ignore
    const preview = await previewOf(pages, segment.rule, may('person.view'))
    const view = { segment, history, named, preview, business, may, csrf: visitor.csrf }
    return page(segment.name, segmentView(view))
  })

  router.get('/segments/:name/edit', 'campaign.draft', async (request) => {
    const segment = await segmentByName(db, request.param('name'))
    return segment ? editPage(pages, request, segment) : missing(request, unknown)
  })

  router.post('/segments', 'campaign.draft', async ({ form, back, visitor }) => {
    const { name = '', description = '', rule = '' } = form
    const saved = await saveSegment({ db, clock }, { name, description, rule: parsed(rule), by: visitor.user.id })
    const again = `/segments/new?${new URLSearchParams({ name, description, rule }).toString()}`
    if (saved.kind === 'bad-rule') return back(again, problemLines(saved.problems).join(' '))
    if (saved.kind === 'refused') return back(again, `${saved.why}.`)
    await maintainSegments({ db, clock, store: pages.graph })
    return back(pathOf(saved.segment.name), saved.changed ? 'Kept.' : 'Nothing was changed.')
  })

  router.post('/segments/:name/rollback', 'campaign.draft', async ({ form, back, visitor, param }) => {
    const name = param('name')
    const done = await rollbackSegment({ db, clock }, { name, hash: form['hash'] ?? '', by: visitor.user.id })
    if (done.kind === 'unknown') return back(pathOf(name), `${done.why}.`)
    await maintainSegments({ db, clock, store: pages.graph })
    return back(pathOf(name), 'The earlier rule holds again.')
  })

  router.post('/segments/:name/retire', 'campaign.draft', async ({ back, visitor, param }) => {
    const done = await retireSegment({ db, clock }, { name: param('name'), by: visitor.user.id })
    return back('/segments', done.kind === 'unknown' ? `${done.why}.` : 'Taken out of use. Its name and versions stay.')
  })
}

/** The form, filled by the address (a rule that is tried) or by the segment. */
async function editPage(pages: Pages, request: PageRequest, segment: Segment | null) {
  const text =
    request.query('rule') ?? JSON.stringify(segment?.rule ?? { all: [{ consent: { channel: 'email' } }] }, null, 2)
  const read = readRule(parsed(text))
  const preview = read.kind === 'rule' ? await previewOf(pages, read.rule, request.may('person.view')) : null
  const view = segmentEditView({
    name: request.query('name') ?? segment?.name ?? '',
    description: request.query('description') ?? segment?.description ?? '',
    text,
    rule: read.kind === 'rule' ? read.rule : null,
    problems: read.kind === 'rule' ? [] : problemLines(read.problems),
    preview,
    isNew: segment === null,
    business: pages.business,
    csrf: request.visitor.csrf,
  })
  return request.page(segment?.name ?? 'A new segment', view)
}

async function previewOf({ graph, clock }: Pages, rule: Segment['rule'], names: boolean): Promise<Preview> {
  const { count, sample } = await previewSegment({ store: graph, clock }, rule, sampleSize)
  if (!names) return { count, sample: null }
  const people = await Promise.all(sample.map((id) => graph.personContext(id, { at: clock(), limit: 1 })))
  return { count, sample: people.flatMap((known) => (known ? [known.person] : [])) }
}

/** JSON that cannot be read stays text, which no rule is: the reader of rules says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
