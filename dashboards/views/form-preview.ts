import { html } from 'hono/html'
import type { DraftBody } from '#rag/draft.ts'
import { sizeOf } from '#rag/form-size.ts'
import { formText, type FormText } from '#rag/form-text.ts'
import { forms, type Form, type FormName } from '#rag/forms.ts'
import { publishedText, type Parameter } from '#rag/whatsapp-shape.ts'
import type { Html } from './layout.ts'
import { mailFrame } from './mail-frame.ts'

/** What is framed as it will look, because it is a page of its own. */
export const isFramed = (form: FormName): boolean => forms[form].headline !== null && forms[form].blocks.length === 4

/** Copy as its readers get it: mail and pages in a frame of their own, at `src`, the rest as a card with its length. */
export function formPreview(body: DraftBody, name: FormName, src: string, title?: string): Html {
  const form: Form = forms[name]
  if (isFramed(name))
    return mailFrame(src, title ?? `The ${form.words} as a reader sees it`, name === 'email' ? 'phone' : 'full')
  const text = publishedText(body, name)
  if (name === 'ad') return adCard(text, form)
  if (name === 'whatsapp-template') return templateCard(text, form, body)
  return html`<div class="card">
    <p class="published">${text.text}</p>
    ${form.link?.as === 'button' ? buttonsOf(body) : ''}
    <p class="soft">${sizeOf(text.text, form).words}</p>
  </div>`
}

const used = (words: string | null, most: number | null): string => `${Array.from(words ?? '').length} of ${most ?? 0}`

function adCard({ headline, summary, text, link }: FormText, form: Form): Html {
  return html`<div class="card">
    <p class="soft">Ad · ${link === null ? 'no link yet' : new URL(link).host}</p>
    <p class="title"><strong>${headline}</strong></p>
    <p>${summary} ${text}</p>
    <p class="soft">
      Headline ${used(headline, form.headline)}, descriptions ${used(summary, form.summary)} and
      ${used(text, form.most)} characters
    </p>
  </div>`
}

/** As it is handed in to WhatsApp: slots numbered, with a sample of each. */
function templateCard(
  { headline, text, parameters }: FormText & { parameters: Parameter[] },
  form: Form,
  body: DraftBody,
): Html {
  return html`<div class="card">
    <p><strong>${headline}</strong></p>
    <p class="published">${text}</p>
    ${buttonsOf(body)}
    ${
      parameters.length === 0
        ? ''
        : html`<ul class="soft">
            ${parameters.map(({ number, sample }) => html`<li>{{${number}}}: such as “${sample}”</li>`)}
          </ul>`
    }
    <p class="soft">Category marketing. ${sizeOf(formText(body, form).text, form).words}</p>
  </div>`
}

const buttonsOf = ({ blocks }: DraftBody): Html =>
  html`${blocks.map((block) =>
    block.kind === 'button'
      ? html`<p><span class="tag">${block.label}</span> <small class="mono">${block.url}</small></p>`
      : '',
  )}`
