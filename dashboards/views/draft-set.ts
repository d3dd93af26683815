import { html } from 'hono/html'
import { deciders } from '#campaigns/launch/tried.ts'
import type { Draft } from '#rag/drafts.ts'
import { formNames, forms, type FormName } from '#rag/forms.ts'
import { ideas } from '#rag/ideas.ts'
import { triedField } from '../approve-form.ts'
import { stateTag } from './desk.ts'
import type { Entered } from '../visitor.ts'
import { enteredIn, peopleField } from './field.ts'
import { formPreview } from './form-preview.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { capital, plural, theOthers } from './words.ts'

type Data = {
  set: readonly Draft[]
  /** Whether a form leaves with its approval. */
  sends: (form: FormName) => boolean
  csrf: string
  may: May
  /** Trying some was found to be for everybody there is. */
  everybody: boolean
  entered: Entered | null
}

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
    ${data.may('campaign.approve') ? [...Map.groupBy(drafts, ({ brief }) => brief.segment.name).values()].map((same) => tryPart(data, same)) : ''}
  </section>`
}

/** Messages of one form for the same people may go out together, to see which does better. */
function tryPart({ csrf, everybody, entered }: Data, drafts: readonly Draft[]): Html {
  const ready = drafts.filter(({ approvable, brief }) => approvable && forms[brief.channel].leaves === 'sent')
  const [first] = ready
  if (!first || ready.length < 2) return html``
  const id = `try-${first.id}`
  const action = `/desk/${first.id}/together`
  const own = enteredIn(entered, action)
  const isTried = (draft: Draft): boolean => own === null || own[triedField(draft)] !== undefined
  const chosen = (name: string, value: string): string => (own?.[name] === value ? 'selected' : '')
  return html`<form method="post" action="${action}" class="card" aria-labelledby="${id}">
    ${csrfInput(csrf)}
    <h3 id="${id}">Or try them against each other</h3>
    <fieldset>
      <legend>Each person gets one of these; the first is the control</legend>
      ${ready.map((draft) => html`<label class="choice"><input type="checkbox" name="${triedField(draft)}" value="${draft.contentHash ?? ''}" ${isTried(draft) ? 'checked' : ''} /><span>${draft.body?.subject.text ?? ''}</span></label>`)}
    </fieldset>
    <div class="field">
      <label for="by-${first.id}">What decides</label>
      <select id="by-${first.id}" name="decidedBy">
        ${Object.entries(deciders).map(([name, { words, goal }]) => html`<option value="${name}" ${chosen('decidedBy', name)}>${words} within ${plural(goal.withinDays, 'day')}</option>`)}
      </select>
    </div>
    <div class="field">
      <label for="how-${first.id}">Who gets which</label>
      <select id="how-${first.id}" name="allocation">
        <option value="fixed">equal shares to the end</option>
        <option value="bandit" ${chosen('allocation', 'bandit')}>
          more and more what does better, looked at every hour
        </option>
      </select>
    </div>
    ${everybody || own?.['people'] !== undefined ? peopleField(own?.['people'], `people-${first.id}`) : ''}
    <button>Approve these and send</button>
  </form>`
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

function pick({ csrf, set, sends }: Data, draft: Draft): Html {
  const { channel, segment } = draft.brief
  const others = set.filter(({ id, state, brief }) => id !== draft.id && state === 'waiting' && brief.channel === channel && brief.segment.name === segment.name).length // prettier-ignore
  const yes = sends(channel) ? 'Approve and send' : 'Approve'
  return html`<form method="post" action="/desk/${draft.id}/approve" class="actions">
    ${csrfInput(csrf)}<input type="hidden" name="contentHash" value="${draft.contentHash ?? ''}" />
    ${others > 0 ? html`<button class="main" name="others" value="back">${yes}, send ${theOthers(others)} back</button>` : ''}
    <button>${others > 0 ? 'Approve, keep the others' : yes}</button>
  </form>`
}
