import { missingSpellings } from '../columns/missing.ts'
import { named, quoted } from './duck.ts'

/** The column of table `rec` that holds a field, or a facet of it. */
export const columnOf = (field: string, facet?: string): string =>
  named(facet === undefined || facet === 'value' ? field : `${field}_${facet}`)

/** The text of columns of table `raw`, several joined by a blank. */
export const textOf = (columns: readonly string[]): string => {
  const cells = columns.map((column) => `raw.${named(column)}`)
  return cells.length === 1 ? cells[0]! : `concat_ws(' ', ${cells.join(', ')})`
}

/** Whether a text says that nothing is known. */
export const missingText = (text: string): string =>
  `lower(trim(${text})) in (${missingSpellings.map(quoted).join(', ')})`
