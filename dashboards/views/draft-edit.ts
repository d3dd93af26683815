import { html } from 'hono/html'
import { textsOf, type DraftBody } from '#rag/draft.ts'
import type { Draft } from '#rag/drafts.ts'
import { forms, type FormName } from '#rag/forms.ts'
import { fieldOf } from '../draft-form.ts'
import type { Form } from '../visitor.ts'
import { csrfInput, type Html } from './layout.ts'

/** Roomy enough on a phone, where a line holds about this many letters. */
const lineLetters = 60

/** `own`: what was entered in it, where that was refused. */
type Data = { draft: Draft; body: DraftBody; own: Form | null; csrf: string }

/** Every text of a draft as a field, in reading order. An emptied sentence goes. */
export function draftEditView({ draft, body, own, csrf }: Data): Html {
  const { id, brief } = draft
  const labels = labelsOf(body, brief.channel)
  const contentHash = own?.['contentHash'] ?? draft.contentHash ?? ''
  const isStale = contentHash !== (draft.contentHash ?? '')
  const field = (text: string, place: number): Html => {
    if (labels[place] === null) return html``
    const name = fieldOf(place)
    return html`<div class="field">
      <label for="${name}">${labels[place] ?? 'Text'}</label>
      <textarea id="${name}" name="${name}" rows="${Math.ceil(text.length / lineLetters) || 1}">
${own?.[name] ?? text}</textarea>
    </div>`
  }
  return html`<h1>Edit the draft</h1>
    <p class="lede">
      The guardrails read it again when you keep it. Empty a sentence to drop it. Evidence stays with its sentence.
    </p>
    ${isStale ? html`<p>What is below was written over an earlier wording, and cannot be kept. <a href="/desk/${id}/edit">Begin with it as it is now</a></p>` : ''}
    <form method="post" action="/desk/${id}/edit" class="card texts">
      ${csrfInput(csrf)}<input type="hidden" name="contentHash" value="${contentHash}" />
      ${textsOf(body).map(field)}
      <div class="actions">
        <button class="main">Keep and check</button><a class="button" href="/desk/${id}">Leave it</a>
      </div>
    </form>`
}

/** What each text is, sentences numbered: no two fields of a page bear the same name. Null for what the form does not have. */
function labelsOf(body: DraftBody, channel: FormName): (string | null)[] {
  const seen = new Map<string, number>()
  const numbered = (label: string): string => {
    const place = (seen.get(label) ?? 0) + 1
    seen.set(label, place)
    return `${label} ${place}`
  }
  const blocks = body.blocks.flatMap((block) => {
    if (block.kind === 'paragraph') return block.sentences.map(() => numbered('Sentence'))
    if (block.kind === 'list') return block.items.map(() => numbered('List item'))
    return [numbered(block.kind === 'button' ? 'Button' : 'Heading')]
  })
  return [headlineLabel(channel), forms[channel].summary === null ? null : summaryLabel(channel), ...blocks]
}

/** What a marketer calls the first text of a form, and the line below it. */
export function headlineLabel(channel: FormName): string {
  if (channel === 'email') return 'Subject'
  return forms[channel].headline === null ? 'Name at the desk, not published' : 'Headline'
}

export const summaryLabel = (channel: FormName): string => {
  if (channel === 'email') return 'Preheader'
  return channel === 'ad' ? 'First description' : 'Summary'
}
