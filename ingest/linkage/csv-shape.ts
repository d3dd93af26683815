import { headerEvidence } from '../columns/header.ts'

/** How a text of rows is laid out. `skip`: lines of title before the table; `cells`: how many cells a row has. */
export type CsvShape = { delimiter: string; header: boolean; skip: number; cells: number }

const marks = [',', ';', '\t', '|']
const mostTitles = 10

/**
 * How a CSV file is laid out, by its beginning: the delimiter is the one its lines agree on best, lines of one cell above
 * the table are its title, and a first row that could be a record is no header.
 */
export function csvShape(start: string): CsvShape {
  const lines = quotesFlattened(start)
    .split(/\r\n|\n|\r/)
    .slice(0, 400)
  const filled = lines.filter((line) => line.trim() !== '')
  const delimiter = marks
    .map((mark) => ({ mark, sure: agreement(filled, mark) }))
    .toSorted((a, b) => b.sure - a.sure)[0]!.mark
  const skip = titleLines(lines, delimiter)
  const rows = lines
    .slice(skip)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(delimiter).map((cell) => cell.trim().replaceAll('"', '').trim()))
  const header = isHeader(rows[0] ?? [], rows.slice(1))
  return { delimiter, header, skip, cells: Math.max(rows[0]?.length ?? 1, usualCells(filled, delimiter)) }
}

/** Marks and line ends inside quotes are no marks and line ends. Quotes count where they begin a cell and end one. */
const quotesFlattened = (text: string): string =>
  text.replaceAll(
    /(?<=^|[,;\t|\n\r] *)"(?:[^"]|"")*"(?= *(?:[,;\t|\r\n]|$))/g,
    (cell) => `"${cell.slice(1, -1).replaceAll(/[,;\t|\r\n"]/g, ' ')}"`,
  )

/** How well a mark takes lines apart: into many cells, and into equally many. */
function agreement(lines: readonly string[], mark: string): number {
  const most = usualCells(lines, mark)
  const same = lines.filter((line) => cellsOf(line, mark) === most).length
  return (same / Math.max(1, lines.length)) * Math.log2(most)
}

const cellsOf = (line: string, mark: string): number => line.split(mark).length

/** The number of cells that most lines have. */
function usualCells(lines: readonly string[], mark: string): number {
  const counts = [...Map.groupBy(lines, (line) => cellsOf(line, mark))]
  return counts.toSorted(([a, x], [b, y]) => y.length - x.length || b - a)[0]?.[0] ?? 1
}

function titleLines(lines: readonly string[], mark: string): number {
  const filled = lines.filter((line) => line.trim() !== '')
  const usual = usualCells(filled, mark)
  const first = lines.findIndex((line) => cellsOf(line, mark) > 1)
  return usual >= 3 && first > 0 && first <= mostTitles && cellsOf(lines[first]!, mark) === usual ? first : 0
}

/** Names of columns never hold an address; they are seldom numbers, and do not come back among the values below. */
function isHeader(first: readonly string[], rows: readonly (readonly string[])[]): boolean {
  if (first.some((cell) => /\S+@\S+\.\S+/.test(cell))) return false
  const known = first.filter((cell) => Object.values(headerEvidence(cell)).some((sure) => sure >= 0.5)).length
  const numbers = first.filter((cell) => /^\d[\d\s./:-]*$/.test(cell)).length
  if (known > numbers) return true
  if (numbers > 0) return false
  return known > 0 || !first.some((cell, at) => cell !== '' && rows.some((row) => row[at] === cell))
}
