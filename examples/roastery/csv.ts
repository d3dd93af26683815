import { stringify } from 'csv-stringify/sync'

/** Stands for one byte that is no UTF-8; `encode` turns it into a Latin-1 "ë" (0xEB), as a wrong export would. */
export const strayByte = '\u{F8FF}'

export type Cell = string | number

/** A CSV text with `\n` line ends, quoted only where needed. */
export const csv = (rows: readonly (readonly Cell[])[]): string => stringify(rows.map((row) => [...row]))

/** UTF-8 bytes, with each stray-byte mark replaced by the single byte 0xEB. */
export function encode(text: string): Uint8Array {
  const parts = text.split(strayByte).map((part) => Buffer.from(part, 'utf8'))
  const joined = parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from([0xeb]), part]))
  return new Uint8Array(Buffer.concat(joined))
}

/** Picks the named columns of a record in header order; a column without a value is an empty cell. */
export const row = (header: readonly string[], values: Readonly<Record<string, Cell>>): Cell[] =>
  header.map((column) => values[column] ?? '')
