import { html } from 'hono/html'
import type { StepFlow } from '#campaigns/journeys/flow.ts'
import type { Step } from '#campaigns/definition/steps.ts'
import type { Html } from '../views/layout.ts'
import { count, cut, plural } from '../views/words.ts'
import { chart } from './chart.ts'
import { placesOf, theEnd, type Line, type Spot } from './journey-places.ts'

const column = 250
const box = { width: 216, height: 58 }
const row = 118
const longest = 27

/** A step as the picture shows it. */
export type Drawn = Pick<StepFlow, 'key' | 'came' | 'here' | 'went'> & { kind: Step['kind']; words: string }

/**
 * A journey from the top down: each step a box, ways that part beside each other, on each way how many went it. A picture
 * beside a list, never instead of it: the caller shows the same steps and numbers in words.
 * @param counted whether people ever came in; without them there is nothing to count
 */
export function journeyChart(steps: readonly Drawn[], title: string, counted: boolean): Html {
  const places = placesOf(steps)
  const hasBack = places.lines.some(({ back }) => back)
  const width = places.columns * column + (hasBack ? 70 : 0)
  const height = (places.rows - 1) * row + box.height + 16
  const known = new Map(steps.map((step) => [step.key, step]))
  return chart(
    { title, width, height, kind: 'journey', drawn: true },
    html`<defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0 0.5L7.5 4L0 7.5z" />
        </marker>
      </defs>
      ${places.lines.map((line) => lineOf(line, places.columns, counted))}
      ${places.spots.map((spot) => (spot.key === theEnd ? endOf(spot) : boxOf(spot, known.get(spot.key), counted)))}`,
  )
}

const middle = ({ x }: Spot): number => x * column
const top = (spot: Spot): number => spot.row * row + 8
const bottom = (spot: Spot): number => top(spot) + box.height

function lineOf(line: Line, columns: number, counted: boolean): Html {
  const { path, at } = line.back ? backLine(line, columns) : forwardLine(line)
  return html`<path class="way" d="${path}" marker-end="url(#arrow)"
      ><title>
        ${plural(line.people, 'person', 'people')} from ${line.from} to ${line.to === theEnd ? 'the end' : line.to}
      </title></path
    >
    ${counted ? html`<text class="went" text-anchor="middle" x="${at.x}" y="${at.y}">${count(line.people)}</text>` : ''}`
}

type Drawing = { path: string; at: { x: number; y: number } }

function forwardLine({ by }: Line): Drawing {
  const from = by[0]!
  const to = by.at(-1)!
  let path = `M${middle(from)} ${bottom(from)}`
  for (const [index, spot] of by.entries()) {
    const before = by[index - 1]
    if (!before) continue
    const [start, end] = [before === from ? bottom(before) : top(before) + box.height, top(spot)]
    const half = (start + end) / 2
    path += `C${middle(before)} ${half} ${middle(spot)} ${half} ${middle(spot)} ${end}`
    if (spot !== to) path += `L${middle(spot)} ${end + box.height}`
  }
  const second = by[1] ?? to
  // Beside the middle of the curve, where ways that part are apart already.
  return { path, at: { x: (middle(from) + 2 * middle(second)) / 3, y: bottom(from) + (row - box.height) * 0.62 } }
}

function backLine({ by }: Line, columns: number): Drawing {
  const [from, to] = [by[0]!, by.at(-1)!]
  const edge = columns * column + 40
  const [start, end] = [top(from) + box.height / 2, top(to) + box.height / 2 + (from === to ? 12 : 0)]
  const right = (spot: Spot): number => middle(spot) + box.width / 2
  const path = `M${right(from)} ${start}C${edge} ${start} ${edge} ${end} ${right(to)} ${end}`
  return { path, at: { x: edge - 14, y: (start + end) / 2 } }
}

function boxOf(spot: Spot, step: Drawn | undefined, counted: boolean): Html {
  if (!step) return html``
  const [left, y] = [middle(spot) - box.width / 2, top(spot)]
  return html`<g class="${step.kind}">
    <rect x="${left}" y="${y}" width="${box.width}" height="${box.height}" rx="9"><title>${step.words}</title></rect>
    <text class="strong" x="${left + 12}" y="${y + 23}">${cut(step.key, counted ? 20 : 28)}</text>
    ${counted && step.here > 0 ? html`<text class="here" text-anchor="end" x="${left + box.width - 12}" y="${y + 23}">${count(step.here)} here</text>` : ''}
    <text x="${left + 12}" y="${y + 43}">${cut(step.words, longest)}</text>
  </g>`
}

const endOf = (spot: Spot): Html =>
  html`<g class="end">
    <circle cx="${middle(spot)}" cy="${top(spot) + 12}" r="11" />
    <text text-anchor="middle" x="${middle(spot)}" y="${top(spot) + 42}">the end</text>
  </g>`
