import { html } from 'hono/html'
import type { WhatsAppDesk } from '#campaigns/whatsapp/desk.ts'
import type { NumberStanding } from '#campaigns/whatsapp/number.ts'
import type { Named } from '../actor-names.ts'
import type { Entered } from '../visitor.ts'
import { enteredIn } from './field.ts'
import { formPreview } from './form-preview.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { capital, count, when } from './words.ts'

type Data = WhatsAppDesk & { named: Named; entered: Entered | null; zone: string; csrf: string; may: May }

/** Where nothing is set up: what to set. */
export const whatsappUnset = (): Html =>
  html`<h1>WhatsApp</h1>
    <p class="notice">
      This house sends nothing by WhatsApp yet. Set <code>WHATSAPP_TOKEN</code>, <code>WHATSAPP_ACCOUNT_ID</code> and
      <code>WHATSAPP_NUMBER_ID</code> to send, and <code>WHATSAPP_APP_SECRET</code> with
      <code>WHATSAPP_VERIFY_TOKEN</code> to hear what became of it.
    </p>`

/** The number, the templates, what may be proposed, and what became of messages. */
export function whatsappView(data: Data): Html {
  return html`<div class="apart">
      <h1>WhatsApp</h1>
      ${data.may('campaign.draft') ? html`<form method="post" action="/whatsapp/sync">${csrfInput(data.csrf)}<button>Ask Meta now</button></form>` : ''}
    </div>
    <p class="lede">
      A conversation that this house begins needs a template that Meta approved; within 24 hours of what somebody wrote, the
      copy goes as it is. Meta is asked every quarter of an hour.
    </p>
    ${data.stop === null ? '' : html`<p class="notice bad">Stopped ${when(data.stop.stoppedAt, data.zone)}: ${data.stop.why}. See <a href="/channels">Channels</a> to let it go on.</p>`}
    ${data.number === null ? html`<p class="notice">Meta was not asked about the number yet: ask now.</p>` : numberPart(data.number, data.zone)}
    ${templatesPart(data)} ${data.may('campaign.release') ? data.proposable.map((one, index) => proposePart(one, index, data)) : ''}
    ${messagesPart(data)}`
} // prettier-ignore

const tones: Readonly<Record<string, string>> = { green: 'tag', approved: 'tag', connected: 'tag', red: 'tag bad', rejected: 'tag bad', disabled: 'tag bad', paused: 'tag bad', gone: 'tag bad' } // prettier-ignore
const tag = (word: string): Html => html`<span class="${tones[word] ?? 'tag warn'}">${word.replaceAll('_', ' ')}</span>`

function numberPart(number: NumberStanding, zone: string): Html {
  const { shown, name, status, quality, mostADay, most, begun, step, graduated, against, lookedAt } = number
  return html`<section class="card" aria-labelledby="number">
    <div class="apart">
      <h2 id="number">${shown} ${name}</h2>
      <span>${tag(status)} ${tag(quality)}</span>
    </div>
    ${against === null ? '' : html`<p class="notice bad">${against}.</p>`}
    <dl class="pairs">
      <dt>Portfolio’s limit</dt>
      <dd>${mostADay === null ? 'none' : `${count(mostADay)} people in 24 hours`}</dd>
      <dt>Ramp</dt>
      <dd>${graduated === null ? `day ${step} of 14 of a new number` : `past it: ${graduated}`}</dd>
      <dt>Begun with in 24 hours</dt>
      <dd>
        ${count(begun)}${most === null ? '' : ` of ${count(most)}`}
        ${most === null ? '' : html`<progress max="${most}" value="${Math.min(begun, most)}" aria-label="Used of what the number may send in 24 hours"></progress>`}
      </dd>
      <dt>Asked</dt>
      <dd>${when(lookedAt, zone)}</dd>
    </dl>
  </section>` // prettier-ignore
}

function templatesPart({ templates, named, zone, csrf, may }: Data): Html {
  if (templates.length === 0)
    return html`<h2>Templates</h2>
      <p class="notice">There is none yet. Write and approve a WhatsApp template at the <a href="/desk">desk</a>.</p>`
  const rows = templates.map((row) => [
    html`<span class="mono">${row.name}</span> <small>${row.language}</small>`,
    html`${tag(row.status)}${row.against === null || row.status === 'approved' ? '' : html` <small>${row.against}</small>`}`,
    row.category,
    tag(row.quality),
    row.proposedAt === null ? 'made elsewhere' : `${named(row.proposedBy ?? '')}, ${when(row.proposedAt, zone)}`,
  ])
  const moved = templates.filter((row) => row.status !== 'gone' && row.category !== row.acceptedCategory)
  return html`<section class="card" aria-labelledby="templates">
    <h2 id="templates">Templates</h2>
    ${table('As Meta keeps them', ['Name', 'State', 'Category', 'Quality', 'Proposed'], rows)}
    ${moved.map(
      (row) =>
        html`<p class="notice warn">${capital(row.against ?? '')}.</p>
          ${
            may('campaign.approve')
              ? html`<form method="post" action="/whatsapp/category">
                  ${csrfInput(csrf)}<input type="hidden" name="name" value="${row.name}" />
                  <input type="hidden" name="language" value="${row.language}" />
                  <input type="hidden" name="category" value="${row.category}" />
                  <button>Send ${row.name} as ${row.category}</button>
                </form>`
              : ''
          }`,
    )}
  </section>`
}

const categories = { marketing: 'marketing', utility: 'utility: nothing in it promotes' }

function proposePart(one: WhatsAppDesk['proposable'][number], index: number, { csrf, entered }: Data): Html {
  const at = '/whatsapp/templates'
  const form = enteredIn(entered, at, { contentHash: one.contentHash })
  return html`<section class="card" aria-labelledby="propose-${index}">
    <h2 id="propose-${index}">Propose: ${one.content.subject.text}</h2>
    <p class="soft">Approved for ${one.words}; it has no template with Meta yet.</p>
    ${formPreview(one.content, 'whatsapp-template', '')}
    <form method="post" action="${at}" class="inline">
      ${csrfInput(csrf)}<input type="hidden" name="contentHash" value="${one.contentHash}" />
      <label
        >Category
        <select name="category">
          ${Object.entries(categories).map(([name, words]) => html`<option value="${name}" ${form?.['category'] === name ? 'selected' : ''}>${words}</option>`)}
        </select></label
      >
      <label>Language <input name="language" required value="${form?.['language'] ?? one.language}" size="6" pattern="[a-z]{2,3}(_[A-Z]{2})?" /></label>
      <button class="main">Propose to Meta</button>
    </form>
  </section>` // prettier-ignore
}

function messagesPart({ messages, failures }: Data): Html {
  if (messages.length === 0) return html``
  return html`<section class="card" aria-labelledby="messages">
    <h2 id="messages">Messages</h2>
    ${table(
      'What Meta told of the last 30 days',
      ['Paid for as', 'Charged', 'Messages', 'Delivered', 'Read', 'Failed'],
      messages.map((row) => [row.category, row.billable ? 'yes' : 'no', count(row.messages), count(row.delivered), count(row.read), count(row.failed)]),
      [2, 3, 4, 5],
    )}
    ${failures.length === 0 ? '' : table('Why some failed', ['Meta’s code', 'What it means', 'Messages'], failures.map((row) => [row.code, row.words, count(row.messages)]), [0, 2])}
  </section>`
} // prettier-ignore
