import type { Hash } from '#kernel/ids.ts'
import type { Form } from './visitor.ts'

/** How many people a campaign is for, where somebody had to type it. */
export function typedPeople(form: Form): { people?: number } {
  const typed = Number.parseInt(form['people'] ?? '', 10)
  return Number.isNaN(typed) ? {} : { people: typed }
}

/** What somebody who approves a draft says beside their yes. */
export const choicesIn = (form: Form) => ({
  note: form['note'] ?? '',
  others: form['others'] === 'back' ? ('back' as const) : ('keep' as const),
  ...(form['limits'] === undefined ? {} : { limits: form['limits'] as Hash }),
  ...typedPeople(form),
})
