import { html } from 'hono/html'
import { copiesOf, type CampaignDefinition, type Copy } from '#campaigns/definition.ts'
import type { MessagesChecked } from '#campaigns/content/check-messages.ts'
import { standsInTheWay, type Preflight } from '#campaigns/deliverability/preflight.ts'
import { formOf } from '#campaigns/render/text.ts'
import type { Release } from '#governance/release.ts'
import type { Entered } from '../visitor.ts'
import { entryIn, peopleField } from './field.ts'
import { formPreview } from './form-preview.ts'
import { partsPart, stepsPart } from './journey-steps.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { channelWord, plural, when } from './words.ts'

/** What is asked of a version before somebody says yes to it. */
export type Asked = {
  messages: MessagesChecked
  /** Why its audience is refused, or a number must be typed; null where nothing is. */
  size: { rule: string; why: string } | null
  audience: number
  /** What is nobody's error, and worth knowing. */
  notices: readonly string[]
  /** The points as they last came out; null where they were not asked yet, or it went out before. */
  preflight: Preflight | null
  wentOut: boolean
}

type Data = {
  release: Release
  definition: CampaignDefinition
  by: string
  /** What it changes from the live version; null where nothing is live. */
  changes: readonly string[] | null
  /** `taken-back`: live, but its approval was taken back. */
  standing: 'live' | 'taken-back' | 'was-live' | 'waiting'
  /** Null of a version that needs nobody's yes: it is live with one, or was live before. */
  asked: Asked | null
  entered: Entered | null
  zone: string
  csrf: string
  may: May
}

/** One version of a campaign, all that somebody who approves it must have read; their yes is to exactly this. */
export function versionView(data: Data): Html {
  const { release, definition, by, standing, zone, may } = data
  const campaign = `/campaigns/${encodeURIComponent(release.name)}`
  const here = `${campaign}/versions/${release.hash}`
  return html`<p class="crumb"><a href="${campaign}">${release.name}</a></p>
    <div class="apart">
      <h1>The version of ${when(release.createdAt, zone)}</h1>
      ${tags[standing]}
    </div>
    <p class="lede">${definition.goal}</p>
    <p class="soft">Made by ${by}. <span class="mono">${release.hash.slice(0, 12)}</span></p>
    ${changesPart(data, campaign)} ${data.asked ? findingsPart(data.asked, release.name) : ''}
    <section class="card" aria-labelledby="steps">
      <h2 id="steps">Step by step</h2>
      ${stepsPart(definition, null)}
    </section>
    <section class="card" aria-labelledby="around">
      <h2 id="around">Around the steps</h2>
      ${partsPart(definition, zone)}
    </section>
    <section aria-labelledby="copy">
      <h2 id="copy">As its readers get it</h2>
      <div class="grid beside">${copiesOf(definition).map((copy) => copyPart(copy, here))}</div>
    </section>
    <p class="actions">
      ${may('person.view') ? html`<a class="button" href="${campaign}/dry-run?version=${release.hash}">What would happen in the next 30 days?</a>` : ''}
      ${may('campaign.draft') ? html`<a class="button" href="${campaign}/edit?version=${release.hash}">Change it</a>` : ''}
      <a class="button" href="${campaign}/document?version=${release.hash}">Download it as a document</a>
    </p>
    ${data.asked && may('campaign.approve') ? yesPart(data, data.asked, here) : ''}`
}

const tags = {
  live: html`<span class="tag">live</span>`,
  'taken-back': html`<span class="tag bad">approval taken back</span>`,
  'was-live': html`<span class="tag">was live before</span>`,
  waiting: html`<span class="tag warn">waits for a yes</span>`,
}

function changesPart({ changes, standing }: Data, campaign: string): Html {
  if (standing === 'live') return html`<p class="notice">This is what is sent now.</p>`
  if (standing === 'taken-back')
    return html`<p class="notice bad">
      It is live, but nothing of it is sent. Its approval was taken back: it goes on when somebody says yes to it again.
    </p>`
  if (changes === null) return html`<p class="notice">Nothing of this campaign is live yet: all of it is new.</p>`
  return html`<section class="card" aria-labelledby="changes">
    <h2 id="changes">What it changes from <a href="${campaign}/journey">the live version</a></h2>
    ${
      changes.length === 0
        ? html`<p>Nothing.</p>`
        : html`<ul>
            ${changes.map((words) => html`<li>${words}.</li>`)}
          </ul>`
    }
  </section>`
}

function findingsPart({ messages, size, audience, notices, preflight, wentOut }: Asked, name: string): Html {
  const sound = messages.kind === 'sound' && (size === null || size.rule === 'everybody')
  const points = `/preflight?campaign=${encodeURIComponent(name)}`
  const against = preflight ? standsInTheWay(preflight) : []
  return html`<section class="notice ${sound && against.length === 0 ? '' : 'bad'}" aria-label="What was found">
    <ul>
      <li>${plural(audience, 'person is', 'people are')} in its audience now.</li>
      ${size ? html`<li>${size.why}.</li>` : ''} ${notices.map((words) => html`<li>${words}.</li>`)}
      ${messages.kind === 'sound' ? html`<li>The <a href="/guardrails">guardrails</a> found nothing to object to, as sampled readers would get it.</li>` : messages.findings.map(({ stepKey, said, why }) => html`<li>${stepKey}: “${said}” ${why}</li>`)}
      ${wentOut ? '' : preflightLine(preflight, against.length, points)}
    </ul>
  </section>`
}

function preflightLine(preflight: Preflight | null, against: number, points: string): Html {
  if (preflight === null)
    return html`<li>
      The <a href="${points}">24 points</a> before a first send were not asked yet; the yes asks them.
    </li>`
  return html`<li>
    Of the <a href="${points}">24 points</a> before a first send,
    ${against === 0 ? 'none stands in the way' : `${plural(against, 'stands', 'stand')} in the way`}.
  </li>`
}

function copyPart(copy: Copy, here: string): Html {
  const { key, channel, arm, content, contentHash } = copy
  const name = [key, channelWord(channel), ...(arm === undefined ? [] : [`as “${arm}”`])].join(', ')
  const form = channel === 'email' ? 'email' : formOf[channel]
  return html`<div>
    <h3>${name}</h3>
    ${formPreview(content, form, `${here}/copy/${contentHash}`, `The message of ${name}`)}
  </div>`
}

function yesPart({ release, entered, csrf }: Data, { size }: Asked, here: string): Html {
  const action = `${here}/approve`
  return html`<section class="card" aria-labelledby="yes">
    <h2 id="yes">Your word</h2>
    <p class="soft">
      It counts for exactly this version (<span class="mono">${release.hash.slice(0, 12)}</span>). A change is another
      version, and needs a new one.
    </p>
    <form method="post" action="${action}">
      ${csrfInput(csrf)} ${size?.rule === 'everybody' ? peopleField(entryIn(entered, action, 'people')) : ''}
      <button class="main">Approve and send</button>
    </form>
  </section>`
}
