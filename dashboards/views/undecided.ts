import { html } from 'hono/html'
import { wordsOn, type DeliveryWord, type Undecided, type UndecidedRow } from '#campaigns/delivery/undecided.ts'
import type { Entered, Form } from '../visitor.ts'
import { enteredIn, entryIn } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { channelWord, count, plural, when } from './words.ts'

type Data = Undecided & {
  campaign: string
  /** Of which reason alone, or null. */
  reason: string | null
  offset: number
  pageSize: number
  entered: Entered | null
  zone: string
  csrf: string
  may: May
}

const place = (campaign: string, state: Undecided['state']): string =>
  `/campaigns/${encodeURIComponent(campaign)}/${state}`

/** The address of what is shown, from some place in the list on. */
function at({ campaign, state, reason, offset }: Pick<Data, 'campaign' | 'state' | 'reason' | 'offset'>): string {
  const query = new URLSearchParams({ ...(reason === null ? {} : { reason }), ...(offset === 0 ? {} : { offset: String(offset) }) }) // prettier-ignore
  return query.size === 0 ? place(campaign, state) : `${place(campaign, state)}?${query.toString()}`
}

/** The messages of a campaign that are held, or of an unknown end: why, whose, and what may be said of them. */
export function undecidedView(data: Data): Html {
  const { campaign, state, reasons } = data
  const waiting = reasons.reduce((sum, one) => sum + one.count, 0)
  return html`<p class="crumb"><a href="/campaigns/${encodeURIComponent(campaign)}">${campaign}</a></p>
    <h1>${state === 'held' ? 'Held messages' : 'Messages of an unknown end'}</h1>
    <p class="lede">${lede(data)}</p>
    ${
      waiting === 0
        ? html`<p class="notice">Nothing waits for a word.</p>`
        : html`<section class="card" aria-labelledby="why">
              <h2 id="why">Why they wait</h2>
              ${reasonsTable(data)}
            </section>
            ${data.may('campaign.release') ? wordForm(data) : ''}
            <section class="card">${rowsTable(data)}</section>
            ${pager(data)}`
    }`
}

function lede({ state, ifUnknown }: Data): string {
  if (state === 'held') return 'These could not be written, or no hour is lawful for them. Mend the cause, then plan them again.'
  const declared =
    ifUnknown === 'leave'
      ? 'This campaign leaves them alone: none is sent again unless somebody says so.'
      : 'This campaign has each sent again once, after an hour; what is still here after that waits for you.'
  return `The line broke between sending and the answer: nobody can tell whether these arrived. ${declared}`
} // prettier-ignore

const named = (reason: string): string => (reason === '' ? 'no reason was kept' : reason)

function reasonsTable({ campaign, state, reasons, reason: shown }: Data): Html {
  const rows = reasons.map(({ reason, count: n }) => [
    reason === shown
      ? html`<strong class="prose">${named(reason)}</strong>`
      : html`<a href="${at({ campaign, state, reason, offset: 0 })}"><span class="prose">${named(reason)}</span></a>`,
    count(n),
  ])
  return html`${table('By reason', ['Reason', 'Messages'], rows, [1])}
  ${shown === null ? '' : html`<p><a href="${place(campaign, state)}">All reasons</a></p>`}`
}

const offers: Readonly<Record<DeliveryWord, string>> = {
  'plan-again': 'Plan again',
  leave: 'Leave as it is',
  arrived: 'It arrived',
  'send-again': 'Send again knowingly',
}

/** One word on all of a reason: the one that is shown, or the only one there is. */
function wordForm(data: Data): Html {
  const { reasons, reason, csrf } = data
  const about = reason ?? (reasons.length === 1 ? reasons[0]!.reason : null)
  if (about === null)
    return html`<p class="soft">
      Choose a reason to say one word on all of it, or a message below to say it on that one.
    </p>`
  return html`<form method="post" action="${at(data)}" class="card">
    ${csrfInput(csrf)}<input type="hidden" name="reason" value="${about}" />
    <h2>All of “${named(about)}”</h2>
    ${whyAndWords(data, 'all', { reason: about })}
  </form>`
}

function whyAndWords({ campaign, state, entered }: Data, id: string, which: Form): Html {
  const why = entryIn(entered, place(campaign, state), 'why', which)
  return html`<div class="field">
      <label for="why-${id}">Why</label><input id="why-${id}" name="why" value="${why}" required maxlength="500" />
    </div>
    ${state === 'unknown' ? html`<p class="soft">To send again may give a reader the message twice. Your name and reason are kept.</p>` : ''}
    <div class="actions">
      ${wordsOn[state].map(
        (word) =>
          html`<button name="word" value="${word}" class="${word === 'send-again' ? 'danger' : ''}">
            ${offers[word]}
          </button>`,
      )}
    </div>`
}

function rowsTable(data: Data): Html {
  const { campaign, zone, state, reason } = data
  const rows = data.rows.map((row) => [
    html`<a href="/campaigns/${encodeURIComponent(campaign)}/people/${row.personId}">${row.address}</a>`,
    `${row.stepKey} by ${channelWord(row.channel)}`,
    html`<span class="prose">${named(row.reason)}</span>`,
    when(row.settledAt, zone),
    data.may('campaign.release') ? oneForm(data, row) : '',
  ])
  const caption =
    reason === null ? `Those ${state === 'held' ? 'held' : 'unknown'} longest first` : `Of “${named(reason)}”`
  return table(caption, ['Person', 'Message', 'Reason', 'Since', 'Your word'], rows)
}

const oneForm = (data: Data, { id, address }: UndecidedRow): Html =>
  html`<details ${enteredIn(data.entered, place(data.campaign, data.state), { id }) ? 'open' : ''}>
    <summary aria-label="Decide on the message to ${address}">Decide</summary>
    <form method="post" action="${at(data)}">
      ${csrfInput(data.csrf)}<input type="hidden" name="id" value="${id}" /> ${whyAndWords(data, id, { id })}
    </form>
  </details>`

function pager(data: Data): Html {
  const { rows, offset, pageSize } = data
  const [before, more] = [offset > 0, rows.length === pageSize]
  if (!before && !more) return html``
  return html`<nav class="actions" aria-label="Pages">
    ${before ? html`<a class="button" href="${at({ ...data, offset: Math.max(0, offset - pageSize) })}">Before</a>` : ''}
    ${more ? html`<a class="button" href="${at({ ...data, offset: offset + pageSize })}">More</a>` : ''}
  </nav>`
}

/** Ways to the messages that wait for a person, where there are any. */
export const undecidedPlaces = (campaign: string, states: Readonly<Record<string, number>>): Html =>
  html`${(['held', 'unknown'] as const).map((state) => {
    const n = states[state] ?? 0
    return n === 0 ? '' : html`<p class="notice warn"><a href="${place(campaign, state)}">${plural(n, 'message')} ${state === 'held' ? `${n === 1 ? 'is' : 'are'} held` : `of which nobody knows whether ${n === 1 ? 'it' : 'they'} arrived`}: look at ${n === 1 ? 'it' : 'them'}</a></p>`
  })}` // prettier-ignore
