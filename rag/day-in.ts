import { figuresOf } from './guardrails/figures.ts'

/** The first whole date of a text, as milliseconds at its midnight (UTC). */
export function dayIn(text: string): number | null {
  const date = figuresOf(text).find((figure) => figure.kind === 'date' && figure.year !== null && figure.day !== null)
  if (date?.kind !== 'date' || date.year === null || date.day === null) return null
  return Date.UTC(date.year, date.month - 1, date.day)
}
