import { html } from 'hono/html'
import type { Segment } from '#graph/segments/registry.ts'
import type { Draft } from '#rag/drafts.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { count, when } from './words.ts'

type Data = {
  drafts: readonly Draft[]
  segments: readonly Segment[]
  /** Pairs of people that wait for a person's word. */
  toCheck: number
  csrf: string
  zone: string
  may: May
}

/** What waits for a person, and a form for the next brief. */
export function deskView({ drafts, segments, toCheck, csrf, zone, may }: Data): Html {
  const waiting = drafts.filter((draft) => draft.state === 'waiting')
  const others = drafts.filter((draft) => draft.state !== 'waiting')
  return html`<h1>Desk</h1>
    <p class="lede">
      ${waiting.length === 0 ? 'No draft waits for you.' : 'Nothing is sent before a person says yes.'}
      ${toCheck > 0 && may('identity.view') ? html`<a href="/identity/review">People to check (${count(toCheck)})</a>` : ''}
      <a href="/facts">Facts to check</a>
    </p>
    <div class="split">
      <div>
        ${listed('Waiting for you', waiting, zone)} ${listed('Before', others, zone)}
        ${drafts.length === 0 ? html`<p class="notice">Drafts appear here, each with the evidence behind it.</p>` : ''}
      </div>
      ${may('campaign.draft') ? briefForm(segments, csrf) : ''}
    </div>`
}

const listed = (title: string, drafts: readonly Draft[], zone: string): Html =>
  drafts.length === 0
    ? html``
    : html`<section class="card">
        <h2>${title}</h2>
        <ul class="plain rows">
          ${drafts.map((draft) => draftRow(draft, zone))}
        </ul>
      </section>`

const draftRow = (draft: Draft, zone: string): Html =>
  html`<li class="apart">
    <div>
      <a class="title" href="/desk/${draft.id}">${draft.body?.subject.text ?? draft.brief.sentence}</a>
      <p class="soft">For ${draft.brief.segment.name}. ${when(draft.createdAt, zone)}</p>
    </div>
    ${stateTag(draft)}
  </li>`

const briefForm = (segments: readonly Segment[], csrf: string): Html =>
  html`<section class="card">
    <h2>A new draft</h2>
    <form method="post" action="/desk">
      ${csrfInput(csrf)}
      <fieldset class="field">
        <legend>For whom</legend>
        ${segments.map(
          ({ name, description }, index) =>
            html`<label class="choice">
              <input type="radio" name="segment" value="${name}" ${index === 0 ? 'checked' : ''} />
              <span>${name}<small>${description}</small></span>
            </label>`,
        )}
      </fieldset>
      <div class="field">
        <label for="sentence">What should the mail achieve?</label>
        <textarea
          id="sentence"
          name="sentence"
          maxlength="500"
          required
          placeholder="Tell people who went quiet what is new this month."
        ></textarea>
      </div>
      <button class="main">Write a draft</button>
    </form>
  </section>`

/** A draft's state in a word, coloured by whether a person can act on it. */
export function stateTag(draft: Draft): Html {
  if (draft.state !== 'waiting') return html`<span class="tag ${tones[draft.state] ?? ''}">${draft.state}</span>`
  if (draft.approvable) return html`<span class="tag">ready for you</span>`
  return html`<span class="tag bad">a guardrail objects</span>`
}

const tones: Readonly<Record<string, string>> = { failed: 'bad', rejected: 'warn' }
