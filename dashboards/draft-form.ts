import { textsOf, type Block, type DraftBody, type Sentence } from '#rag/draft.ts'
import type { Form } from './visitor.ts'

/** The name of the field of the n-th text of a body, in reading order. */
export const fieldOf = (place: number): string => `text-${place}`

/**
 * A body with the texts a person typed, in reading order. A sentence left empty goes, and what it leaves empty goes
 * too; citations stay with their sentences (the guardrails judge whether they still hold).
 */
export function bodyFrom(body: DraftBody, form: Form): unknown {
  const before = textsOf(body)
  let place = 0
  const next = (): string => {
    const typed = form[fieldOf(place)] ?? before[place] ?? ''
    place += 1
    return typed.trim()
  }
  const said = (sentences: readonly Sentence[]): Sentence[] =>
    sentences.map((sentence) => ({ ...sentence, text: next() })).filter(({ text }) => text !== '')
  const subject = { ...body.subject, text: next() }
  const preheader = { ...body.preheader, text: next() }
  const blocks = body.blocks.flatMap((block): Block[] => {
    if (block.kind === 'paragraph') {
      const sentences = said(block.sentences)
      return sentences.length > 0 ? [{ ...block, sentences }] : []
    }
    if (block.kind === 'list') {
      const items = said(block.items)
      return items.length > 0 ? [{ ...block, items }] : []
    }
    const text = next()
    if (text === '') return []
    return [block.kind === 'button' ? { ...block, label: text } : { ...block, text }]
  })
  return { ...body, subject, preheader, blocks }
}
