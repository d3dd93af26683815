import type { AddressInfo } from 'node:net'
import { serve, type ServerType } from '@hono/node-server'
import type { LaunchSettings } from '#campaigns/launch.ts'
import type { Inbox } from '#dashboards/inbox.ts'
import { createWebsite } from '#dashboards/server.ts'
import type { Jobs } from '#kernel/jobs.ts'
import type { House } from './wire.ts'

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
    inbox,
    sessionsKey: secrets.sessions,
    linksKey: secrets.links,
    writeDraft: (draftId) => jobs.enqueue('write-draft', { draftId }),
  })
  const server = await listening(app.fetch, config.HOST, config.PORT)
  const { port } = server.address() as AddressInfo
  return { url: config.PUBLIC_URL ?? `http://${config.HOST}:${port}`, close: () => closed(server) }
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
