import { DateTime } from 'luxon'
import { nodeKinds, type NodeKind } from '#graph/kinds.ts'
import { graphLag, type Lag } from '#graph/lag.ts'
import type { GraphNode, NodeRef } from '#graph/port.ts'
import { recordsBehind } from '#ingest/origins.ts'
import type { Pages } from '../pages.ts'
import { graphStartView } from '../views/graph-start.ts'
import { graphPath } from '../views/graph-form.ts'
import { graphView, type Looking } from '../views/graph.ts'
import { missing, type PageRequest, type Router } from './route.ts'

const [mostNodes, fanOut, mostRecords, mostRelated] = [60, 12, 40, 8]
const longestWay = 6

const isKind = (text: string | undefined): text is NodeKind => nodeKinds.some((kind) => kind === text)

/** The explorer: what lies around a thing, at any time, and where all of it comes from. */
export function graphRoutes(router: Router, pages: Pages): void {
  const { graph, clock, business, db } = pages
  const lag = (): Promise<Lag> => graphLag({ db, clock, store: graph })

  router.get('/graph', 'person.view', async (request) => {
    const [kind, id] = [request.query('kind'), request.query('id')?.trim() ?? '']
    if (isKind(kind) && id !== '') return request.context.redirect(graphPath({ kind, id }), 303)
    return request.page('Graph', graphStartView({ lag: await lag(), lost: id }))
  })

  router.get('/graph/:kind/:id', 'person.view', async (request) => {
    const [kind, id] = [request.param('kind'), request.param('id')]
    if (!isKind(kind)) return missing(request, 'The graph holds nothing of this kind.')
    const looking = lookingOf(request, { kind, id }, { now: clock(), zone: business.zone })
    const kinds = looking.kinds ?? passedThrough(kind)
    const around = await graph.neighbourhood(looking.node, { ...looking, kinds, limit: mostNodes, fanOut })
    const node = around.nodes[0]
    if (!node) return request.page('Nothing there', graphStartView({ lag: await lag(), lost: id }))
    const origins = await graph.lineage(node, mostRecords)
    const [records, related, way] = await Promise.all([
      recordsBehind(db, [...new Set(origins.map(({ recordId }) => recordId))]),
      relatedTo(pages, node, looking),
      looking.to ? graph.path(looking.node, looking.to, { ...looking, maxSteps: longestWay }) : null,
    ])
    const view = graphView({ looking, node, around, origins, records, related, way, zone: business.zone })
    return request.page(node.label, view)
  })
}

/** Everything, but for segments on the way from something else: they join everybody with everybody. */
const passedThrough = (kind: NodeKind): readonly NodeKind[] =>
  nodeKinds.filter((one) => one !== 'segment' || kind === 'segment')

async function relatedTo({ graph }: Pages, { kind, id }: GraphNode, looking: Looking) {
  if (kind !== 'person' && kind !== 'product') return []
  return graph.related({ kind, id }, { ...looking, limit: mostRelated })
}

/** What the address asks for; what it says wrong counts as not said. */
function lookingOf(request: PageRequest, node: NodeRef, { now, zone }: { now: Date; zone: string }): Looking {
  const kinds = (request.context.req.queries('kind') ?? []).filter(isKind)
  const depth = Math.min(3, Math.max(1, Number.parseInt(request.query('depth') ?? '2', 10) || 2))
  const [at, knownAt] = [endOfDay(request.query('at'), zone), endOfDay(request.query('known'), zone)]
  const [toKind, toId] = [request.query('to-kind'), request.query('to')?.trim() ?? '']
  return {
    node,
    depth,
    at: at ?? now,
    isNow: at === null,
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(knownAt === null ? {} : { knownAt }),
    ...(isKind(toKind) && toId !== '' ? { to: { kind: toKind, id: toId } } : {}),
  }
}

/** The end of a day by the clock of the business: what happened on it is seen. */
function endOfDay(day: string | undefined, zone: string): Date | null {
  if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  const start = DateTime.fromISO(day, { zone })
  return start.isValid ? start.endOf('day').toJSDate() : null
}
