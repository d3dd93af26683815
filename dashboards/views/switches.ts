import { html } from 'hono/html'
import type { Standing } from '#campaigns/switches.ts'
import type { FlagChange } from '#governance/flags.ts'
import type { Named } from '../actor-names.ts'
import type { Entered } from '../visitor.ts'
import { enteredIn } from './field.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { channelWord, when } from './words.ts'

type Data = {
  sending: FlagChange | null
  switches: readonly Standing[]
  named: Named
  entered: Entered | null
  zone: string
  csrf: string
  may: May
}

/** Everything that can be switched off, or on for a part of the people, beside the switch for everything. */
export function switchesView(data: Data): Html {
  const { sending, switches, named, zone, csrf, may } = data
  const on = sending?.isOn ?? true
  const of = (kind: string): Standing[] => switches.filter(({ name }) => name.startsWith(`${kind}.`))
  return html`<h1>Switches</h1>
    <p class="lede">
      Each binds the very next claim. Of a share of people it is always the same ones, and their messages alone leave;
      those of the others wait until their time runs out.
    </p>
    <section class="card" aria-labelledby="everything">
      <h2 id="everything">Everything</h2>
      <p>${on ? 'Messages may leave the house.' : html`<strong>Nothing leaves the house.</strong>`}</p>
      ${sending ? html`<p class="soft">${on ? 'On' : 'Off'} since ${when(sending.changedAt, zone)}, by ${named(sending.changedBy)}: ${sending.reason}.</p>` : ''}
      ${
        may(on ? 'sending.stop' : 'sending.start')
          ? html`<form method="post" action="/sending/${on ? 'stop' : 'start'}">
              ${csrfInput(csrf)}
              <button class="${on ? 'danger' : 'main'}">${on ? 'Stop all sending' : 'Start sending again'}</button>
            </form>`
          : ''
      }
    </section>
    ${group('Channels', of('channel'), data)} ${group('Campaigns', of('campaign'), data)}`
}

const group = (title: string, switches: readonly Standing[], data: Data): Html =>
  switches.length === 0
    ? html``
    : html`<section class="card" aria-label="${title}">
        <h2>${title}</h2>
        <ul class="plain rows">
          ${switches.map((one) => switchPart(one, data))}
        </ul>
      </section>`

function switchPart({ name, percent, moved }: Standing, { named, entered, zone, csrf, may }: Data): Html {
  const own = enteredIn(entered, '/switches', { name })
  const of = name.slice(name.indexOf('.') + 1)
  const what = name.startsWith('channel.') ? channelWord(of) : of
  const state = percent === 0 ? 'off' : percent === 100 ? 'on' : `on for ${percent} % of people`
  return html`<li>
    <strong>${what}</strong> <span class="tag ${percent === 100 ? '' : 'warn'}">${state}</span>
    ${moved ? html`<p class="soft">Since ${when(moved.movedAt, zone)}, by ${named(moved.movedBy)}: ${moved.reason}.</p>` : ''}
    ${
      may('sending.stop')
        ? html`<form method="post" action="/switches" class="inline">
            ${csrfInput(csrf)}<input type="hidden" name="name" value="${name}" />
            <label
              >Percent of people
              <input
                name="percent"
                type="number"
                min="0"
                max="${may('sending.start') ? 100 : 0}"
                value="${own?.['percent'] ?? (may('sending.start') ? percent : 0)}"
                required
            /></label>
            <label>Why <input name="reason" value="${own?.['reason'] ?? ''}" maxlength="200" required /></label>
            <button>Switch ${what}</button>
          </form>`
        : ''
    }
  </li>`
}
