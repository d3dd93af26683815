import { html } from 'hono/html'
import type { PageState } from '#campaigns/pages/shown.ts'
import type { Trial } from '#campaigns/pages/trial.ts'
import type { PageVersion } from '#campaigns/pages/versions.ts'
import type { ConsentText } from '#governance/consent-texts.ts'
import type { PointerMove, Version } from '#kernel/versions.ts'
import type { Entered, Form } from '../visitor.ts'
import { armsTable, footWords } from './experiments.ts'
import { choice, enteredIn, entryIn } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { count, plural, when } from './words.ts'

type Words = Version<ConsentText> | null

type ListData = {
  pages: readonly PageState[]
  words: Words
  canMail: boolean
  entered: Entered | null
  csrf: string
  may: May
}

/** Every page that this house serves, and the words that people agree to on them. */
export function publishedView({ pages, words, canMail, entered, csrf, may }: ListData): Html {
  const rows = pages.map((page) => [
    html`<a href="/published/${page.slug}">/p/${page.slug}</a>`,
    stateOf(page),
    count(page.signUps),
  ])
  return html`<h1>Pages</h1>
    <p class="lede">Landing pages and blog posts that this house serves, each in the version that was approved.</p>
    ${
      rows.length === 0
        ? html`<p class="notice">
            No page was published yet: open an approved landing page or blog post among the <a href="/copy">copy</a>.
          </p>`
        : html`<section class="card">${table('Every page', ['Address', 'State', 'Signed up'], rows, [2])}</section>`
    }
    <section class="card">
      <h2>What people agree to</h2>
      ${words ? html`<blockquote>${words.body.text}</blockquote>` : html`<p>No words are released yet: until then no page has a form to sign up.</p>`}
      ${canMail ? '' : html`<p class="notice warn">No mail can leave, so no page shows its form: set MAIL_FROM, BUSINESS_ADDRESS and SMTP_URL or RESEND_API_KEY.</p>`}
      ${may('consent-text.release') ? wordsForm(words, enteredIn(entered, '/published/words'), csrf) : html`<p class="soft">An owner writes them.</p>`}
    </section>`
}

const wordsForm = (words: Words, own: Form | null, csrf: string): Html =>
  html`<details ${own ? 'open' : ''}>
    <summary>${words ? 'Write other words' : 'Write them'}</summary>
    <form method="post" action="/published/words">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="text">What somebody agrees to: who writes, what about, how often, and that they can leave</label>
        <textarea id="text" name="text" rows="3" maxlength="600" required>
${own?.['text'] ?? words?.body.text ?? ''}</textarea>
      </div>
      <button class="main">Show these from now on</button>
    </form>
  </details>`

function stateOf({ shown }: PageState): Html {
  if (shown.kind === 'taken-down') return html`<span class="tag">taken down</span>`
  if (shown.kind === 'withheld') return html`<span class="tag bad">held</span>`
  if (shown.kind === 'page' && shown.held !== null) return html`<span class="tag warn">held, former version</span>`
  return html`<span class="tag">published</span>`
}

export type Moved = PointerMove & { version: PageVersion | null; title: string | null }

type Data = {
  page: PageState
  trial: Trial | null
  /** Approved copy that could be tried beside what the page shows. */
  choices: readonly { hash: string; title: string }[]
  moves: readonly Moved[]
  url: string
  entered: Entered | null
  zone: string
  csrf: string
  may: May
}

/** One page: what visitors get, why, and the way here. */
export function publishedPageView({ page, trial, choices, moves, url, entered, zone, csrf, may }: Data): Html {
  const { slug, shown, signUps } = page
  const isUp = shown.kind !== 'taken-down'
  return html`<p class="crumb"><a href="/published">Pages</a></p>
    <h1>/p/${slug}</h1>
    ${whatIsShown(page)}
    <p>
      ${isUp ? html`<a class="button" href="${url}">Open it as a visitor</a>` : ''}
      ${plural(signUps, 'person', 'people')} signed up here.
    </p>
    ${trial ? trialPart(trial, page, may('campaign.release') ? csrf : null) : ''}
    <section class="card">
      ${table(
        'Its versions, the last first',
        ['Version', 'When', 'By', 'Why'],
        moves.map((move) => [
          html`<span class="prose">${versionWords(move)}</span>`,
          when(move.movedAt, zone),
          move.movedBy,
          html`<span class="prose">${move.reason}</span>`,
        ]),
      )}
    </section>
    ${may('campaign.release') && isUp ? tryForm(slug, choices, { entered, csrf }) : ''}
    ${may('campaign.rollback') ? moveForms(slug, { isUp, hasFormer: moves.length > 1 }, { entered, csrf }) : ''}`
}

const versionWords = ({ version, title, hash }: Moved): Html =>
  version?.state === 'published'
    ? html`<a href="/copy/${version.copy}">${title ?? 'approval taken back'}</a
        >${version.signUp ? ', with a form' : ''}${version.others ? `, and ${plural(version.others.length, 'copy', 'copies')} tried beside it` : ''}
        <small class="mono">${hash.slice(0, 12)}</small>`
    : html`taken down`

