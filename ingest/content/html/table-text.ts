import { attribute, childrenOf, elementsOf, isElement, type Element } from './page.ts'

const mostColumns = 50
const mostRows = 5000
/** Cells that hold these are no cells of data: the table only lays out the page. */
const laysOut = new Set(['table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'details', 'dl', 'article', 'section', 'form'])

/** Whether a table holds data, and not the parts of a page. */
export const isDataTable = (table: Element): boolean =>
  attribute(table, 'role') !== 'presentation' && ![...elementsOf(table)].some(({ tagName }) => laysOut.has(tagName))

/**
 * A table as lines of Markdown, cells that span columns or rows repeated. A first row of headings names the columns; where
 * there is none, they have no names.
 */
export function tableText(
  table: Element,
  textOf: (cell: Element) => string,
  hides: (element: Element) => boolean,
): string {
  const rows = [...elementsOf(table, hides)].filter(({ tagName }) => tagName === 'tr').slice(0, mostRows)
  const cells = rows.map((row) => childrenOf(row).filter(isElement).filter((cell) => isCell(cell) && !hides(cell))) // prettier-ignore
  const grid = gridOf(cells, textOf)
  const width = Math.max(0, ...grid.map((row) => row.length))
  if (width === 0 || grid.flat().every((cell) => cell === '')) return ''
  const isNamed = cells[0]!.length > 1 && cells[0]!.every(({ tagName }) => tagName === 'th')
  const [head, ...body] = isNamed || width === 1 ? grid : [[], ...grid]
  const line = (row: readonly string[]): string =>
    `| ${Array.from({ length: width }, (_, index) => row[index] ?? '').join(' | ')} |`
  return [line(head ?? []), `|${'---|'.repeat(width)}`, ...body.map(line)].join('\n')
}

const isCell = ({ tagName }: Element): boolean => tagName === 'td' || tagName === 'th'

function gridOf(rows: readonly Element[][], textOf: (cell: Element) => string): string[][] {
  const grid: string[][] = rows.map(() => [])
  rows.forEach((cells, y) => {
    let x = 0
    for (const cell of cells) {
      const text = textOf(cell)
        .replaceAll(/\s+/g, ' ')
        .replaceAll('|', String.raw`\|`)
      while (grid[y]![x] !== undefined) x += 1
      for (let down = y; down < Math.min(rows.length, y + spanOf(cell, 'rowspan')); down += 1)
        for (let across = x; across < Math.min(mostColumns, x + spanOf(cell, 'colspan')); across += 1) grid[down]![across] = text // prettier-ignore
    }
  })
  return grid
}

const spanOf = (cell: Element, name: string): number =>
  Math.min(mostColumns, Math.max(1, Number.parseInt(attribute(cell, name) ?? '1', 10) || 1))
