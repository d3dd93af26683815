import { html } from 'hono/html'
import type { Draft } from '#rag/drafts.ts'
import { formNames, forms } from '#rag/forms.ts'
import { ideas } from '#rag/ideas.ts'
import { stateTag } from './desk.ts'
import { formPreview } from './form-preview.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { capital, theOthers } from './words.ts'

type Data = { set: readonly Draft[]; csrf: string; may: May }

/** Drafts of one brief side by side, those of a form together: to compare, and to pick of. */
export function draftSetView(data: Data): Html {
  const { set } = data
  const [first] = set
  if (!first) return html``
  const isWriting = set.some(({ state }) => state === 'drafting')
  const follow = html`hx-get="/desk/${first.id}/set" hx-trigger="load delay:2s" hx-target="#main" hx-select="#main"
  hx-swap="outerHTML"`
  const segments = [...new Set(set.map(({ brief }) => brief.segment.name))]
  return html`<div ${isWriting ? follow : ''}>
    <h1>Side by side</h1>
    <p class="lede">For <strong>${segments.join(', ')}</strong>. ${first.brief.sentence}</p>
    ${isWriting ? html`<p class="notice" role="status">Some are being written; without scripts, <a href="/desk/${first.id}/set">look again</a>.</p>` : ''}
    ${formNames.map((name) => row(data, set.filter(({ brief }) => brief.channel === name)))}
  </div>` // prettier-ignore
}

function row(data: Data, drafts: readonly Draft[]): Html {
  const [first] = drafts
  if (!first) return html``
  return html`<section>
    <h2>${capital(forms[first.brief.channel].words)}</h2>
    <div class="grid beside">${drafts.map((draft) => card(data, draft))}</div>
  </section>`
}

function card(data: Data, draft: Draft): Html {
  const { brief, body } = draft
  const title = brief.idea === undefined ? (body?.subject.text ?? brief.sentence) : ideas[brief.idea].words
  const more = data.set.some(({ brief: other }) => other.segment.name !== brief.segment.name)
  return html`<article class="card">
    <div class="apart">
      <h3><a href="/desk/${draft.id}">${title}</a></h3>
      ${stateTag(draft)}
    </div>
    ${more ? html`<p class="soft">For ${brief.segment.name}</p>` : ''}
    ${body && brief.idea !== undefined ? html`<p><strong>${body.subject.text}</strong></p>` : ''}
    ${body ? formPreview(body, brief.channel, `/desk/${draft.id}/preview`) : html`<p class="soft">${draft.problem ?? 'Not written yet.'}</p>`}
    ${draft.approvable && data.may('campaign.approve') ? pick(data, draft) : ''}
  </article>`
}

function pick({ csrf, set }: Data, draft: Draft): Html {
  const { channel, segment } = draft.brief
  const others = set.filter(({ id, state, brief }) => id !== draft.id && state === 'waiting' && brief.channel === channel && brief.segment.name === segment.name).length // prettier-ignore
  const yes = channel === 'email' ? 'Approve and send' : 'Approve'
  return html`<form method="post" action="/desk/${draft.id}/approve" class="actions">
    ${csrfInput(csrf)}<input type="hidden" name="contentHash" value="${draft.contentHash ?? ''}" />
    ${others > 0 ? html`<button class="main" name="others" value="back">${yes}, send ${theOthers(others)} back</button>` : ''}
    <button>${others > 0 ? 'Approve, keep the others' : yes}</button>
  </form>`
}
