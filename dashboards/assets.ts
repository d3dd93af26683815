import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Hono } from 'hono'
import type { Env } from './visitor.ts'

type Asset = { file: URL; type: string }

const here = (name: string): URL => new URL(`./assets/${name}`, import.meta.url)

/** Everything a page may load; htmx comes from its package, pinned by the lockfile. */
const assets: Readonly<Record<string, Asset>> = {
  'style.css': { file: here('style.css'), type: 'text/css; charset=utf-8' },
  'desk.js': { file: here('desk.js'), type: 'text/javascript; charset=utf-8' },
  'icon.svg': { file: here('icon.svg'), type: 'image/svg+xml' },
  'htmx.js': {
    file: new URL(import.meta.resolve('htmx.org/dist/htmx.min.js')),
    type: 'text/javascript; charset=utf-8',
  },
}

/** Serves the stylesheet, the two scripts and the icon. */
export function assetRoutes(app: Hono<Env>): void {
  app.get('/assets/:name', async (context) => {
    const asset = assets[context.req.param('name')]
    if (!asset) return context.notFound()
    const bytes = await readFile(fileURLToPath(asset.file), 'utf8')
    return context.body(bytes, 200, { 'content-type': asset.type, 'cache-control': 'public, max-age=3600' })
  })
}
