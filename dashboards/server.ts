import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { assetRoutes } from './assets.ts'
import { ourHeaders } from './headers.ts'
import type { Pages } from './pages.ts'
import { problemAnswers } from './problems.ts'
import { agentRoutes } from './routes/agents.ts'
import { audienceRoutes } from './routes/audiences.ts'
import { brandRoutes } from './routes/brand.ts'
import { calendarRoutes } from './routes/calendar.ts'
import { campaignRoutes, stopRoutes } from './routes/campaigns.ts'
import { collectRoutes } from './routes/collect.ts'
import { channelRoutes } from './routes/channels.ts'
import { copyRoutes } from './routes/copy.ts'
import { decideRoutes } from './routes/decide.ts'
import { preflightRoutes, reputationRoutes } from './routes/deliverability.ts'
import { deskRoutes } from './routes/desk.ts'
import { documentRoutes } from './routes/campaign-documents.ts'
import { editRoutes } from './routes/campaign-edit.ts'
import { enterRoutes, entryApi } from './routes/entries.ts'
import { evidenceRoutes } from './routes/evidence.ts'
import { pairRoutes } from './routes/identity-pair.ts'
import { reviewRoutes } from './routes/identity.ts'
import { experimentRoutes } from './routes/experiments.ts'
import { factRoutes } from './routes/facts.ts'
import { graphRoutes } from './routes/graph.ts'
import { guardrailRoutes } from './routes/guardrails.ts'
import { inboxRoutes } from './routes/inbox.ts'
import { ingestRoutes } from './routes/ingest.ts'
import { limitsRoutes } from './routes/limits.ts'
import { messageLinkRoutes } from './routes/message-links.ts'
import { journeyRoutes } from './routes/journeys.ts'
import { peopleRoutes } from './routes/people.ts'
import { publishedRoutes } from './routes/published.ts'
import { reportRoutes } from './routes/report.ts'
import { rolloutRoutes } from './routes/rollout.ts'
import { routesOf, type RouteRow } from './routes/route.ts'
import { scheduleRoutes } from './routes/schedule.ts'
import { segmentRoutes } from './routes/segments.ts'
import { servedPageRoutes } from './routes/served-pages.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { versionRoutes } from './routes/versions.ts'
import { whatsappRoutes } from './routes/whatsapp.ts'
import { switchRoutes } from './routes/switches.ts'
import { undecidedRoutes } from './routes/undecided.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { wayOutRoutes } from './routes/ways-out.ts'
import { writerRoutes } from './routes/writer.ts'
import { findVisitor, type Env } from './visitor.ts'
import { wholeAddresses } from './whole-text.ts'

/** Nothing that comes here is large: strangers must not be able to fill the memory. */
const largestBody = 1024 * 1024

export type Website = { app: Hono<Env>; routes: readonly RouteRow[] }

/** The web app: every page, the links in messages, and the providers' webhooks. Serves nothing by itself. */
export function createWebsite(pages: Pages): Website {
  const app = new Hono<Env>()
  const about = { business: pages.business.name, inbox: pages.inbox !== null }
  app.use(ourHeaders())
  app.use(bodyLimit({ maxSize: largestBody }))
  problemAnswers(app, { ...about, log: pages.log })
  app.use(wholeAddresses())
  strangersRoutes(app, pages)

  app.use(findVisitor(pages))
  signInRoutes(app, { ...pages, secure: pages.publicUrl.startsWith('https:') })
  app.get('/', (context) => context.redirect(context.get('visitor')?.user.role === 'viewer' ? '/report' : '/desk', 303))
  const router = routesOf(app, about)
  deskRoutes(router, pages)
  decideRoutes(router, pages)
  limitsRoutes(router, pages)
  copyRoutes(router, pages)
  publishedRoutes(router, pages)
  audienceRoutes(router, pages)
  calendarRoutes(router, pages)
  campaignRoutes(router, pages)
  stopRoutes(router, pages)
  undecidedRoutes(router, pages)
  switchRoutes(router, pages)
  wayOutRoutes(router, pages)
  enterRoutes(router, pages)
  tokenRoutes(router, pages)
  reputationRoutes(router, pages)
  preflightRoutes(router, pages)
  channelRoutes(router, pages)
  whatsappRoutes(router, pages)
  rolloutRoutes(router, pages)
  experimentRoutes(router, pages)
  journeyRoutes(router, pages)
  versionRoutes(router, pages)
  editRoutes(router, pages)
  documentRoutes(router, pages)
  scheduleRoutes(router, pages)
  peopleRoutes(router, pages)
  reviewRoutes(router, pages)
  pairRoutes(router, pages)
  reportRoutes(router, pages)
  evidenceRoutes(router, pages)
  segmentRoutes(router, pages)
  graphRoutes(router, pages)
  factRoutes(router, pages)
  guardrailRoutes(router, pages)
  agentRoutes(router, pages)
  brandRoutes(router, pages)
  writerRoutes(router, pages)
  ingestRoutes(router, pages)
  if (pages.inbox) inboxRoutes(router, pages.inbox)
  return { app, routes: router.rows }
}

/** What is asked without a session: the assets, the links of messages, the providers. */
function strangersRoutes(app: Hono<Env>, pages: Pages): void {
  assetRoutes(app)
  // For whoever watches from outside: that every part answers, not what the parts are.
  app.get('/health', async (context) => {
    await pages.health()
    return context.json({ status: 'ok' })
  })
  messageLinkRoutes(app, pages)
  servedPageRoutes(app, pages)
  entryApi(app, pages)
  if (pages.collect) collectRoutes(app, pages.collect)
  for (const [path, handle] of Object.entries(pages.webhooks)) {
    // Some providers ask by GET whether this is the right place before they post anything.
    app.on(['GET', 'POST'], `/webhooks/${path}`, async (context) => handle(context.req.raw))
  }
}
