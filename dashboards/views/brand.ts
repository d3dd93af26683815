import { html } from 'hono/html'
import type { BrandProposal } from '#rag/brand/learn.ts'
import type { LiveBrand } from '#rag/brand/live-brand.ts'
import {
  addressForms, brandFields, countries, fieldWords, languages, type BrandField, type BrandProfile,
} from '#rag/brand/profile.ts' // prettier-ignore
import type { PointerMove } from '#kernel/versions.ts'
import type { Named } from '../actor-names.ts'
import { countryField, formOfProfile, knownForms, learntField } from '../brand-form.ts'
import type { Form } from '../visitor.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { plural, when } from './words.ts'

type Data = {
  live: LiveBrand
  form: Form
  proposals: readonly BrandProposal[]
  history: readonly PointerMove[]
  named: Named
  zone: string
  csrf: string
  may: May
}

/** The brand as it is, to be edited; beside it what its texts show; below what it was. */
export function brandView(data: Data): Html {
  const { live, may } = data
  return html`<div class="apart">
      <h1>Brand</h1>
      ${may('brand.edit') ? learnForm(data) : ''}
    </div>
    <p class="lede">How your copy sounds, and what may stand in it. Every draft is written by it and checked against it.</p>
    <div class="split">
      <section class="card">
        <h2>As it is</h2>
        ${may('brand.edit') ? editForm(data) : profileList(live.profile)}
      </section>
      ${learntPart(data)}
    </div>
    ${historyPart(data)}` // prettier-ignore
}

const learnForm = ({ csrf }: Data): Html =>
  html`<form method="post" action="/brand/learn">${csrfInput(csrf)}<button>Learn from our texts</button></form>`

const languageNames = new Intl.DisplayNames('en', { type: 'language' })
const countryWords: Readonly<Record<(typeof countries)[number], string>> = {
  EU: 'European Union', NL: 'Netherlands', DE: 'Germany', UK: 'United Kingdom', US: 'United States',
} // prettier-ignore

/** What the brand says, for whoever may only read it. */
function profileList(profile: BrandProfile): Html {
  const form = formOfProfile(profile)
  const said = (field: BrandField): string =>
    field === 'countries'
      ? profile.countries.map((country) => countryWords[country]).join(', ')
      : field === 'language' && profile.language
        ? (languageNames.of(profile.language) ?? '')
        : (form[field] ?? '')
  const fields = brandFields.filter((field) => said(field) !== '')
  return html`<dl class="stacked">
    ${fields.map((field) => html`<dt>${fieldWords[field]}</dt><dd>${linesPart(said(field))}</dd>`)}
  </dl>` // prettier-ignore
}

const linesPart = (text: string): Html =>
  html`${text.split('\n').map((line, index) => html`${index > 0 ? html`<br />` : ''}${line}`)}`

/** Fields of which each line is one thing, and how a line reads. */
const listHints: Readonly<Partial<Record<BrandField, string>>> = {
  examples: 'One a line. Authors imitate the manner and take no facts from them.',
  words: 'One a line.',
  forbidden: 'One a line. Copy with one of them cannot be approved.',
  required: `One a line: what it is | the words | forms, such as “Who writes | Alder & Ash | email, sms”. Without forms, all: ${knownForms}.`,
  links: 'One a line: address | label.',
  emails: 'One a line.',
  phones: 'One a line, such as +31612345000.',
}

function editForm({ live, form, csrf }: Data): Html {
  const lines = (field: BrandField): Html =>
    html`<div class="field">
      <label for="${field}">${fieldWords[field]}</label>
      <textarea id="${field}" name="${field}" rows="2" aria-describedby="${field}-hint">${form[field] ?? ''}</textarea>
      <small id="${field}-hint">${listHints[field] ?? ''}</small>
    </div>`
  const line = (field: BrandField, type: 'text' | 'number'): Html =>
    html`<div class="field">
      <label for="${field}">${fieldWords[field]}</label>
      <input id="${field}" name="${field}" value="${form[field] ?? ''}" ${type === 'number' ? html`type="number" min="3" max="18"` : html`maxlength="120"`} />
    </div>` // prettier-ignore
  return html`<form method="post" action="/brand" class="texts">
    ${csrfInput(csrf)}<input type="hidden" name="hash" value="${live.hash}" />
    <div class="field">
      <label for="voice">${fieldWords.voice}</label>
      <textarea id="voice" name="voice" rows="3" maxlength="600" required>${form['voice'] ?? ''}</textarea>
    </div>
    ${lines('examples')} ${lines('words')} ${lines('forbidden')} ${lines('required')}
    ${choice('language', languages, form, (one) => languageNames.of(one) ?? one)}
    ${choice('addressForm', addressForms, form, (one) => one)}
    <fieldset class="field">
      <legend>${fieldWords.countries}</legend>
      ${countries.map((one) => countryBox(one, form))}
      <small>Their rules on claims hold; those of the European Union where none is chosen.</small>
    </fieldset>
    ${line('greeting', 'text')} ${line('closing', 'text')} ${line('readingGrade', 'number')}
    ${lines('links')} ${lines('emails')} ${lines('phones')}
    <div class="field">
      <label for="reason">Why you change it</label>
      <input id="reason" name="reason" maxlength="200" />
    </div>
    <button class="main">Keep as the brand</button>
  </form>` // prettier-ignore
}

