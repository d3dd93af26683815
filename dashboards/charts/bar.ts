import { scaleLinear } from 'd3-scale'
import { html } from 'hono/html'
import { cut } from '../views/words.ts'
import { chart } from './chart.ts'
import type { Html } from '../views/layout.ts'
import type { Point } from './line.ts'

const width = 800
const rowHeight = 32
const labelWidth = 130
const valueWidth = 100

/** Horizontal bars, largest wherever the caller put it, each with its value in words. */
export function barChart(points: readonly Point[], title: string, words: (value: number) => string): Html {
  const most = Math.max(1, ...points.map((point) => point.value))
  const x = scaleLinear([0, most], [0, width - labelWidth - valueWidth])
  const bars = points.map((point, index) => {
    const middle = index * rowHeight + rowHeight / 2
    const long = Math.max(0, x(point.value))
    return html`<text x="${labelWidth - 12}" y="${middle + 5}" text-anchor="end">${cut(point.label, 17)}</text>
      <rect x="${labelWidth}" y="${middle - 9}" width="${long}" height="18" rx="4" fill="currentColor">
        <title>${point.label}: ${words(point.value)}</title>
      </rect>
      <text class="strong" x="${labelWidth + long + 10}" y="${middle + 5}">${words(point.value)}</text>`
  })
  return chart({ title, width, height: points.length * rowHeight }, html`${bars}`)
}
