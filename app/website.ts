import type { AddressInfo } from 'node:net'
import { serve, type ServerType } from '@hono/node-server'
import type { LaunchSettings } from '#campaigns/launch.ts'
import type { Inbox } from '#dashboards/inbox.ts'
import type { Pages } from '#dashboards/pages.ts'
import { originsOf } from '#dashboards/routes/collect.ts'
import { createWebsite } from '#dashboards/server.ts'
import { openCollect } from '#ingest/collect.ts'
import type { Jobs } from '#kernel/jobs.ts'
import { sourcesOf } from './open-sources.ts'
import { identityOf, sources, type House } from './wire.ts'

/** What approving a draft needs of the house. */
export const launchOf = ({ db, clock, agent, members, sender }: House): LaunchSettings => ({
  db,
  clock,
  agent,
  members,
  sender,
  limits: {},
})

export type Serving = { url: string; close: () => Promise<void> }

/** Serves the web app where the settings say; the address it got is its public one unless PUBLIC_URL names another. */
export async function serveWebsite(house: House, jobs: Jobs, inbox: Inbox | null): Promise<Serving> {
  const { config, secrets } = house
  const { app } = createWebsite({
    ...house,
    ...launchOf(house),
    identity: identityOf(house),
    inbox,
    collect: collectorOf(house),
    openSource: sourcesOf(house),
    sessionsKey: secrets.sessions,
    linksKey: secrets.links,
    writeDraft: (draftId) => jobs.enqueue('write-draft', { draftId }),
  })
  const server = await listening(app.fetch, config.HOST, config.PORT)
  const { port } = server.address() as AddressInfo
  return { url: config.PUBLIC_URL ?? `http://${config.HOST}:${port}`, close: () => closed(server) }
}

/** Where the business has a site, its pages may tell what happens on them. */
function collectorOf({ config, ingest, news }: House): Pages['collect'] {
  const web = sources['web']?.open(undefined)
  if (config.BUSINESS_SITE === undefined || web === undefined) return null
  const collect = openCollect(ingest, web)
  const take: typeof collect = async (request) => {
    const collected = await collect(request)
    if (collected.kind === 'taken') news.emit('taken')
    return collected
  }
  return { take, origins: originsOf(config.BUSINESS_SITE) }
}

function listening(
  fetch: (request: Request) => Response | Promise<Response>,
  hostname: string,
  port: number,
): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname, port }, () => resolve(server))
    server.once('error', reject)
  })
}

const closed = (server: ServerType): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
