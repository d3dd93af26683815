import { html } from 'hono/html'
import type { DraftLimits } from '#campaigns/launch/draft-limits.ts'
import type { Draft } from '#rag/drafts.ts'
import { kindOf, stateTag } from './desk.ts'
import { sentencesView } from './draft-sentences.ts'
import type { Entered } from '../visitor.ts'
import { enteredIn, entryIn, peopleField } from './field.ts'
import { formPreview } from './form-preview.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { limitsPart } from './limits.ts'
import { plural, theOthers, when } from './words.ts'

/** `others`: how many variants of it wait beside it. `everybody`: it was found to be for everybody there is. */
type Data = {
  draft: Draft
  others?: number
  everybody?: boolean
  limits?: DraftLimits | null
  /** What the house puts below the text. */
  ending?: { words: string; size: string } | null
  entered?: Entered | null
  csrf: string
  zone: string
  may: May
}

/** A draft as its judge needs it: how its readers get it, what stands behind each sentence, what the guardrails found. */
export function draftView(data: Data): Html {
  const { draft, zone, may } = data
  if (!draft.body || draft.state === 'drafting') return unwritten(draft)
  const open = draft.state === 'waiting'
  return html`<div class="apart">
      <h1>${draft.body.subject.text}</h1>
      ${stateTag(draft)}
    </div>
    <p class="lede">
      ${kindOf(draft)} for <strong>${draft.brief.segment.name}</strong>. ${draft.brief.sentence}
      ${draft.brief.set === undefined ? '' : html`<a href="/desk/${draft.id}/set">Side by side with the others</a>`}
    </p>
    ${open && draft.problem !== null ? html`<p class="notice warn" role="status">This is the text as it was: ${draft.problem}</p>` : ''}
    ${verdict(draft)}
    <div class="split">
      <section>
        <div class="apart">
          <h2>Each sentence and its evidence</h2>
          ${open ? html`<p class="keys soft"><kbd>j</kbd><kbd>k</kbd> move <kbd>a</kbd> approve <kbd>e</kbd> edit <kbd>r</kbd> send back</p>` : ''}
        </div>
        ${sentencesView(draft)}
      </section>
      <div>
        ${open && may('campaign.approve') ? decision(data) : decided(draft, zone)}
        ${open && data.limits ? limitsPart(draft, data.limits, zone, may('campaign.draft')) : ''}
        <h2>${draft.brief.channel === 'email' ? 'On a phone' : 'As its readers get it'}</h2>
        ${formPreview(draft.body, draft.brief.channel, `/desk/${draft.id}/preview`)}
        ${data.ending ? html`<p class="soft">It ends with “${data.ending.words}”: ${data.ending.size} in all.</p>` : ''}
        <p class="soft">${writtenBy(draft)} ${when(draft.createdAt, zone)}.</p>
      </div>
    </div>`
}

function writtenBy({ model }: Draft): string {
  if (model === null) return 'Written'
  return model.startsWith('offline')
    ? 'Put together without a model, from your own facts and texts,'
    : `Written by ${model},`
}

function unwritten(draft: Draft): Html {
  if (draft.state === 'failed') {
    return html`<h1>No draft</h1>
      <p class="notice bad" role="alert">${draft.problem ?? 'Nothing could be written.'}</p>
      <p>Change the sentence or the segment and <a href="/desk">start another</a>.</p>`
  }
  return html`<div
    hx-get="/desk/${draft.id}"
    hx-trigger="load delay:1s"
    hx-target="#main"
    hx-select="#main"
    hx-swap="outerHTML"
  >
    <h1>Being written …</h1>
    <p class="lede">For <strong>${draft.brief.segment.name}</strong>. ${draft.brief.sentence}</p>
    <ol class="steps">
      ${stepsOf(draft).map(({ words, done }) => html`<li class="${done ? 'done' : 'soft'}">${words}${done ? html` <span class="tag">done</span>` : ''}</li>`)}
    </ol>
    ${draft.problem === null ? '' : html`<p class="notice warn" role="status">It was interrupted (${draft.problem}) and will be tried again.</p>`}
    <p>This page follows by itself; without scripts, <a href="/desk/${draft.id}">look again</a>.</p>
  </div>`
}

