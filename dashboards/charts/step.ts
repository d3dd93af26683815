import { html } from 'hono/html'
import type { Html } from '../views/layout.ts'

const width = 220
const height = 18

/** The bits that steps run through, so that all bars of a waterfall have one scale. */
export type Reach = { least: number; most: number }

export function reachOf(sums: readonly number[]): Reach {
  return { least: Math.min(0, ...sums), most: Math.max(0, ...sums) }
}

/**
 * One step of a waterfall, from a sum to the next, beside the line of even odds. For the eye alone: the number stands
 * beside it.
 */
export function stepBar(from: number, to: number, { least, most }: Reach, kind: 'start' | 'step' | 'sum'): Html {
  const x = (bits: number): number => 4 + ((bits - least) / Math.max(1e-9, most - least)) * (width - 8)
  const [begin, end] = [Math.min(x(from), x(to)), Math.max(x(from), x(to))]
  const tone = kind === 'step' ? (to < from ? 'against' : 'for') : kind
  return html`<svg
    class="step"
    preserveAspectRatio="none"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    aria-hidden="true"
    focusable="false"
  >
    <line class="even" x1="${x(0).toFixed(1)}" x2="${x(0).toFixed(1)}" y1="0" y2="${height}" />
    <line class="sum" x1="${x(to).toFixed(1)}" x2="${x(to).toFixed(1)}" y1="9" y2="${height}" />
    <rect
      class="${tone}"
      x="${begin.toFixed(1)}"
      y="4"
      width="${Math.max(1.5, end - begin).toFixed(1)}"
      height="10"
      rx="2"
    />
  </svg>`
}
