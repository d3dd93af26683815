import { html } from 'hono/html'
import type { Untrue } from '#campaigns/content/citations.ts'
import type { Hold, Standing } from '#campaigns/content/holds.ts'
import type { Named } from '../actor-names.ts'
import type { Entered } from '../visitor.ts'
import { entryIn } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { plural, when } from './words.ts'

/** The holds of a campaign: those that stand, all there ever were, and what a pause would cost by now. */
export type Holds = { open: readonly Standing[]; all: readonly Hold[]; named: Named; tooLate: number }

type Data = { campaign: string; holds: Holds; entered: Entered | null; zone: string; csrf: string; may: May }

/** What holds a campaign, sentence by sentence, and the ways on. */
export function holdsPart({ campaign, holds, entered, zone, csrf, may }: Data): Html {
  if (holds.open.length === 0) return html``
  const here = `/campaigns/${encodeURIComponent(campaign)}`
  const isOfCopy = holds.open.some((hold) => hold.rule !== 'by-hand' && !hold.mended)
  return html`<section class="card" aria-labelledby="held">
    <h2 id="held">Held</h2>
    <p class="soft">
      Nothing of it leaves;
      ${holds.tooLate === 0 ? 'nobody is lost: what is planned waits' : html`what is planned waits, but ${plural(holds.tooLate, 'message')} would be too late by now`}.
    </p>
    ${holds.open.map((hold) => holdPart(hold, { here, named: holds.named, entered, zone, csrf, may }))}
    ${isOfCopy && may('campaign.draft') ? rewriteForm(here, csrf) : ''}
  </section>`
}

type Around = { here: string; named: Named; entered: Entered | null; zone: string; csrf: string; may: May }

function holdPart(hold: Standing, around: Around): Html {
  const { named, zone, may } = around
  const since = `${when(hold.placedAt, zone)}, by ${named(hold.placedBy)}`
  return html`<div class="notice warn">
      ${hold.findings.length === 0 ? html`<p>Held: ${hold.why}.</p>` : bySentence(hold.findings, zone)}
      <p><small>Since ${since}</small></p>
    </div>
    ${hold.mended ? html`<p>What it says is true again: you may lift the hold.</p>` : ''}
    ${may('campaign.approve') ? liftForm(hold, around) : ''}`
}

/** Each sentence once, though it may rest on several things. */
function bySentence(findings: readonly Untrue[], zone: string): Html {
  const once = new Map(findings.map((finding) => [`${finding.said} ${finding.why}`, finding]))
  return html`<ul>
    ${[...once.values()].map(
      ({ said, why, since }) =>
        html`<li>Held: “${said}” ${why}${since === null ? '' : html`, since ${when(new Date(since), zone)}`}.</li>`,
    )}
  </ul>`
}

function liftForm(hold: Standing, { here, entered, csrf }: Around): Html {
  const action = `${here}/holds/${hold.id}/lift`
  const id = `lift-${hold.id}`
  const isFalse = hold.rule !== 'by-hand' && !hold.mended
  return html`<form method="post" action="${action}">
    ${csrfInput(csrf)}<input type="hidden" name="seen" value="${hold.seen}" />
    <div class="field">
      <label for="${id}">${isFalse ? 'Why it may be sent all the same' : 'Why it may go on'}</label>
      <input id="${id}" name="reason" value="${entryIn(entered, action, 'reason')}" required maxlength="500" />
    </div>
    <button class="${isFalse ? 'danger' : 'main'}">
      ${isFalse ? 'Lift the hold and send it as it is' : 'Lift the hold'}
    </button>
  </form>`
}

const rewriteForm = (here: string, csrf: string): Html =>
  html`<form method="post" action="${here}/rewrite" class="actions">
    ${csrfInput(csrf)}
    <button class="main">Write a new version</button>
    <span class="soft">From the same brief and what holds now. Whoever had a message gets no other.</span>
  </form>`

/** A person's own stop of one campaign; one is enough. */
export function holdForm({ open }: Holds, here: string, entered: Entered | null, csrf: string): Html {
  if (open.some((hold) => hold.rule === 'by-hand')) return html``
  const action = `${here}/hold`
  return html`<form method="post" action="${action}">
    ${csrfInput(csrf)}
    <div class="field">
      <label for="hold-why">Why hold it</label
      ><input id="hold-why" name="reason" value="${entryIn(entered, action, 'reason')}" required maxlength="500" />
    </div>
    <button>Hold this campaign</button>
  </form>`
}

const words = (text: string): Html => html`<span class="prose">${text}</span>`

/** Holds that were lifted: who took what on them. */
export function earlierHolds({ all, named }: Holds, zone: string): Html {
  const rows = all.flatMap((hold) => {
    const { why, placedAt, liftedAt, liftedBy, liftReason } = hold
    if (liftedAt === null) return []
    return [
      [when(placedAt, zone), words(why), `${when(liftedAt, zone)}, ${named(liftedBy ?? '')}`, words(liftReason ?? '')],
    ]
  })
  if (rows.length === 0) return html``
  return html`<h3>Holds that were lifted</h3>
    ${table('Newest first', ['Since', 'Because', 'Lifted', 'Why'], rows)}`
}
