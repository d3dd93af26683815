import { html } from 'hono/html'
import { namedIn, type explainPerson, type Reason } from '#ingest/identity/explain.ts'
import type { Leaving } from '#ingest/identity/foresee.ts'
import type { Change } from '#ingest/identity/history.ts'
import type { PersonProfile } from '#ingest/identity/people.ts'
import { monthsOfImpact } from '#governance/metrics/identity-changes.ts'
import { impactInWords } from '#governance/metrics/identity-impact.ts'
import type { Named } from '../actor-names.ts'
import { doings } from './identity-change.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { day, plain, plural, when } from './words.ts'

/** Who a person is, why, since when, and what a word on it would do. */
export type PersonIdentity = {
  profile: PersonProfile
  explanation: Awaited<ReturnType<typeof explainPerson>>
  leaving: readonly Leaving[]
  changes: readonly Change[]
  named: Named
  csrf: string
  may: May
  business: { zone: string }
}

/** Why this is one person: each piece of evidence, opened by its pair; and whom they were said not to be. */
export function whyPart(data: PersonIdentity): Html {
  const { explanation, named } = data
  const { because, apartFrom } = explanation
  return html`<section class="card">
    <h2>Why this is one person</h2>
    ${because.length === 0 ? html`<p>There is only one identifier.</p>` : ''}
    <ul class="plain rows">
      ${because.map((reason) => html`<li>${named(reason.words)} <small>${plain(reason.rule)}, ${explainLink(reason, named)}</small></li>`)}
    </ul>
    ${
      apartFrom.length > 0
        ? html`<h3>Kept apart</h3>
            <ul class="plain rows">
              ${apartFrom.map((reason) => apartRow(reason, data))}
            </ul>`
        : ''
    }
  </section>`
}

const explainLink = ({ left, right, words }: Reason, named: Named): Html =>
  html`<a href="/identity/pair/${left}/${right}" aria-label="look closer: ${named(words)}">look closer</a>`

const apartRow = (reason: Reason, { profile, named, csrf, may }: PersonIdentity): Html =>
  html`<li>
    ${named(reason.words)} <small>${explainLink(reason, named)}</small>
    ${
      may('identity.decide')
        ? html`<form method="post" action="/people/${profile.personId}/together" class="undo">
            ${csrfInput(csrf)}<input type="hidden" name="left" value="${reason.left}" /><input
              type="hidden"
              name="right"
              value="${reason.right}"
            />
            <button class="quiet">Take that back</button>
          </form>`
        : ''
    }
  </li>`

/** Each identifier with what hangs on it, and one press to say that it is somebody else's. */
export function identifiersPart(data: PersonIdentity): Html {
  const { profile, leaving, business } = data
  const byId = new Map(leaving.map((one) => [one.identifierId, one]))
  return html`<section class="card" id="identifiers">
    <h2>What they are known by</h2>
    <ul class="plain rows">
      ${profile.identifiers.map(({ id, kind, value, since }) => {
        const one = byId.get(id)
        return html`<li class="apart">
          <div class="known">
            <strong>${value}</strong> <small>${plain(kind)}, since ${day(since, business.zone)}</small>
            ${one ? html`<p class="soft">If it is somebody else’s: ${alongInWords(one)}</p>` : ''}
          </div>
          ${one ? leaveForm(data, one, value) : ''}
        </li>`
      })}
    </ul>
  </section>`
}

function leaveForm({ profile, csrf, may }: PersonIdentity, { from, identifierId }: Leaving, value: string): Html {
  if (!may('identity.decide')) return html``
  return html`<form method="post" action="/people/${profile.personId}/apart">
    ${csrfInput(csrf)}<input type="hidden" name="left" value="${from}" /><input
      type="hidden"
      name="right"
      value="${identifierId}"
    />
    <button aria-label="Not the same person: ${value}">Not the same person</button>
  </form>`
}

function alongInWords({ along, orders, consents, events }: Leaving): string {
  const hanging = [
    ...(orders > 0 ? [plural(orders, 'order')] : []),
    ...(consents > 0 ? [plural(consents, 'consent')] : []),
    ...(events > 0 ? [plural(events, 'event')] : []),
  ]
  const follow = hanging.length === 0 ? 'no order or consent goes along' : `${hanging.join(', ')} ${isOne(hanging) ? 'goes' : 'go'} along`
  if (along.length === 0) return `${follow}.`
  const others = along.length > 3 ? plural(along.length, 'other identifier') : calledIn(along)
  return `${follow}, and ${others}.`
} // prettier-ignore

const isOne = (hanging: readonly string[]): boolean => hanging.length === 1 && hanging[0]!.startsWith('1 ')

/** Merges and un-merges that this person went through, newest first. */
export function historyPart({ profile, changes, named, business }: PersonIdentity): Html {
  if (changes.length === 0) return html``
  return html`<section class="card">
    <h2>Who they were before</h2>
    <ul class="plain rows">
      ${changes.map(
        (change) =>
          html`<li>
            <a href="/identity/changes/${change.id}">${doings[change.reason] ?? plain(change.reason)}</a>
            <small>${when(change.at, business.zone)}, by ${named(change.actor)}</small>
            ${movesInWords(change, profile.personId)}
            ${monthsOfImpact(change.impact).length > 0 ? html`<p class="soft">${impactOf(change)}</p>` : ''}
          </li>`,
      )}
    </ul>
  </section>`
}

const impactOf = ({ impact }: Change): string =>
  impactInWords({ changes: 1, moved: 0, metrics: {}, months: monthsOfImpact(impact) }).join('; ')

/** Identifiers as sentences call them. */
function calledIn(list: readonly { id: string; kind: string; value: string }[]): string {
  const called = namedIn(new Map(list.map((row) => [row.id, row])))
  return list.map(({ id }) => called(id)).join(', ')
}

const values = (moves: Change['moves']): string => calledIn(moves.map((move) => ({ ...move, id: move.identifierId })))

function movesInWords({ moves }: Change, personId: string): Html {
  const came = moves.filter((move) => move.to === personId)
  const left = moves.filter((move) => move.from === personId)
  const goals = [...new Set(left.map((move) => move.to))]
  return html`${came.length > 0 ? html`<p>${values(came)} came from another person.</p>` : ''}
  ${left.length > 0 ? html`<p>${values(left)} went to ${goals.map((id) => html`<a href="/people/${id}">another person</a>`)}.</p>` : ''}
  ${came.length + left.length === 0 ? html`<p class="soft">${values(moves)}, before they were this person.</p>` : ''}`
}