/** How far the writing is. */
function stepsOf({ plan, evidence, revision, wordsSoFar, findings }: Draft): { words: string; done: boolean }[] {
  const [found, written] = [evidence.length > 0, revision > 0]
  const soFar = [
    ...(written ? [plural(revision, 'version')] : []),
    ...(wordsSoFar > 0 ? [`${plural(wordsSoFar, 'word')}${written ? ' of the next' : ''}`] : []),
  ]
  return [
    { words: 'Deciding what to look for', done: plan.length > 0 },
    {
      words: found ? `Looking for evidence: ${plural(evidence.length, 'piece')} found` : 'Looking for evidence',
      done: found,
    },
    { words: `Writing${soFar.length > 0 ? `: ${soFar.join(' and ')} so far` : ''}`, done: written },
    { words: 'Checking every sentence', done: written && findings.length > 0 },
  ]
}

function verdict(draft: Draft): Html {
  const troubles = draft.findings.filter((finding) => finding.verdict !== 'pass')
  if (troubles.length === 0)
    return html`<p class="notice">The <a href="/guardrails">guardrails</a> found nothing to object to.</p>`
  const blocking = troubles.some((finding) => finding.verdict === 'block')
  return html`<div class="notice ${blocking ? 'bad' : 'warn'}" role="${blocking ? 'alert' : 'status'}">
    <p>${blocking ? 'The guardrails forbid this as it stands:' : 'Worth a look before you approve:'}</p>
    <ul>
      ${troubles.map(({ rule, why, fix }) => html`<li>${why} <strong>${fix}</strong> <small>(rule ${rule})</small></li>`)}
    </ul>
  </div>`
}

const replacing = (campaign: string): Html =>
  html`<p class="notice warn">
    Approving it replaces what is live of <a href="/campaigns/${campaign}">${campaign}</a>: whoever is still to be
    written to gets this.
  </p>`

function decision({ draft, others = 0, entered = null, csrf, everybody = false, limits }: Data): Html {
  const yes = limits ? 'Approve and send' : 'Approve'
  const disabled = draft.approvable ? '' : 'disabled'
  const here = `/desk/${draft.id}`
  const typed = enteredIn(entered, `${here}/approve`)?.['people']
  const no = enteredIn(entered, `${here}/reject`)
  return html`<section class="card">
    <h2>Your word</h2>
    <p class="soft">
      It counts for exactly this text (<span class="mono">${draft.contentHash?.slice(0, 12)}</span>). An edit needs a
      new one.
    </p>
    <form method="post" action="${here}/approve">
      ${csrfInput(csrf)}<input type="hidden" name="contentHash" value="${draft.contentHash ?? ''}" />
      ${limits ? html`<input type="hidden" name="limits" value="${limits.seen}" />` : ''}
      ${everybody || typed !== undefined ? peopleField(typed) : ''}
      ${draft.brief.campaign === undefined ? '' : replacing(draft.brief.campaign)}
      <div class="actions">
        <button class="main" data-key="a" ${disabled}>${yes}</button>
        ${others > 0 ? html`<button name="others" value="back" ${disabled}>${yes}, and send ${theOthers(others)} back</button>` : ''}
        <a class="button" data-key="e" href="${here}/edit">Edit</a>
      </div>
    </form>
    <form method="post" action="${here}/change">
      ${csrfInput(csrf)}<input type="hidden" name="contentHash" value="${draft.contentHash ?? ''}" />
      <div class="field">
        <label for="words">Or say what should be other</label>
        <input
          id="words"
          name="words"
          value="${entryIn(entered, `${here}/change`, 'words')}"
          maxlength="500"
          placeholder="Shorter, and mention the decaf"
          required
        />
      </div>
      <button>Have it changed</button>
    </form>
    <details ${no ? 'open' : ''}>
      <summary data-key="r">Send it back</summary>
      <form method="post" action="${here}/reject">
        ${csrfInput(csrf)}
        <div class="field">
          <label for="reason">Why</label><input id="reason" name="reason" value="${no?.['reason'] ?? ''}" required />
        </div>
        <button class="danger">Send it back</button>
      </form>
    </details>
  </section>`
}

function decided(draft: Draft, zone: string): Html {
  if (draft.state === 'waiting') return html``
  return html`<section class="card">
    <h2>Decided</h2>
    <p>This draft is <strong>${draft.state}</strong>${draft.reason ? html`: ${draft.reason}` : ''}.</p>
    <p class="soft">${when(draft.updatedAt, zone)}</p>
  </section>`
}
