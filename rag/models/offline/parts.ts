import type { ComposedSentence } from '../../draft.ts'
import type { IdeaName } from '../../ideas.ts'
import { phrases } from './intents.ts'
import { textOf, type Passage } from './passages.ts'
import { shortened, type Material } from './pieces.ts'
import { isReassurance } from './relevance.ts'
import { filled } from './titles.ts'

/** What copy is a row of: a question to the reader, a text, what is offered, when it takes place. */
export type Part =
  | { kind: 'question'; sentence: ComposedSentence }
  | { kind: 'passage'; passage: Passage }
  | { kind: 'offers' }
  | { kind: 'dates' }

const told = (passages: readonly Passage[]): Part[] => passages.map((passage) => ({ kind: 'passage', passage }))
const sold: readonly Part[] = [{ kind: 'offers' }, { kind: 'dates' }]

/** The parts in the order of the idea that leads; without one, as the material suggests. */
export function partsOf(material: Material): Part[] {
  const { idea } = material.request.brief
  return idea === undefined ? suggested(material) : orders[idea](material)
}

const orders: Record<IdeaName, (material: Material) => Part[]> = {
  'offer-first': ({ passages }) => [...sold, ...told(passages.map(shortened))],
  'story-first': ({ passages }) => [...told(passages.slice(0, 1)), ...sold, ...told(passages.slice(1).map(shortened))],
  question: (material) => {
    const question = questionOf(material)
    const answers = material.passages.toSorted((a, b) => Number(b.question !== null) - Number(a.question !== null))
    const lead = question === null ? [] : [{ kind: 'question' as const, sentence: question }]
    const asked = answers.map((passage) => ({ ...passage, question: passage.question === question?.text ? null : passage.question })) // prettier-ignore
    return [...lead, ...told(asked.slice(0, 1)), ...sold, ...told(asked.slice(1).map(shortened))]
  },
  short: ({ offers, passages }) => [...sold, ...(offers.length === 0 ? told(passages.slice(0, 1).map(shortened)) : [])],
  'how-to': ({ passages }) => [...told(passages), ...sold],
}

/** The question that the leading text answers; else whether what is offered would suit the reader. */
export function questionOf(material: Material): ComposedSentence | null {
  const asked = material.passages.find(({ question }) => question !== null && material.mayStand(question))
  if (asked?.question)
    return { text: asked.question, cites: asked.sentences.slice(0, 1).map(({ evidence }) => evidence.id) }
  const lines = phrases.questions(material.intent).flatMap((text) => filled(text, material) ?? [])
  return lines.find(({ text }) => material.mayStand(text)) ?? null
}

/**
 * What comes before the offers and what after. A lesson comes whole before; else one passage leads, unless it reassures or
 * answers a question about something else than the offers: that helps to decide, and comes after them.
 */
function suggested({ intent, offers, passages }: Material): Part[] {
  if (intent === 'teach' || offers.length === 0) return [...told(passages), ...sold]
  const leads = (passage: Passage): boolean =>
    (passage.question === null && !isReassurance(textOf(passage))) ||
    offers.some(({ name }) => textOf(passage).includes(name))
  const lead = passages.find(leads)
  const after = passages.filter((passage) => passage !== lead).map(shortened)
  return [...told(lead ? [lead] : []), ...sold, ...told(after)]
}
