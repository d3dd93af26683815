import { html } from 'hono/html'
import type { Html } from './layout.ts'

/** A message in a frame of its own: its styles and words cannot reach the page around it. */
export const mailFrame = (src: string, title: string, width: 'phone' | 'full' = 'full'): Html =>
  html`<iframe
    class="preview ${width}"
    src="${src}"
    title="${title}"
    sandbox="allow-popups allow-popups-to-escape-sandbox"
  ></iframe>`
