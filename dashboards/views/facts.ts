import { html } from 'hono/html'
import type { openContradictions } from '#ingest/content/contradictions.ts'
import type { openProposals } from '#ingest/content/proposals.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { when } from './words.ts'

type Data = {
  proposals: Awaited<ReturnType<typeof openProposals>>
  contradictions: Awaited<ReturnType<typeof openContradictions>>
  csrf: string
  zone: string
  may: May
}

/** Proposals with the words they quote, then what sources say against what is believed. */
export function factsView(data: Data): Html {
  const { proposals, contradictions } = data
  return html`<h1>Facts</h1>
    <p class="lede">What a model has read in your texts is no fact before you say so.</p>
    ${
      proposals.length === 0
        ? html`<p class="notice">
            Nothing waits. Have a text read: <code>npm run -s millrace -- facts propose PATH</code>
          </p>`
        : html`<section class="card">
            <h2>Proposed</h2>
            <ul class="plain rows">
              ${proposals.map((one) => proposalPart(one, data))}
            </ul>
          </section>`
    }
    ${contradictions.length === 0 ? '' : contradictionsPart(contradictions)}`
}

function proposalPart(one: Data['proposals'][number], { csrf, zone, may }: Data): Html {
  const where = `/evidence/documents/${one.documentId}?from=${one.startByte}&to=${one.endByte}#span`
  return html`<li>
    <p class="title">${one.statement}</p>
    <p>
      <a href="${where}">${one.title}</a> says: <q>${one.quote}</q>
      <small>${one.subject}, ${one.predicate}; read by ${one.proposedBy} ${when(one.proposedAt, zone)}</small>
    </p>
    ${one.isCurrent ? '' : html`<p class="notice warn">The text has changed since.</p>`}
    ${
      may('campaign.draft')
        ? html`<div class="actions">
            <form method="post" action="/facts/${one.id}/accept">
              ${csrfInput(csrf)}<button class="main" ${one.isCurrent ? '' : 'disabled'}>It is so</button>
            </form>
            <form method="post" action="/facts/${one.id}/reject" class="inline">
              ${csrfInput(csrf)}
              <label>Why not <input name="reason" maxlength="200" /></label>
              <button>It is not</button>
            </form>
          </div>`
        : ''
    }
  </li>`
}

const contradictionsPart = (contradictions: Data['contradictions']): Html =>
  html`<section class="card">
    ${table(
      'Sources that contradict what is believed: settle it where it is written',
      ['About', 'Says', 'Where', 'Believed'],
      contradictions.map((one) => [
        `${one.subject}, ${one.predicate}`,
        html`<span class="prose">${one.statement}</span>`,
        one.uri ?? 'the catalogue',
        html`<a href="/evidence/facts/${one.believedId}">the fact</a>`,
      ]),
    )}
  </section>`
