import type { AddressInfo } from 'node:net'
import { serve, type ServerType } from '@hono/node-server'
import type { LaunchSettings } from '#campaigns/launch/launch.ts'
import type { Inbox } from '#dashboards/inbox.ts'
import type { Pages } from '#dashboards/pages.ts'
import { originsOf } from '#dashboards/routes/collect.ts'
import { createWebsite } from '#dashboards/server.ts'
import { openCollect } from '#ingest/collect.ts'
import type { Jobs } from '#kernel/jobs.ts'
import { sourcesOf } from './open-sources.ts'
import { identityOf, type House } from './wire.ts'
import { visitSource } from './wire-sources.ts'

/** What approving a draft needs of the house. */
export const launchOf = ({
  db,
  clock,
  agent,
  members,
  sender,
  preflight,
  texts,
  houseCaps,
}: House): LaunchSettings => ({
  db,
  clock,
  agent,
  members,
  sender,
  preflight,
  channels: ['email', ...texts],
  limits: {},
  houseCaps,
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
    ...collectorsOf(house),
    openSource: sourcesOf(house),
    sessionsKey: secrets.sessions,
    linksKey: secrets.links,
    signUpsKey: secrets.signUps,
    writeDraft: (draftId) => jobs.enqueue('write-draft', { draftId }),
  })
  const server = await listening(app.fetch, config.HOST, config.PORT)
  const { port } = server.address() as AddressInfo
  return { url: config.PUBLIC_URL ?? `http://${config.HOST}:${port}`, close: () => closed(server) }
}

/** Published pages tell of visits; where the business has a site, its pages may tell what happens on them. */
function collectorsOf({ config, ingest, news }: House): Pick<Pages, 'visits' | 'collect'> {
  const collect = openCollect(ingest, visitSource)
  const take: typeof collect = async (request) => {
    const collected = await collect(request)
    if (collected.kind === 'taken') news.emit('taken')
    return collected
  }
  const { BUSINESS_SITE: site } = config
  return { visits: take, collect: site === undefined ? null : { take, origins: originsOf(site) } }
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
