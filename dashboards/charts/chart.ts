import { html } from 'hono/html'
import type { Html } from '../views/layout.ts'

/**
 * The frame of every chart: named for who cannot see it, wide enough to be read, scrolling within itself on a phone.
 * `drawn`: a drawing in its own size, where others fill the page.
 */
export const chart = (
  about: { title: string; width: number; height: number; kind?: string; drawn?: true },
  inside: Html,
): Html =>
  html`<figure class="scroll" tabindex="0" aria-label="${about.title}">
    <svg
      class="${about.drawn ? 'drawn' : 'chart'} ${about.kind ?? ''}"
      ${about.drawn ? html`width="${about.width}" height="${about.height}"` : ''}
      viewBox="0 0 ${about.width} ${about.height}"
      role="img"
      aria-label="${about.title}"
    >
      ${inside}
    </svg>
  </figure>`
