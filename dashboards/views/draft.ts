import { html } from 'hono/html'
import type { Draft } from '#rag/drafts.ts'
import { stateTag } from './desk.ts'
import { sentencesView } from './draft-sentences.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { mailFrame } from './mail-frame.ts'
import { plural, when } from './words.ts'

type Data = { draft: Draft; csrf: string; zone: string; may: May }

/** A draft as its judge needs it: how it looks on a phone, what stands behind each sentence, what the guardrails found. */
export function draftView(data: Data): Html {
  const { draft, zone, may } = data
  if (!draft.body || draft.state === 'drafting') return unwritten(draft)
  const open = draft.state === 'waiting'
  return html`<div class="apart">
      <h1>${draft.body.subject.text}</h1>
      ${stateTag(draft)}
    </div>
    <p class="lede">For <strong>${draft.brief.segment.name}</strong>. ${draft.brief.sentence}</p>
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
        <h2>On a phone</h2>
        ${mailFrame(`/desk/${draft.id}/preview`, 'The message as a reader sees it', 'phone')}
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
    <p>This page follows by itself; without scripts, <a href="/desk/${draft.id}">look again</a>.</p>
  </div>`
}

/** How far the writing is. */
function stepsOf({ plan, evidence, revision, findings }: Draft): { words: string; done: boolean }[] {
  const [found, written] = [evidence.length > 0, revision > 0]
  return [
    { words: 'Deciding what to look for', done: plan.length > 0 },
    {
      words: found ? `Looking for evidence: ${plural(evidence.length, 'piece')} found` : 'Looking for evidence',
      done: found,
    },
    { words: written ? `Writing: ${plural(revision, 'version')} so far` : 'Writing', done: written },
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

function decision({ draft, csrf }: Data): Html {
  return html`<section class="card">
    <h2>Your word</h2>
    <p class="soft">
      It counts for exactly this text (<span class="mono">${draft.contentHash?.slice(0, 12)}</span>). An edit needs a
      new one.
    </p>
    <form method="post" action="/desk/${draft.id}/approve">
      ${csrfInput(csrf)}<input type="hidden" name="contentHash" value="${draft.contentHash ?? ''}" />
      <div class="actions">
        <button class="main" data-key="a" ${draft.approvable ? '' : 'disabled'}>Approve and send</button>
        <a class="button" data-key="e" href="/desk/${draft.id}/edit">Edit</a>
      </div>
    </form>
    <form method="post" action="/desk/${draft.id}/change">
      ${csrfInput(csrf)}<input type="hidden" name="contentHash" value="${draft.contentHash ?? ''}" />
      <div class="field">
        <label for="words">Or say what should be other</label>
        <input id="words" name="words" maxlength="500" placeholder="Shorter, and mention the decaf" required />
      </div>
      <button>Have it changed</button>
    </form>
    <details>
      <summary data-key="r">Send it back</summary>
      <form method="post" action="/desk/${draft.id}/reject">
        ${csrfInput(csrf)}
        <div class="field"><label for="reason">Why</label><input id="reason" name="reason" required /></div>
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
