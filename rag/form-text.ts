import type { Form } from './forms.ts'

type Said = { readonly text: string }
type Line =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; sentences: readonly Said[] }
  | { kind: 'list'; items: readonly Said[] }
  | { kind: 'button'; label: string; url: string }

/** A body as its form publishes it, in plain words. What the form does not have is null. */
export type FormText = {
  headline: string | null
  summary: string | null
  text: string
  /** Where it leads; in a form whose text carries its link, that stands in the text as well. */
  link: string | null
}

/** The parts of a body that its readers see, as plain text that can be pasted where it is published. */
export function formText(body: { subject?: Said; preheader?: Said; blocks: readonly Line[] }, form: Form): FormText {
  const button = body.blocks.find((block) => block.kind === 'button')
  return {
    headline: form.headline === null ? null : (body.subject?.text ?? ''),
    summary: form.summary === null ? null : (body.preheader?.text ?? ''),
    text: body.blocks.map((block) => lineOf(block, form)).filter((line) => line !== '').join('\n\n'),
    link: button?.url ?? null,
  } // prettier-ignore
}

function lineOf(block: Line, form: Form): string {
  if (block.kind === 'paragraph') return block.sentences.map(({ text }) => text).join(' ')
  if (block.kind === 'list') return block.items.map(({ text }) => `• ${text}`).join('\n')
  if (block.kind === 'heading') return block.text
  return form.link?.as === 'text' ? `${block.label}: ${block.url}` : ''
}
