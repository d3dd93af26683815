import { visibleText } from '../visible-text.ts'

/** A piece of text on a page: its left end and its base line, in points from the lower left corner. */
export type Piece = { text: string; x: number; y: number; width: number; size: number }
export type Page = { pieces: readonly Piece[] }

type Line = { text: string; cells: string[]; y: number; size: number; page: number }

/**
 * The text of pages as Markdown: lines that belong together are paragraphs, larger ones headings, lines of the same columns
 * tables. What stands on most pages alike (a running title, a page number) is left out. A text of several pages without
 * headings has its pages for headings.
 */
export function layOut(pages: readonly Page[]): string {
  const lines = withoutRunning(pages.flatMap(({ pieces }, page) => linesOf(pieces, page)), pages.length) // prettier-ignore
  const usual = usualSize(lines)
  const sizes = [...new Set(lines.filter((line) => isLarger(line, usual)).map(({ size }) => size))].toSorted(
    (a, b) => b - a,
  )
  const hasHeadings = sizes.length > 0
  const levelOf = (line: Line): number => (isLarger(line, usual) ? Math.min(3, sizes.indexOf(line.size) + 1) : 0)
  const blocks = groupsOf(lines, levelOf).map((group) => {
    const level = levelOf(group[0]!)
    const text = level > 0 ? `${'#'.repeat(level)} ${group.map((line) => line.text).join(' ')}` : blockOf(group)
    return { text, page: group[0]!.page }
  })
  const isNewPage = (index: number): boolean => !hasHeadings && pages.length > 1 && blocks[index - 1]?.page !== blocks[index]?.page // prettier-ignore
  return blocks
    .flatMap(({ text, page }, index) => (isNewPage(index) ? [`## Page ${page + 1}`, text] : [text]))
    .join('\n\n')
}

const gap = 1.5
const longestHeading = 150
const isLarger = ({ size, text }: Line, usual: number): boolean => size >= usual * 1.15 && text.length <= longestHeading

/** The size in which most of the text is set. */
function usualSize(lines: readonly Line[]): number {
  const letters = new Map<number, number>()
  for (const { size, text } of lines) letters.set(size, (letters.get(size) ?? 0) + text.length)
  return [...letters].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 0
}

/** Pieces on one base line, from left to right; a wide gap between two parts cells. */
function linesOf(pieces: readonly Piece[], page: number): Line[] {
  const rows: Piece[][] = []
  for (const piece of pieces) {
    const row = rows.at(-1)
    const isOnLine = row && Math.abs(row[0]!.y - piece.y) <= Math.max(1, piece.size / 3)
    if (isOnLine) row.push(piece)
    else rows.push([piece])
  }
  return rows.flatMap((row) => {
    const size = Math.round(Math.max(...row.map((piece) => piece.size)) * 2) / 2
    const cells = cellsOf(row.toSorted((a, b) => a.x - b.x)).map((cell) => visibleText(cell).replaceAll(/\s+/g, ' ').trim()) // prettier-ignore
    const kept = cells.filter((cell) => cell !== '')
    return kept.length === 0 ? [] : [{ text: kept.join(' '), cells: kept, y: row[0]!.y, size, page }]
  })
}

function cellsOf(row: readonly Piece[]): string[] {
  const cells: string[] = []
  let end = Number.NEGATIVE_INFINITY
  for (const { text, x, width, size } of row) {
    if (text.trim() === '') continue
    const between = x - end
    if (cells.length === 0 || between > size * 1.6) cells.push(text)
    else cells[cells.length - 1] += (between > size * 0.15 ? ' ' : '') + text
    end = Math.max(end, x + width)
  }
  return cells
}

/** Lines that stand on at least three pages, and on half of them, at the same height with the same words but for numbers. */
function withoutRunning(lines: readonly Line[], pages: number): Line[] {
  const place = ({ text, y }: Line): string => `${Math.round(y / 4)} ${text.replaceAll(/\d+/g, '0')}`
  const seen = new Map<string, Set<number>>()
  for (const line of lines) seen.set(place(line), (seen.get(place(line)) ?? new Set()).add(line.page))
  const often = Math.max(3, pages / 2)
  return lines.filter((line) => (seen.get(place(line))?.size ?? 0) < often)
}

/** Lines of one block: near each other, of one size, and of one kind. */
function groupsOf(lines: readonly Line[], levelOf: (line: Line) => number): Line[][] {
  const groups: Line[][] = []
  for (const line of lines) {
    const before = groups.at(-1)?.at(-1)
    const isNear = before?.page === line.page && before.y - line.y > 0 && before.y - line.y <= Math.max(before.size, line.size) * gap // prettier-ignore
    const isAlike = before !== undefined && levelOf(before) === levelOf(line) && (levelOf(line) > 0 || isRow(before) === isRow(line)) // prettier-ignore
    if (isNear && isAlike) groups.at(-1)!.push(line)
    else groups.push([line])
  }
  return groups
}

const isRow = ({ cells }: Line): boolean => cells.length > 1

function blockOf(group: readonly Line[]): string {
  const width = group[0]!.cells.length
  const isTable = width > 1 && group.length > 1 && group.every(({ cells }) => cells.length === width)
  return isTable ? tableOf(group.map(({ cells }) => cells), width) : paragraphOf(group) // prettier-ignore
}

/** A first row without numbers names the columns. */
function tableOf(rows: readonly string[][], width: number): string {
  const isNamed = !rows[0]!.some((cell) => /\d/.test(cell))
  const [names, ...body] = isNamed ? rows : [Array.from({ length: width }, () => ''), ...rows]
  return [rowLine(names!), `|${'---|'.repeat(width)}`, ...body.map(rowLine)].join('\n')
}

const rowLine = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`

const bullet = /^[•●▪‣·–]\s*/

/** A word that was parted at the end of a line is whole again; lines of a list stay lines. */
function paragraphOf(group: readonly Line[]): string {
  const text = group.reduce((before, { text: line }) => {
    if (before === '' || bullet.test(line)) return `${before}${before === '' ? '' : '\n'}${line.replace(bullet, '- ')}`
    return /\p{Ll}-$/u.test(before) && /^\p{Ll}/u.test(line) ? before.slice(0, -1) + line : `${before} ${line}`
  }, '')
  return text.replace(/^(?=#{1,6}(?:\s|$)|\||```|~~~)/, '\\')
}
