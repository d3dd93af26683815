import { html } from 'hono/html'
import type { GivenDelegation, Work } from '#governance/agents/decide.ts'
import { agents as declared, firstReviewed } from '#governance/agents/declared.ts'
import type { Standing } from '#governance/agents/reviews.ts'
import type { Share } from '#kernel/share.ts'
import type { Segment } from '#graph/segments/registry.ts'
import type { Named } from '../actor-names.ts'
import type { Entered } from '../visitor.ts'
import { delegateForm, delegationsPart } from './delegations.ts'
import { entryIn } from './field.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { count, percent, plural, when } from './words.ts'

export type ShownDelegation = GivenDelegation & { work: Work }
export type ShownAgent = Standing & { named: Named; delegations: ShownDelegation[] }

export type AgentsData = {
  agents: readonly ShownAgent[]
  segments: readonly Segment[]
  /** A form of the page that was refused. */
  entered: Entered | null
  csrf: string
  zone: string
  may: May
  now: Date
}

/** Each agent: its switch, how far its first hundred are, what people made of them, and what is left to it. */
export function agentsView(data: AgentsData): Html {
  return html`<h1>Agents</h1>
    <p class="lede">
      A person reads the first ${firstReviewed} pieces of an agent’s work one by one. Then the owner may leave a part of
      it to a policy, a share of it stays reviewed, and one click takes it back.
    </p>
    ${data.agents.map((agent) => agentPart(agent, data))}`
}

function agentPart(agent: ShownAgent, data: AgentsData): Html {
  const { words, does } = declared[agent.agent]
  return html`<section class="card" aria-labelledby="${agent.agent}">
      <div class="apart">
        <h2 id="${agent.agent}">${words}</h2>
        ${agent.flag.isOn ? html`<span class="tag">on</span>` : html`<span class="tag bad">switched off</span>`}
      </div>
      <p>${does}.</p>
      ${switchPart(agent, data)}
    </section>
    <div class="split even">
      ${firstHundred(agent, data)}
      <div>${delegationsPart(agent, data)} ${data.may('agent.delegate') ? delegateForm(agent, data) : ''}</div>
    </div>`
}

function switchPart({ agent, flag, named }: ShownAgent, { csrf, zone, may, entered }: AgentsData): Html {
  const { isOn, moved } = flag
  const since = moved
    ? html`${isOn ? 'On' : 'Off'} since ${when(moved.changedAt, zone)}, by ${named(moved.changedBy)}: ${moved.reason}.`
    : html`Nobody has moved its switch yet.`
  const [to, words] = isOn ? (['off', 'Switch it off'] as const) : (['on', 'Switch it on'] as const)
  const at = `/agents/${agent}/${to}`
  return html`<p class="soft">${since}</p>
    ${
      may(isOn ? 'agent.stop' : 'agent.start')
        ? html`<form method="post" action="${at}" class="inline">
            ${csrfInput(csrf)}
            <label
              >Why <input name="reason" value="${entryIn(entered, at, 'reason')}" maxlength="200" required
            /></label>
            <button class="${isOn ? 'danger' : 'main'}">${words}</button>
          </form>`
        : ''
    }`
}

function firstHundred(agent: ShownAgent, { zone }: AgentsData): Html {
  const { interaction } = declared[agent.agent]
  const done = Math.min(agent.reviewed, firstReviewed)
  const label = `${count(done)} of ${firstReviewed} reviewed`
  const before = agent.everReviewed - agent.reviewed
  return html`<section class="card">
    <h2>Its first hundred</h2>
    <p class="figure"><span class="value">${label}</span></p>
    <p><progress max="${firstReviewed}" value="${done}" aria-label="Reviewed">${label}</progress></p>
    <p class="soft">
      Counted under the prompt, guardrails, brand and router it works by now.
      ${before > 0 ? `${plural(before, interaction)} before, under other versions, ${before === 1 ? 'does' : 'do'} not count.` : ''}
    </p>
    <dl class="pairs">
      <dt>Approved</dt>
      <dd>${shareWords(agent.approved)}</dd>
      <dt>Changed by a person before</dt>
      <dd>${shareWords(agent.edited)}</dd>
      ${
        agent.models.length > 0
          ? html`<dt>Written by</dt>
              <dd>${agent.models.join(', ')}</dd>`
          : ''
      }
    </dl>
    ${
      agent.sentBack.length > 0
        ? html`<h3>Sent back, and why</h3>
            <ul class="plain rows">
              ${agent.sentBack.map(({ id, reason, at }) => html`<li><a href="/desk/${id}">${reason}</a> <small>${when(at, zone)}</small></li>`)}
            </ul>`
        : ''
    }
  </section>`
}

const shareWords = (share: Share | null): Html =>
  share
    ? html`${percent(share.share, 0)}
        <small>${percent(share.low, 0)} to ${percent(share.high, 0)}, 19 times in 20</small>`
    : html`<span class="soft">nothing to go by yet</span>`
