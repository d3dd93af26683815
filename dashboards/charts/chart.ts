import { html } from 'hono/html'
import type { Html } from '../views/layout.ts'

/** The frame of every chart: named for who cannot see it, wide enough to be read, scrolling within itself on a phone. */
export const chart = (about: { title: string; width: number; height: number; kind?: string }, inside: Html): Html =>
  html`<figure class="scroll" tabindex="0" aria-label="${about.title}">
    <svg
      class="chart ${about.kind ?? ''}"
      viewBox="0 0 ${about.width} ${about.height}"
      role="img"
      aria-label="${about.title}"
    >
      ${inside}
    </svg>
  </figure>`