/** What the copies of a page bring, and the way to keep one of them. */
function trialPart({ arms, readout, machines }: Trial, { slug, shown }: PageState, csrf: string | null): Html {
  return html`<section class="card" aria-labelledby="trial">
    <h2 id="trial">Which copy</h2>
    <p class="lede">${readout.words}</p>
    ${shown.kind === 'page' && shown.rests !== null ? html`<p class="notice warn">Nobody is counted while a copy is held. ${shown.rests}.</p>` : ''}
    <p class="soft">
      Counted is who confirmed that they sign up below it. Readers whom a link of a message names, or who let their
      visits be counted, get the same copy each time and count once; all others draw one at each visit, and every visit
      counts. ${machines > 0 ? `${plural(machines, 'visit')} of machines are left out.` : ''}
    </p>
    ${armsTable(readout)} ${footWords(readout)}
    <ul class="plain rows">
      ${arms.map(
        ({ name, copy }) =>
          html`<li>
            <a href="/copy/${copy}">The copy of ${name}</a>
            ${
              csrf === null
                ? ''
                : html`<form method="post" action="/published/${slug}/keep" class="inline">
                    ${csrfInput(csrf)}<input type="hidden" name="copy" value="${copy}" />
                    <button>Show ${name} to everybody</button>
                  </form>`
            }
          </li>`,
      )}
    </ul>
  </section>`
}

function tryForm(slug: string, choices: Data['choices'], { entered, csrf }: Pick<Data, 'entered' | 'csrf'>): Html {
  const [first] = choices
  if (!first) return html``
  const action = `/published/${slug}/try`
  const form = enteredIn(entered, action) ?? { copy: first.hash, percent: '50' }
  return html`<form method="post" action="${action}" class="card">
    <h2>Try another copy beside it</h2>
    ${csrfInput(csrf)}
    ${choice({ form }, 'copy', 'Approved copy', choices.map(({ hash, title }) => ({ value: hash, words: `${title} (${hash.slice(0, 8)})` })))}
    <div class="field">
      <label for="percent">Its share of the visitors, in percent; the first copy gives it up</label>
      <input id="percent" name="percent" type="number" min="1" max="98" value="${form['percent']}" required />
    </div>
    <button class="main">Try it</button>
  </form>`
} // prettier-ignore

function whatIsShown({ shown }: PageState): Html {
  if (shown.kind === 'taken-down') return html`<p class="lede">Taken down: its address says that it is gone.</p>`
  if (shown.kind === 'unknown' || shown.held === null) return html`<p class="lede">Visitors get the live version.</p>`
  const instead =
    shown.kind === 'page'
      ? html`Visitors get the version before it, “${shown.copy.content.subject.text}”, which is still true.`
      : html`No version before it may be shown: visitors read that the page is being brought up to date.`
  return html`<p class="notice bad">Held: ${shown.held}.</p>
    <p>
      ${instead} No sentence is cut out of a page by itself, since nobody read and approved what would be left. Once it
      is true again it is shown again; else write it anew, have it approved and publish it at this address.
    </p>`
}

function moveForms(
  slug: string,
  { isUp, hasFormer }: { isUp: boolean; hasFormer: boolean },
  { entered, csrf }: Pick<Data, 'entered' | 'csrf'>,
): Html {
  const at = (act: string): string => `/published/${slug}/${act}`
  const form = (act: string, title: string, words: string): Html =>
    html`<form method="post" action="${at(act)}" class="card">
      ${csrfInput(csrf)}
      <div class="field"><label for="${act}-reason">${title}</label><input id="${act}-reason" name="reason" value="${entryIn(entered, at(act), 'reason')}" required maxlength="300" /></div>
      <button class="${act === 'down' ? 'danger' : 'main'}">${words}</button>
    </form>` // prettier-ignore
  return html`${hasFormer ? form('back', 'Why go back', 'Back to the version before') : ''}
  ${isUp ? form('down', 'Why take it down', 'Take it down') : ''}`
}

/** Where approved copy becomes a page. */
export function publishForm(
  copy: string,
  { pages, entered, csrf }: { pages: readonly string[]; entered: Entered | null; csrf: string },
): Html {
  const own = enteredIn(entered, '/published')
  return html`<form method="post" action="/published" class="card">
    <h2>Publish it here</h2>
    ${csrfInput(csrf)}<input type="hidden" name="copy" value="${copy}" />
    <div class="field">
      <label for="slug">Its address, after /p/; one that is taken gets this as its next version</label>
      <input id="slug" name="slug" value="${own?.['slug'] ?? ''}" required maxlength="62" pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?" autocomplete="off" list="slugs" />
      <datalist id="slugs">${pages.map((slug) => html`<option value="${slug}"></option>`)}</datalist>
    </div>
    <p><label><input type="checkbox" name="signUp" value="on" ${own?.['signUp'] === undefined ? '' : 'checked'} /> With a form to sign up for e-mail</label></p>
    <button class="main">Publish</button>
  </form>`
} // prettier-ignore
