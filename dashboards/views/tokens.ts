import { html } from 'hono/html'
import type { EntryToken } from '#campaigns/entries/tokens.ts'
import type { Named } from '../actor-names.ts'
import type { Entered } from '../visitor.ts'
import { choice, enteredIn, line } from './field.ts'
import { csrfInput, type Html } from './layout.ts'
import { when } from './words.ts'

type Data = {
  tokens: readonly EntryToken[]
  campaigns: readonly string[]
  named: Named
  entered: Entered | null
  zone: string
  csrf: string
}

/** The programs that may put people into campaigns. */
export function tokensView({ tokens, campaigns, named, entered, zone, csrf }: Data): Html {
  const filled = { form: enteredIn(entered, '/tokens') ?? {} }
  const every = { value: '', words: 'every campaign that takes people by program' }
  return html`<h1>Programs</h1>
    <p class="lede">
      With a token, a program puts people into campaigns that are entered by hand or program. What it may not do: send,
      read, or reach whoever did not agree.
    </p>
    <section class="card" aria-labelledby="tokens">
      <h2 id="tokens">Tokens</h2>
      ${
        tokens.length === 0
          ? html`<p class="soft">There is none.</p>`
          : html`<ul class="plain rows">
              ${tokens.map((token) => tokenPart(token, { named, zone, csrf }))}
            </ul>`
      }
    </section>
    <section class="card" aria-labelledby="make">
      <h2 id="make">Make one</h2>
      <form method="post" action="/tokens">
        ${csrfInput(csrf)} ${line(filled, 'name', 'The program')}
        ${choice(filled, 'campaign', 'For', [every, ...campaigns.map((name) => ({ value: name, words: name }))])}
        <button class="main">Make a token</button>
      </form>
    </section>`
}

function tokenPart(token: EntryToken, { named, zone, csrf }: Pick<Data, 'named' | 'zone' | 'csrf'>): Html {
  const { id, name, campaign, madeAt, madeBy, usedAt, revokedAt, revokedBy } = token
  return html`<li>
    <strong>${name}</strong>
    <span class="tag ${revokedAt ? 'bad' : ''}">${revokedAt ? 'taken back' : (campaign ?? 'all campaigns')}</span>
    <p class="soft">
      Made ${when(madeAt, zone)} by ${named(madeBy)};
      ${usedAt ? html`last used ${when(usedAt, zone)}` : 'never used'}${revokedAt ? html`; taken back ${when(revokedAt, zone)} by ${named(revokedBy ?? '')}` : ''}.
    </p>
    ${revokedAt ? '' : html`<form method="post" action="/tokens/${id}/revoke">${csrfInput(csrf)}<button class="danger">Take ${name} back</button></form>`}
  </li>`
}

type Made = {
  token: string
  publicUrl: string
  /** Its campaign, or what stands for one. */
  campaign: string
  /** What is to be said of each person, with an example. */
  properties: Readonly<Record<string, string>> | undefined
}

/** A text within quotes of a shell. */
const inShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** A token the only time that it is told. */
export const madeTokenView = ({ token, publicUrl, campaign, properties }: Made): Html =>
  html`<h1>A token</h1>
    <p class="lede">Copy it now: it is not shown again, and only its digest is kept.</p>
    <section class="card">
      <p><code>${token}</code></p>
      <p>It is used like this:</p>
      <pre><code>curl -X POST ${publicUrl}/api/campaigns/${campaign}/entries \\
  -H 'Authorization: Bearer TOKEN' -H 'Idempotency-Key: order-1001' \\
  -H 'Content-Type: application/json' -d ${inShell(JSON.stringify({ email: 'ada@example.com', properties }))}</code></pre>
    </section>
    <p><a class="button" href="/tokens">Back to the programs</a></p>`
