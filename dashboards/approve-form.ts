import type { YesToSeveral } from '#campaigns/launch/approve-draft.ts'
import { allocation, decider } from '#campaigns/launch/tried.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
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

/** The name of the field that says whether a draft is to be tried beside others. */
export const triedField = ({ id }: { id: DraftId }): string => `tried-${id}`

/** Which of several drafts are to be tried against each other, as they were read, and how. */
export const trialIn = (form: Form, drafts: readonly { id: DraftId }[]): Omit<YesToSeveral, 'by'> => ({
  drafts: drafts.flatMap(({ id }) => {
    const contentHash = form[triedField({ id })]
    return contentHash === undefined ? [] : [{ draftId: id, contentHash: contentHash as Hash }]
  }),
  decidedBy: decider.catch('click').parse(form['decidedBy']),
  allocation: allocation.catch('fixed').parse(form['allocation']),
  note: form['note'] ?? '',
  ...typedPeople(form),
})
