import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Hono } from 'hono'
import { etag } from 'hono/etag'
import type { Env } from './visitor.ts'

type Asset = { file: URL; type: string }

const here = (name: string): URL => new URL(`./assets/${name}`, import.meta.url)

const css = 'text/css; charset=utf-8'
const script = 'text/javascript; charset=utf-8'

/** Everything a page may load; htmx comes from its package, pinned by the lockfile. */
const assets: ReadonlyMap<string, Asset> = new Map([
  ['style.css', { file: here('style.css'), type: css }],
  ['desk.js', { file: here('desk.js'), type: script }],
  ['icon.svg', { file: here('icon.svg'), type: 'image/svg+xml' }],
  ['htmx.js', { file: new URL(import.meta.resolve('htmx.org/dist/htmx.min.js')), type: script }],
])

/** Serves the stylesheet, the two scripts and the icon. */
export function assetRoutes(app: Hono<Env>): void {
  app.use('/assets/*', etag())
  app.get('/assets/:name', async (context) => {
    const asset = assets.get(context.req.param('name'))
    if (!asset) return context.notFound()
    const words = await readFile(fileURLToPath(asset.file), 'utf8')
    return context.body(words, 200, { 'content-type': asset.type, 'cache-control': 'public, max-age=300' })
  })
}
