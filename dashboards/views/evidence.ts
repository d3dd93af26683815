import { html } from 'hono/html'
import type { DocumentSpan, factById } from '#ingest/content/evidence.ts'
import type { Html } from './layout.ts'
import { when } from './words.ts'

type Fact = NonNullable<Awaited<ReturnType<typeof factById>>>

/** A fact with its validity and its source. */
export function factView(fact: Fact, zone: string): Html {
  const where = `/evidence/documents/${fact.documentId}?from=${fact.startByte ?? 0}&to=${fact.endByte ?? 0}#span`
  return html`<p class="crumb">A fact</p>
    <h1>${fact.statement}</h1>
    ${
      fact.validTo === null
        ? html`<p class="notice">It holds now.</p>`
        : html`<p class="notice warn">It held until ${when(fact.validTo, zone)}.</p>`
    }
    <dl class="pairs card">
      <dt>About</dt>
      <dd>${fact.subject}, ${fact.predicate}</dd>
      <dt>Holds since</dt>
      <dd>${when(fact.validFrom, zone)}</dd>
      <dt>Recorded</dt>
      <dd>${when(fact.recordedAt, zone)}</dd>
      <dt>Source</dt>
      <dd>${fact.source}, record <span class="mono">${fact.recordId}</span></dd>
    </dl>
    ${
      fact.documentId === null
        ? html`<p>It comes from a row of the catalogue.</p>`
        : html`<p><a class="button" href="${where}">Where it is written</a></p>`
    }`
}

/** A text as it stood, with the cited words marked. */
export function documentView(document: DocumentSpan, zone: string): Html {
  const until = document.validTo ? ` to ${when(document.validTo, zone)}` : ''
  return html`<p class="crumb">A text</p>
    <h1>${document.title}</h1>
    <p class="lede">${document.uri}, as it stood from ${when(document.validFrom, zone)}${until}</p>
    <pre class="document card">${document.before}<mark id="span">${document.span}</mark>${document.after}</pre>`
}
