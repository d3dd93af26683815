import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { cors } from 'hono/cors'
import type { Pages } from '../pages.ts'
import type { Env } from '../visitor.ts'

/** What a browser may send while a page is left: more is no batch of events. */
const largestBatch = 64 * 1024

const script = fileURLToPath(new URL('../assets/collect.js', import.meta.url))

/** The script that pages of the business's site load, and where it sends to. Strangers come here: no session, no trust. */
export function collectRoutes(app: Hono<Env>, { take, origins }: NonNullable<Pages['collect']>): void {
  app.get('/collect.js', compress({ threshold: 0 }), async (context) =>
    context.body(withoutRemarks(await readFile(script, 'utf8')), 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      ...forOtherSites,
    }),
  )

  app.use('/collect', cors({ origin: [...origins], allowMethods: ['POST'], allowHeaders: ['content-type'], maxAge: 86_400 })) // prettier-ignore
  const tooLarge = (context: Context): Response => context.json({ why: `A request holds at most ${largestBatch} bytes` }, 413) // prettier-ignore
  app.post('/collect', bodyLimit({ maxSize: largestBatch, onError: tooLarge }), async (context) => {
    for (const [name, value] of Object.entries(forOtherSites)) context.header(name, value)
    if (!origins.includes(context.req.header('origin') ?? '')) return context.json({ why: 'Not a page of this site' }, 403) // prettier-ignore
    if (context.req.header('sec-gpc') === '1') return context.json({ received: 0, why: 'Global Privacy Control is on' }, 202) // prettier-ignore
    const done = await take({ body: new Uint8Array(await context.req.arrayBuffer()), from: addressOf(context) })
    if (done.kind === 'not-understood') return context.json({ why: done.why }, 400)
    if (done.kind === 'taken') return context.json({ received: done.received, quarantined: done.quarantined }, 202)
    context.header('retry-after', String(done.afterSeconds))
    return context.json({ why: 'Too many events at once' }, 429)
  })
}

/** The origins of a site: people put `www.` before its name, or leave it out. */
export function originsOf(site: string): string[] {
  const { protocol, host } = new URL(site)
  const bare = host.replace(/^www\./, '')
  return [`${protocol}//${bare}`, `${protocol}//www.${bare}`]
}

/** Pages of another site load the script and read the answer. */
const forOtherSites = { 'cross-origin-resource-policy': 'cross-origin' }

/** Small for whoever loads it, readable for whoever keeps it. No text of the script spans lines. */
const withoutRemarks = (source: string): string =>
  source.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('//')).join('\n') // prettier-ignore

const ofOurNetwork = /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd])/i

/**
 * The visitor's address, for the caps alone. Behind a proxy of our own network it is the last one that the proxy noted;
 * what others claim there is passed over.
 */
export function addressOf(context: Context<Env>): string | null {
  const peer = peerOf(context)
  if (peer !== null && !ofOurNetwork.test(peer)) return peer
  return context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? peer
}

function peerOf(context: Context<Env>): string | null {
  // Asked without a socket, as programs in the same process do, there is nobody at the other end.
  const socket: unknown = context.env
  if (typeof socket !== 'object' || socket === null || !('incoming' in socket)) return null
  return getConnInfo(context).remote.address?.replace(/^::ffff:/, '') ?? null
}
