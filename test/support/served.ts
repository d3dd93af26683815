import type { AddressInfo } from 'node:net'
import { serve, type ServerType } from '@hono/node-server'

export type Served = { url: string; close: () => Promise<void> }

type Fetch = (request: Request) => Response | Promise<Response>

/** Serves an app at a free port of this machine, with real sockets. */
export async function served(app: { fetch: Fetch }, hostname = '127.0.0.1'): Promise<Served> {
  const server = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname, port: 0 }, () => resolve(started))
  })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
  return { url: `http://${hostname}:${(server.address() as AddressInfo).port}`, close }
}
