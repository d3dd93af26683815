import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A CSV file written row by row; memory does not grow with it. */
export type CsvWriter = {
  row: (cells: readonly (string | number)[]) => void
  line: (text: string) => void
  close: () => void
}

const flushAt = 1 << 20

/** Opens (and replaces) the file, makes its folder and writes the header. */
export function csvWriter(path: string, header: readonly string[]): CsvWriter {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'w')
  let held: string[] = []
  let size = 0
  const flush = (): void => {
    writeFileSync(file, held.join(''))
    held = []
    size = 0
  }
  const line = (text: string): void => {
    held.push(text, '\n')
    size += text.length + 1
    if (size > flushAt) flush()
  }
  const row = (cells: readonly (string | number)[]): void => line(csvLine(cells))
  row(header)
  return {
    row,
    line,
    close: () => {
      flush()
      closeSync(file)
    },
  }
}

/** One line, quoted only where needed. */
export function csvLine(cells: readonly (string | number)[]): string {
  let text = ''
  for (let index = 0; index < cells.length; index += 1) {
    const cell = String(cells[index])
    text += index === 0 ? '' : ','
    text += /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  }
  return text
}