const choice = (
  field: 'language' | 'addressForm',
  values: readonly string[],
  form: Form,
  words: (value: string) => string,
): Html =>
  html`<div class="field">
    <label for="${field}">${fieldWords[field]}</label>
    <select id="${field}" name="${field}">
      <option value="">not said</option>
      ${values.map((one) => html`<option value="${one}" ${form[field] === one ? 'selected' : ''}>${words(one)}</option>`)}
    </select>
  </div>` // prettier-ignore

const countryBox = (country: (typeof countries)[number], form: Form): Html =>
  html`<label class="choice"
    ><input
      type="checkbox"
      name="${countryField(country)}"
      ${form[countryField(country)] === undefined ? '' : 'checked'}
    />
    ${countryWords[country]}</label
  >`

function learntPart({ proposals, csrf, may }: Data): Html {
  if (proposals.length === 0) {
    return html`<section class="card">
      <h2>What your texts show</h2>
      <p>Nothing waits for you. What your texts show is proposed here, each value with where it was read; none of it applies before you take it.</p>
    </section>` // prettier-ignore
  }
  const groups = Map.groupBy(proposals, ({ field }) => field)
  const mayTake = may('brand.edit')
  const list = [...groups].map(
    ([field, ofIt]) =>
      html`<h3>${fieldWords[field]}</h3>
        <ul class="plain rows">
          ${ofIt.map((one) => proposalPart(one, mayTake))}
        </ul>`,
  )
  return html`<section class="card">
    <h2>What your texts show</h2>
    <p class="soft">${plural(proposals.length, 'value')} proposed. None of it applies before you take it.</p>
    ${
      mayTake
        ? html`<form method="post" action="/brand/take">
            ${csrfInput(csrf)} ${list}
            <div class="actions">
              <button class="main">Take what is ticked</button>
              <button class="quiet" formaction="/brand/leave">Leave out what is ticked</button>
            </div>
          </form>`
        : list
    }
  </section>`
}

function proposalPart(one: BrandProposal, mayTake: boolean): Html {
  const value = html`<span>${valueWords(one)} <small>${one.why}</small></span>`
  return html`<li>
    ${mayTake ? html`<label class="choice"><input type="checkbox" name="${learntField(one.id)}" /> ${value}</label>` : value}
    <details>
      <summary>Where it shows</summary>
      <ul>
        ${one.evidence.map(({ documentId, startByte, endByte, title, quote }) => html`<li><a href="/evidence/documents/${documentId}?from=${startByte}&to=${endByte}#span">${title}</a>: <q>${quote}</q></li>`)}
      </ul>
    </details>
  </li>` // prettier-ignore
}

function valueWords(one: BrandProposal): string {
  if (one.field === 'language') return languageNames.of(one.value) ?? one.value
  return one.field === 'countries' ? countryWords[one.value] : String(one.value)
}

function historyPart({ live, history, named, zone, may, csrf }: Data): Html {
  const rows = history.map(({ hash, movedAt, movedBy, reason }, index) => [
    when(movedAt, zone),
    named(movedBy),
    html`<span class="prose">${reason}</span>`,
    html`<span class="mono">${hash.slice(0, 12)}</span>`,
    index > 0 && hash !== live.hash && may('brand.edit')
      ? html`<form method="post" action="/brand/rollback">
          ${csrfInput(csrf)}<input type="hidden" name="hash" value="${hash}" />
          <button class="quiet">Go back to this</button>
        </form>`
      : index === 0
        ? 'now'
        : '',
  ])
  return html`<section class="card">
    ${table('What the brand was', ['When', 'By', 'Why', 'Version', 'Again'], rows)}
  </section>`
}
