import { html } from 'hono/html'
import type { Counts } from '#campaigns/deliverability/breaker.ts'
import { providerWords } from '#campaigns/deliverability/mailbox-provider.ts'
import type { Outlet } from '#campaigns/deliverability/outlet.ts'
import { recoverySteps, type RecoveryRow, type RecoveryStep } from '#campaigns/deliverability/recovery.ts'
import type { DomainStanding, ProviderStanding } from '#campaigns/deliverability/standing.ts'
import type { MailboxLook } from '#campaigns/queries/inbound.ts'
import type { Named } from '../actor-names.ts'
import type { Entered } from '../visitor.ts'
import { enteredIn, entryIn } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { count, when } from './words.ts'

type Data = {
  domains: readonly DomainStanding[]
  outlet: Outlet
  mailboxes: readonly MailboxLook[]
  names: Named
  entered: Entered | null
  zone: string
  csrf: string
  may: May
}

/** How each sending domain stands with those who keep the mailboxes, and the ways to mend it. */
export function reputationView(data: Data): Html {
  const { domains, outlet } = data
  return html`<div class="apart">
      <h1>Reputation</h1>
      <a class="button" href="/preflight">Preflight</a>
    </div>
    <p class="lede">
      Providers judge a sender by what its readers do. Bounces, complaints and deferrals of 24 hours decide how much
      each of them is given.
    </p>
    ${data.mailboxes.map((mailbox) => mailboxPart(mailbox, data.zone))}
    ${domains.length === 0 ? html`<p class="notice">${nothing(outlet)}</p>` : domains.map((domain) => domainPart(domain, data))}`
}

/** Whether the mailbox that bounces and complaints come to can be read: without it, providers are judged by half the word. */
const mailboxPart = ({ mailbox, lookedAt, answeredAt, fault }: MailboxLook, zone: string): Html =>
  fault === null
    ? html`<p class="soft">Bounces and complaints by mail: ${mailbox}, looked through ${when(lookedAt, zone)}.</p>`
    : html`<p class="notice bad">
        Bounces and complaints by mail are not read: ${fault}
        (${answeredAt === null ? 'never read so far' : `read last ${when(answeredAt, zone)}`}).
      </p>`

const nothing = (outlet: Outlet): string =>
  outlet.kind === 'sink'
    ? `Mail goes to your own test sink on this machine (${outlet.at}): nothing is counted, and nothing is limited.`
    : 'Nothing leaves from any domain yet. Counting begins with the first message.'

function domainPart(domain: DomainStanding, data: Data): Html {
  const { warmUp, total, providers, recovery } = domain
  const going = warmUp.graduated !== null
  return html`<section class="card" aria-labelledby="domain-${domain.domain}">
    <div class="apart">
      <h2 id="domain-${domain.domain}">${domain.domain}</h2>
      <span class="tag ${recovery ? 'bad' : going ? '' : 'warn'}"
        >${recovery ? 'on its way back' : going ? 'known' : `warming up, day ${warmUp.step} of 14`}</span
      >
    </div>
    <p>
      ${going ? `Past its warm-up: ${warmUp.graduated}.` : `${warmUp.cleanDays} clean days so far; 14 of them end the warm-up, too.`}
      ${total === null ? 'No day is limited.' : `At most ${count(total)} messages today.`}
    </p>
    ${providers.length === 0 ? html`<p class="soft">Nothing was sent in seven days.</p>` : providersTable(providers)}
    ${data.may('sending.start') ? providers.filter(({ breaker }) => breaker && breaker.state !== 'go').map((one) => releaseForm(domain, one, data)) : ''}
    ${!going && data.may('sending.start') ? warmForm(domain, data) : ''}
    ${recovery ? recoveryPart(recovery, data) : data.may('sending.stop') ? beginForm(domain, data) : ''}
  </section>`
}

const share = (n: number, { sent }: Counts): string =>
  sent === 0 ? '–' : `${count(n)} (${((n / sent) * 100).toFixed(2)} %)`
const bothSpans = (day: Counts, week: Counts, of: (counts: Counts) => string): string => `${of(day)} / ${of(week)}`

const states = { go: ['tag', 'going'], hold: ['tag warn', 'held at this size'], halve: ['tag warn', 'halved'], pause: ['tag warn', 'paused'], stop: ['tag bad', 'stopped'] } as const // prettier-ignore

