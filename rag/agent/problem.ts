import type { Failed, FailedReason } from '../chat-model.ts'

/** For whoever waits for the draft: what it means for her, and what she can do. */
const words: Readonly<Record<FailedReason, { what: string; todo: string }>> = {
  'rate-limited': {
    what: 'The vendor of the model asks for a pause',
    todo: 'Start the draft again in a few minutes',
  },
  unavailable: {
    what: 'No model could be reached',
    todo: 'Start the draft again in a few minutes; if that does not help, tell whoever looks after the settings',
  },
  timeout: { what: 'No model answered in time', todo: 'Start the draft again in a few minutes' },
  refused: {
    what: 'No model would write this',
    todo: 'Say in other words what it should achieve, or write it without a model',
  },
  'invalid-output': {
    what: 'What the model wrote cannot be used',
    todo: 'Start the draft again; a shorter wish helps',
  },
  auth: {
    what: 'The vendor of the model does not let us in',
    todo: 'Tell whoever looks after the settings: the key has to be checked',
  },
  budget: {
    what: 'The budget for models is spent',
    todo: 'Wait for tomorrow, or ask the owner to raise it',
  },
}

/** Why nothing was written, for the page of the draft. */
export function problemOf({ reason, why }: Pick<Failed, 'reason' | 'why'>): string {
  const { what, todo } = words[reason]
  return `${what} (${why.replaceAll('\n', '; ').replace(/\.$/, '')}). ${todo}.`
}

/** Without evidence every sentence would be invented: nobody is asked. */
export const nothingFound =
  'Nothing was found that this could be written from. Read in what the business offers (millrace ingest, then millrace corpus), or ask for something that its texts speak of.'
