import { html } from 'hono/html'
import type { Lag } from '#graph/lag.ts'
import { kindField } from './graph-form.ts'
import type { Html } from './layout.ts'
import { plural } from './words.ts'

/** Where to begin when nothing is looked at. `lost` is what was asked for and is not there. */
export function graphStartView({ lag, lost }: { lag: Lag; lost: string }): Html {
  return html`<h1>Graph</h1>
    <p class="lede">Who is who, what they did and bought, what we know and may say, and where each of it comes from.</p>
    ${lost === '' ? '' : html`<p class="notice warn" role="alert">The graph holds no ${lost} of this kind at that time.</p>`}
    ${
      lag.kind === 'unbuilt'
        ? html`<p class="notice">Nothing was projected yet: <code>npm run -s millrace -- graph</code></p>`
        : html`<p>
              Begin with a <a href="/people">person</a>, or name a thing: a product by its SKU, a topic by its tag, a
              campaign by its reference.
            </p>
            <p class="soft">${lagWords(lag)}</p>`
    }
    <form method="get" action="/graph" class="inline" role="search">
      ${kindField('kind', 'product')}
      <label>Which <input name="id" value="${lost}" required /></label>
      <button class="main">Look</button>
    </form>`
}

function lagWords({ changes, behindMs }: Extract<Lag, { kind: 'live' }>): string {
  if (changes === 0) return 'It says all that was taken in.'
  const oldest = behindMs === null ? '' : `, the oldest of them since ${plural(Math.ceil(behindMs / 60_000), 'minute')}`
  return `${plural(changes, 'change')} not yet in it${oldest}: it follows each minute.`
}
