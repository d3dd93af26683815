import { html } from 'hono/html'
import type { Segment } from '#graph/segments/registry.ts'
import type { Draft } from '#rag/drafts.ts'
import { forms } from '#rag/forms.ts'
import { ideas } from '#rag/ideas.ts'
import { channelField, ideaField } from '../brief-form.ts'
import type { Entered, Form } from '../visitor.ts'
import { enteredIn, tick } from './field.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { capital, count, plural, when } from './words.ts'

type Data = {
  drafts: readonly Draft[]
  segments: readonly Segment[]
  /** Pairs of people that wait for a person's word. */
  toCheck: number
  entered: Entered | null
  csrf: string
  zone: string
  may: May
}

/** What waits for a person, and a form for the next brief. */
export function deskView({ drafts, segments, toCheck, entered, csrf, zone, may }: Data): Html {
  const waiting = drafts.filter((draft) => draft.state === 'waiting')
  const others = drafts.filter((draft) => draft.state !== 'waiting')
  return html`<h1>Desk</h1>
    <p class="lede">
      ${waiting.length === 0 ? 'No draft waits for you.' : 'Nothing is sent or published before a person says yes.'}
      ${toCheck > 0 && may('identity.view') ? html`<a href="/identity/review">People to check (${count(toCheck)})</a>` : ''}
    </p>
    <div class="split">
      <div>
        ${listed('Waiting for you', waiting, zone)} ${listed('Before', others, zone)}
        ${drafts.length === 0 ? html`<p class="notice">Drafts appear here, each with the evidence behind it.</p>` : ''}
      </div>
      ${may('campaign.draft') ? briefForm(segments, enteredIn(entered, '/desk'), csrf) : ''}
    </div>`
}

/** Drafts that were asked for at once stand together, with a way to see them side by side. */
function listed(title: string, drafts: readonly Draft[], zone: string): Html {
  if (drafts.length === 0) return html``
  const sets = [...Map.groupBy(drafts, ({ id, brief }) => brief.set ?? id).values()]
  return html`<section class="card">
    <h2>${title}</h2>
    <ul class="plain rows">
      ${sets.map((set) => (set.length > 1 ? setRow(set, zone) : draftRow(set[0]!, zone)))}
    </ul>
  </section>`
}

function setRow(set: readonly Draft[], zone: string): Html {
  const [first] = set
  if (!first) return html``
  const words = [...new Set(set.map(({ brief }) => forms[brief.channel].words))].join(', ')
  const ready = set.filter(({ approvable }) => approvable).length
  return html`<li class="apart">
    <div>
      <a class="title" href="/desk/${first.id}/set"
        >${plural(set.length, 'draft')} side by side: ${first.brief.sentence}</a
      >
      <p class="soft">${words} for ${first.brief.segment.name}. ${when(first.createdAt, zone)}</p>
    </div>
    ${ready > 0 ? html`<span class="tag">${count(ready)} ready for you</span>` : stateTag(first)}
  </li>`
}

const draftRow = (draft: Draft, zone: string): Html =>
  html`<li class="apart">
    <div>
      <a class="title" href="/desk/${draft.id}">${draft.body?.subject.text ?? draft.brief.sentence}</a>
      <p class="soft">${kindOf(draft)} for ${draft.brief.segment.name}. ${when(draft.createdAt, zone)}</p>
    </div>
    ${stateTag(draft)}
  </li>`

/** What a draft is: its form, and the idea it leads with. */
export function kindOf({ brief: { channel, idea } }: Pick<Draft, 'brief'>): string {
  const form = capital(forms[channel].words)
  return idea === undefined ? form : `${form} (${ideas[idea].words.toLowerCase()})`
}

function briefForm(segments: readonly Segment[], own: Form | null, csrf: string): Html {
  const form = own ?? { segment: segments[0]?.name ?? '', [channelField('email')]: 'on' }
  const box = (name: string, words: string): Html => tick({ form }, name, words)
  return html`<section class="card">
    <h2>A new draft</h2>
    <form method="post" action="/desk">
      ${csrfInput(csrf)}
      <fieldset class="field">
        <legend>For whom</legend>
        ${segments.map(
          ({ name, description }) =>
            html`<label class="choice">
              <input type="radio" name="segment" value="${name}" ${name === form['segment'] ? 'checked' : ''} />
              <span>${name}<small>${description}</small></span>
            </label>`,
        )}
      </fieldset>
      <div class="field">
        <label for="sentence">What should it achieve?</label>
        <textarea
          id="sentence"
          name="sentence"
          maxlength="500"
          required
          placeholder="Tell people who went quiet what is new this month."
        >
${form['sentence'] ?? ''}</textarea>
      </div>
      <details ${own ? 'open' : ''}>
        <summary>More than an e-mail, or several to choose from</summary>
        <fieldset class="field">
          <legend>What to write</legend>
          ${Object.values(forms).map(({ name, words }) => box(channelField(name), words))}
        </fieldset>
        <fieldset class="field">
          <legend>What each should lead with</legend>
          <p class="soft">One draft for each idea; without any, one that leads with what suggests itself.</p>
          ${Object.values(ideas).map(({ name, words }) => box(ideaField(name), words))}
        </fieldset>
      </details>
      <button class="main">Write it</button>
    </form>
  </section>`
}

/** A draft's state in a word, coloured by whether a person can act on it. */
export function stateTag(draft: Draft): Html {
  if (draft.state !== 'waiting') return html`<span class="tag ${tones[draft.state] ?? ''}">${draft.state}</span>`
  if (draft.approvable) return html`<span class="tag">ready for you</span>`
  return html`<span class="tag bad">a guardrail objects</span>`
}

const tones: Readonly<Record<string, string>> = { failed: 'bad', rejected: 'warn' }