function providersTable(providers: readonly ProviderStanding[]): Html {
  const rows = providers.map(({ provider, day, week, breaker, left }) => {
    const [style, words] = states[breaker?.state ?? 'go']
    return [
      providerWords(provider),
      bothSpans(day, week, ({ sent }) => count(sent)),
      bothSpans(day, week, (counts) => share(counts.bounced, counts)),
      bothSpans(day, week, (counts) => share(counts.complained, counts)),
      bothSpans(day, week, (counts) => share(counts.deferred, counts)),
      left === null ? 'no limit' : count(left),
      html`<span class="${style}">${words}</span>
        ${breaker && breaker.state !== 'go' ? html`<small>${breaker.why}</small>` : ''}`,
    ]
  })
  const columns = ['Provider', 'Sent', 'Hard bounces', 'Complaints', 'Deferred', 'Left today', 'Breaker']
  return table('The last 24 hours / 7 days', columns, rows, [1, 2, 3, 4, 5])
}

const about = ({ domain }: DomainStanding, { csrf }: Data): Html =>
  html`${csrfInput(csrf)}<input type="hidden" name="domain" value="${domain}" />`

function releaseForm(domain: DomainStanding, { provider }: ProviderStanding, data: Data): Html {
  const action = '/reputation/release'
  const reason = entryIn(data.entered, action, 'reason', { domain: domain.domain, provider })
  return html`<form method="post" action="${action}" class="inline">
    ${about(domain, data)}<input type="hidden" name="provider" value="${provider}" />
    <label
      >What was mended for ${providerWords(provider)} <input name="reason" value="${reason}" required maxlength="500"
    /></label>
    <button class="danger">Let ${providerWords(provider)} go on</button>
  </form>`
}

function warmForm(domain: DomainStanding, data: Data): Html {
  const action = '/reputation/warm'
  const own = enteredIn(data.entered, action, { domain: domain.domain })
  return html`<details ${own ? 'open' : ''}>
    <summary>Providers know this domain already</summary>
    <form method="post" action="${action}" class="inline">
      ${about(domain, data)}
      <label
        >From where it was sent until now
        <input name="reason" value="${own?.['reason'] ?? ''}" required maxlength="500"
      /></label>
      <button class="danger">End the warm-up</button>
    </form>
  </details>`
}

function beginForm(domain: DomainStanding, data: Data): Html {
  const action = '/reputation/recovery'
  const own = enteredIn(data.entered, action, { domain: domain.domain })
  return html`<details ${own ? 'open' : ''}>
    <summary>Its name is bad: stop, and begin the way back</summary>
    <form method="post" action="${action}" class="inline">
      ${about(domain, data)}
      <label>What happened <input name="note" value="${own?.['note'] ?? ''}" required maxlength="500" /></label>
      <button class="danger">Stop its mail</button>
    </form>
  </details>`
}

const stepWords: Readonly<Record<RecoveryStep, string>> = {
  authentication: 'SPF, DKIM, DMARC and alignment pass',
  bounces: 'The source of bad addresses and complaints is found and closed, forms above all',
  unengaged: 'Whoever did nothing with what they got for 90 days is suppressed',
  restart: 'A quarter of the last healthy day, the most engaged first; a quarter more after three clean days',
  recovered: 'The whole of it',
}

function recoveryPart(recovery: RecoveryRow, data: Data): Html {
  const { names, zone, may } = data
  const done = new Map(recovery.steps.map((step) => [step.step, step]))
  const stopped = done.get('stopped')
  return html`<h3>The way back</h3>
    ${stopped ? html`<p>Stopped ${when(new Date(stopped.at), zone)} by ${names(stopped.by)}: ${stopped.evidence}.</p>` : ''}
    <ol>
      ${recoverySteps.map((step) => {
        const was = done.get(step)
        return html`<li ${step === recovery.step ? html`aria-current="step"` : ''}>
          ${stepWords[step]}
          ${was ? html`<br /><small>${when(new Date(was.at), zone)}, ${names(was.by)}: ${was.evidence}</small>` : ''}
          ${step === 'restart' && recovery.step === 'restart' ? html`<br /><strong>Now ${recovery.percent} % of ${count(recovery.baseline)} a day, ${recovery.cleanDays} of 3 clean days.</strong>` : ''}
        </li>`
      })}
    </ol>
    ${recovery.step !== 'restart' && may('sending.start') ? nextForm(recovery, data) : ''}`
}

const nextForm = ({ id, step }: RecoveryRow, { entered, csrf }: Data): Html =>
  html`<form method="post" action="/reputation/recovery/${id}" class="inline">
    ${csrfInput(csrf)}
    ${step === 'bounces' ? html`<label>What it was, and what was done <input name="note" value="${entryIn(entered, `/reputation/recovery/${id}`, 'note')}" required maxlength="500" /></label>` : ''}
    <button class="main">
      ${step === 'authentication' ? 'Check the set-up, and go on' : step === 'unengaged' ? 'Suppress them, and begin again' : 'Go on'}
    </button>
  </form>`
