/** What one of several drafts of the same brief leads with, so that readers can tell which works. */
export type Idea = {
  readonly name: string
  /** As a marketer calls it. */
  readonly words: string
  /** What an author is told. */
  readonly instruction: string
}

/** The ideas there are: each says the same facts in another order, and none says what the others may not. */
export const ideas = {
  'offer-first': { name: 'offer-first', words: 'The offer first', instruction: 'Open with what is offered and what it costs; say why and how after that.' },
  'story-first': { name: 'story-first', words: 'The story first', instruction: 'Open with where it comes from or how it is made; name what is offered and its price after that.' },
  question: { name: 'question', words: 'A question', instruction: 'Open with a question that these readers have, answer it, and then name what is offered.' },
  short: { name: 'short', words: 'Short', instruction: 'One thing, in half the words you would take: what it is, what it costs, where to find it.' },
  'how-to': { name: 'how-to', words: 'How to', instruction: 'Open with something useful to know or to do; what is offered comes after it.' },
} as const satisfies Record<string, Idea> // prettier-ignore

export type IdeaName = keyof typeof ideas
export const ideaNames = Object.keys(ideas) as IdeaName[]
