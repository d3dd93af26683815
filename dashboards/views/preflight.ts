import { html } from 'hono/html'
import type { Mark } from '#campaigns/deliverability/finding.ts'
import { standsInTheWay, type Checked, type Preflight } from '#campaigns/deliverability/preflight.ts'
import { isUpkeep } from '#campaigns/deliverability/upkeep.ts'
import type { Entered } from '../visitor.ts'
import { enteredIn, entryIn } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { day, plural, when } from './words.ts'

type Data = {
  run: Preflight | null
  campaign: string | null
  campaigns: readonly string[]
  entered: Entered | null
  zone: string
  csrf: string
  may: May
}

/** What an address of this page ends with, so that its reader stays with the campaign they look at. */
export const aboutCampaign = (campaign: string | null | undefined): string =>
  campaign ? `?campaign=${encodeURIComponent(campaign)}` : ''

/** The 24 points as they came out last, what to do about each, and the ways to run them again. */
export function preflightView(data: Data): Html {
  const { run, campaign, may, zone } = data
  const against = run ? standsInTheWay(run) : []
  return html`<p class="crumb"><a href="/reputation">Reputation</a></p>
    <h1>Preflight</h1>
    <p class="lede">
      24 points before the first message of a campaign leaves. What fails stops its launch; so does what is unknown,
      unless an owner takes it on themselves.
    </p>
    ${
      run
        ? html`<p class="notice ${against.length > 0 ? 'bad' : ''}">
            ${campaign === null ? 'The house' : campaign}, ${when(run.runAt, zone)}:
            ${against.length === 0 ? 'nothing stands in the way' : `${plural(against.length, 'point')} in the way of a launch`}.
            ${run.outlet.kind === 'sink' ? 'What is sent goes to your own test sink on this machine, so what is unknown stops nothing.' : ''}
          </p>`
        : html`<p class="notice">This was not run yet.</p>`
    }
    ${may('campaign.draft') ? runForm(data) : ''}
    ${run ? run.points.map((point, index) => pointPart(point, index, data)) : ''}
    ${may('campaign.draft') ? messageForm(data) : ''}`
}

const runForm = ({ campaigns, campaign, csrf }: Data): Html =>
  html`<form method="post" action="/preflight" class="inline">
    ${csrfInput(csrf)}
    <label
      >About
      <select name="campaign">
        <option value="">the house</option>
        ${campaigns.map((name) => html`<option value="${name}" ${name === campaign ? 'selected' : ''}>${name}</option>`)}
      </select></label
    >
    <button class="main">Run the points</button>
  </form>`

const tags: Readonly<Record<Mark, string>> = {
  pass: 'tag',
  warn: 'tag warn',
  fail: 'tag bad',
  unknown: 'tag warn',
  'not-applicable': 'tag',
}

function pointPart(point: Checked, index: number, data: Data): Html {
  const { what, mark, evidence, fix, records, id } = point
  return html`<section class="card" aria-labelledby="point-${id}">
    <div class="apart">
      <h2 id="point-${id}">${index + 1}. ${what}</h2>
      <span class="${tags[mark]}">${mark === 'not-applicable' ? 'not applicable' : mark}</span>
    </div>
    <p>${evidence}</p>
    ${fix === null ? '' : html`<p><strong>What to do:</strong> ${fix}</p>`}
    ${
      records.length === 0
        ? ''
        : table(
            'To paste where the domain’s names are kept',
            ['Name', 'Type', 'Value'],
            records.map(({ name, type, value }) => [html`<code>${name}</code>`, type, html`<code>${value}</code>`]),
          )
    }
    ${isUpkeep(id) && data.may('preflight.waive') ? doneForm(id, data) : ''}
    ${mark === 'unknown' ? waiverPart(point, data) : ''}
  </section>`
}

const aboutPoint = (id: string, { csrf }: Data): Html =>
  html`${csrfInput(csrf)}<input type="hidden" name="point" value="${id}" />`

const doneForm = (id: string, data: Data): Html => {
  const own = enteredIn(data.entered, '/preflight/done', { point: id })
  return html`<form method="post" action="/preflight/done${aboutCampaign(data.campaign)}" class="inline">
    ${aboutPoint(id, data)}
    <label
      >What was done, and where it lies <input name="what" value="${own?.['what'] ?? ''}" required maxlength="500"
    /></label>
    <label>On (today, unless you say) <input type="date" name="on" value="${own?.['on'] ?? ''}" /></label>
    <button>Note that it is done</button>
  </form>`
}

function waiverPart({ id, waiver }: Checked, data: Data): Html {
  const { zone, may } = data
  const about = aboutPoint(id, data)
  if (waiver)
    return html`<p>An owner took this on themselves until ${day(waiver.endsAt, zone)}: ${waiver.reason}</p>
      ${
        may('preflight.waive')
          ? html`<form method="post" action="/preflight/unwaive${aboutCampaign(data.campaign)}">
              ${about}<button>Take that back</button>
            </form>`
          : ''
      }`
  if (!may('preflight.waive')) return html``
  return html`<form method="post" action="/preflight/waive${aboutCampaign(data.campaign)}" class="inline">
    ${about}
    <label
      >Why it is not to stop launches for 30 days
      <input
        name="reason"
        value="${entryIn(data.entered, '/preflight/waive', 'reason', { point: id })}"
        required
        maxlength="500"
    /></label>
    <button>Take it on myself</button>
  </form>`
}

const messageForm = ({ campaign, entered, csrf }: Data): Html =>
  html`<section class="card">
    <h2>A message that arrived</h2>
    <p>
      Send yourself a message, open its source in the mailbox, and paste all of it: signature and alignment are read
      from it.
    </p>
    <form method="post" action="/preflight/message${aboutCampaign(campaign)}">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="message">The whole message, with its headers</label>
        <textarea id="message" name="message" rows="8" required>
${entryIn(entered, '/preflight/message', 'message')}</textarea>
      </div>
      <button>Read it</button>
    </form>
  </section>`
