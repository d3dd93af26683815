import { scaleLinear, scalePoint } from 'd3-scale'
import { area, line } from 'd3-shape'
import { html } from 'hono/html'
import type { Html } from '../views/layout.ts'
import { chart } from './chart.ts'

export type Point = { label: string; value: number }

/** How a value is said: in full on its point, briefly on the axis. */
export type Words = { point: (value: number) => string; axis: (value: number) => string }

const width = 800
const height = 240
const edge = { top: 14, right: 34, bottom: 30, left: 64 }
const labelsShown = 8

/**
 * A line over time as SVG, readable without colour: every point has a title, and the caller shows the same
 * numbers as a table beside it.
 */
export function lineChart(points: readonly Point[], title: string, words: Words): Html {
  const values = points.map((point) => point.value)
  const [bottom, top] = [Math.min(0, ...values), Math.max(0, ...values)]
  const x = scalePoint(
    points.map((point) => point.label),
    [edge.left, width - edge.right],
  )
  const y = scaleLinear([bottom, top === bottom ? bottom + 1 : top], [height - edge.bottom, edge.top]).nice(4)
  const at = (point: Point): number => x(point.label) ?? edge.left
  const over = line<Point>(at, (point) => y(point.value))([...points]) ?? ''
  const under = area<Point>(at, y(0), (point) => y(point.value))([...points]) ?? ''
  const every = Math.max(1, Math.ceil(points.length / labelsShown))
  const lines = y
    .ticks(4)
    .map(
      (tick) =>
        html`<line class="grid-line" x1="${edge.left}" x2="${width - edge.right}" y1="${y(tick)}" y2="${y(tick)}" />
          <text x="${edge.left - 10}" y="${y(tick) + 4}" text-anchor="end">${words.axis(tick)}</text>`,
    )
  const dots = points.map(
    (point, index) =>
      html`<circle cx="${at(point)}" cy="${y(point.value)}" r="3.5" fill="currentColor">
          <title>${point.label}: ${words.point(point.value)}</title>
        </circle>
        ${
          index % every === 0
            ? html`<text x="${at(point)}" y="${height - 8}" text-anchor="middle">${point.label}</text>`
            : ''
        }`,
  )
  return chart(
    { title, width, height },
    html`${lines}
      <path d="${under}" fill="currentColor" opacity="0.1" />
      <path d="${over}" fill="none" stroke="currentColor" stroke-width="2" />
      ${dots}`,
  )
}
