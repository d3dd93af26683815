import { html } from 'hono/html'
import type { ApprovedCopy } from '#campaigns/content/copy.ts'
import { forms, type Form } from '#rag/forms.ts'
import { ideas } from '#rag/ideas.ts'
import { publishedText, templateName } from '#rag/whatsapp-shape.ts'
import type { Entered } from '../visitor.ts'
import { formPreview } from './form-preview.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { planForm } from './calendar.ts'
import { publishForm } from './published.ts'
import { capital, when } from './words.ts'

/** All copy whose approval stands. */
export function copyListView({ copy, zone }: { copy: readonly ApprovedCopy[]; zone: string }): Html {
  const rows = copy.map(({ releaseHash, content, form, segment, by, at }) => [
    html`<a class="prose" href="/copy/${releaseHash}">${content.subject.text}</a>`,
    forms[form].words,
    segment,
    html`${by}, ${when(at, zone)}`,
  ])
  return html`<h1>Approved copy</h1>
    <p class="lede">Posts, pages, ads and messages that a person approved, word for word.</p>
    ${
      rows.length === 0
        ? html`<p class="notice">Nothing was approved yet. Drafts wait at the <a href="/desk">desk</a>.</p>`
        : html`<section class="card">
              ${table('The last approved first', ['Copy', 'Form', 'For', 'Approved by'], rows)}
            </section>
            <p><a class="button" href="/copy/export.csv">Export all as CSV</a></p>`
    }`
}

type Shown = { pages: readonly string[]; soon: Date; entered: Entered | null; zone: string; csrf: string; may: May }
type Data = Shown & { copy: ApprovedCopy }

/** One piece: what was approved, as it looks and as text to paste, and what happens next. */
export function copyView({ copy, ...shown }: Data): Html {
  const { zone, csrf, may } = shown
  const { releaseHash, content, contentHash, form, idea, segment, goal, by, at, draftId } = copy
  return html`<p class="crumb"><a href="/copy">Approved copy</a></p>
    <h1>${content.subject.text}</h1>
    <p class="lede">
      ${capital(forms[form].words)}${idea === null ? '' : ` (${ideas[idea].words.toLowerCase()})`} for
      <strong>${segment}</strong>. ${goal}
    </p>
    <p class="notice">${nextOf(forms[form])}</p>
    <div class="split even">
      <section>
        <h2>As its readers get it</h2>
        ${formPreview(content, form, `/copy/${releaseHash}/page`)}
      </section>
      <section>
        ${may('campaign.release') ? nextForm(copy, shown) : ''}
        <h2>To paste</h2>
        ${pasteable(copy)}
        <dl class="pairs card">
          <dt>Approved by</dt>
          <dd>${by}, ${when(at, zone)}</dd>
          <dt>Text</dt>
          <dd class="mono">${contentHash.slice(0, 12)}</dd>
          <dt>Evidence</dt>
          <dd><a href="/desk/${draftId}">each sentence of the draft</a></dd>
        </dl>
        ${may('campaign.rollback') ? withdrawal(releaseHash, csrf) : ''}
      </section>
    </div>`
}

/** Where it goes from here: to an address of ours, or onto the calendar of whoever publishes it. */
function nextForm({ form, releaseHash }: ApprovedCopy, shown: Shown): Html {
  const { leaves } = forms[form]
  if (leaves === 'served') return publishForm(releaseHash, shown)
  return leaves === 'exported' ? planForm(releaseHash, shown) : html``
}

/** What becomes of it, as this house can. */
function nextOf({ name, leaves, words }: Form): string {
  if (leaves === 'exported') return 'Approved. Put it on the calendar, and paste it where it is published.'
  if (leaves === 'served') return 'Approved. Publish it here, or export it and publish it on your site.'
  if (name === 'whatsapp-template') return 'Approved. This house has no WhatsApp number set up: hand the template in with Meta as it stands here.'
  return `Approved. This house has no way to send it yet (${words}): export it.`
} // prettier-ignore

function pasteable({ content, form, segment }: ApprovedCopy): Html {
  const { headline, summary, text, link } = publishedText(content, form)
  return html`<div class="card texts">
    ${form === 'whatsapp-template' ? field('Template name', templateName(segment), 1) : ''}
    ${field('Headline', headline, 1)} ${field(form === 'ad' ? 'First description' : 'Summary', summary)}
    ${field(form === 'ad' ? 'Second description' : 'Text', text, 8)}
    ${field('Link', link, 1)}
  </div>` // prettier-ignore
}

function field(label: string, value: string | null, rows = 2): Html {
  if (value === null || value === '') return html``
  const id = `paste-${label.toLowerCase().replaceAll(' ', '-')}`
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <textarea id="${id}" rows="${rows}" readonly>${value}</textarea>
  </div>`
}

const withdrawal = (hash: string, csrf: string): Html =>
  html`<details>
    <summary>Take the approval back</summary>
    <form method="post" action="/copy/${hash}/withdraw">
      ${csrfInput(csrf)}
      <div class="field"><label for="reason">Why</label><input id="reason" name="reason" required /></div>
      <button class="danger">Take it back</button>
    </form>
  </details>`
