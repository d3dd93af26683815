import { html } from 'hono/html'
import { DateTime } from 'luxon'
import type { Entry } from '#campaigns/calendar/calendar.ts'
import { forms, type FormName } from '#rag/forms.ts'
import { startText } from '../limits-form.ts'
import type { Entered, Form } from '../visitor.ts'
import { enteredIn } from './field.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { capital, day, hour, when } from './words.ts'

type Shown = { month: string; entered: Entered | null; zone: string; csrf: string; may: May }
type Data = Shown & { entries: readonly Entry[] }

const beside = (month: string, months: number): string =>
  DateTime.fromISO(`${month}-01`, { zone: 'utc' }).plus({ months }).toFormat('yyyy-MM')

/** What goes out when: a list of days, and what a person does with each piece. */
export function calendarView({ entries, ...shown }: Data): Html {
  const { month, zone } = shown
  const days = Map.groupBy(entries, ({ dueAt }) => day(dueAt, zone))
  const name = DateTime.fromISO(`${month}-01`, { zone: 'utc' }).setLocale('en-GB').toFormat('LLLL yyyy')
  return html`<h1>Calendar of copy</h1>
    <p class="lede">Approved posts and ads that a person publishes, each on its day. Times are those of ${zone}.</p>
    <nav aria-label="Months" class="apart">
      <a href="/calendar?month=${beside(month, -1)}">Month before</a>
      <h2>${name}</h2>
      <a href="/calendar?month=${beside(month, 1)}">Month after</a>
    </nav>
    ${
      days.size === 0
        ? html`<p class="notice">
            Nothing is planned: open an approved post or ad among the <a href="/copy">copy</a>.
          </p>`
        : [...days].map(
            ([date, own]) =>
              html`<section class="card">
                <h3>${date}</h3>
                <ul class="plain rows">
                  ${own.map((entry) => html`<li>${entryView(entry, shown)}</li>`)}
                </ul>
              </section>`,
          )
    }
    ${takeAlong(entries, month)}`
}

function entryView(entry: Entry, shown: Shown): Html {
  const { zone, may } = shown
  const { copy, dueAt, held, publishedAt, url, releaseHash } = entry
  return html`<p class="title">
      ${hour(dueAt, zone)} ·
      ${copy ? html`<a href="/copy/${releaseHash}">${copy.content.subject.text}</a>` : 'Copy whose approval was taken back'}
      ${copy ? html`<span class="tag">${forms[copy.form].words}</span>` : ''}
    </p>
    ${held === null ? '' : html`<p class="notice bad">Do not publish it: ${held}.</p>`}
    ${publishedAt && url ? html`<p>Published ${when(publishedAt, zone)}: <a href="${url}" rel="noreferrer">${url}</a></p>` : ''}
    ${may('campaign.release') && !publishedAt ? entryForms(entry, shown) : ''}`
}

function entryForms({ id, dueAt, copy, held }: Entry, { month, entered, zone, csrf }: Shown): Html {
  const own = (act: string): Form | null => enteredIn(entered, `/calendar/${id}/${act}`)
  const form = (act: string, field: Html, words: string): Html =>
    html`<form method="post" action="/calendar/${id}/${act}?month=${month}">
      ${csrfInput(csrf)}${field}<button>${words}</button>
    </form> `
  const about = copy?.content.subject.text ?? 'this'
  const moment = html`<div class="field">
    <label for="due-${id}">Another moment for “${about}”</label>
    <input
      id="due-${id}"
      name="due"
      type="datetime-local"
      value="${own('move')?.['due'] ?? startText(dueAt, zone)}"
      required
    />
  </div>`
  const address = html`<div class="field">
    <label for="url-${id}">Where “${about}” can be read now</label>
    <input
      id="url-${id}"
      name="url"
      type="url"
      value="${own('published')?.['url'] ?? ''}"
      maxlength="2000"
      placeholder="https://"
      required
    />
  </div>`
  return html`<details ${own('published') || own('move') ? 'open' : ''}>
    <summary>Published, moved or dropped</summary>
    ${held === null ? form('published', address, 'It is published') : ''} ${form('move', moment, 'Move it')}
    ${form('drop', html``, 'Take it off')}
  </details>`
}

function takeAlong(entries: readonly Entry[], month: string): Html {
  const names = [...new Set(entries.flatMap(({ copy, publishedAt }) => (copy && !publishedAt ? [copy.form] : [])))]
  if (names.length === 0) return html``
  const link = (form: FormName): Html =>
    html`<li><a href="/calendar/export.csv?month=${month}&form=${form}">${capital(forms[form].words)} as CSV</a></li>`
  return html`<section class="card">
    <h2>To take along</h2>
    <p>What is still to be published and true as of now.</p>
    <ul>
      ${names.map(link)}
      <li><a href="/calendar/copy.ics?month=${month}">All of it for your own calendar (iCalendar)</a></li>
    </ul>
  </section>`
}

/** Where approved copy gets its day. */
export const planForm = (
  copy: string,
  { soon, entered, zone, csrf }: { soon: Date; entered: Entered | null; zone: string; csrf: string },
): Html =>
  html`<form method="post" action="/calendar" class="card">
    <h2>Put it on the calendar</h2>
    ${csrfInput(csrf)}<input type="hidden" name="copy" value="${copy}" />
    <div class="field">
      <label for="due">When it goes out, ${zone}</label>
      <input id="due" name="due" type="datetime-local" value="${enteredIn(entered, '/calendar')?.['due'] ?? startText(soon, zone)}" required />
    </div>
    <button class="main">Plan it</button>
  </form>` // prettier-ignore
