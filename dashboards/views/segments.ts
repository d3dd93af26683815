import { html } from 'hono/html'
import type { GraphNode } from '#graph/port.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import type { Segment } from '#graph/segments/registry.ts'
import { ruleWords } from '#graph/segments/rule-words.ts'
import type { PointerMove } from '#kernel/versions.ts'
import type { Named } from '../actor-names.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { count, plural, when } from './words.ts'

/** Whom a rule selects now: how many, and the first of them, by name where the reader may know people. */
export type Preview = { count: number; sample: readonly GraphNode[] | null }

type Business = { currency: string; zone: string }

const people = (n: number): string => plural(n, 'person', 'people')

/** Every segment in use, with what it says and how many are in it. */
export function segmentsView(data: { segments: readonly Segment[]; zone: string; may: May }): Html {
  const { segments, zone, may } = data
  const rows = segments.map((segment) => [
    html`<a href="/segments/${encodeURIComponent(segment.name)}">${segment.name}</a>`,
    html`<span class="prose">${segment.description}</span>`,
    segment.evaluatedAt === null ? 'not yet' : count(segment.members),
    segment.evaluatedAt === null ? '' : when(segment.evaluatedAt, zone),
  ])
  return html`<div class="apart">
      <h1>Segments</h1>
      ${may('campaign.draft') ? html`<a class="button main" href="/segments/new">A new segment</a>` : ''}
    </div>
    <p class="lede">Rules that select people. Who is in one follows what people do; whether somebody may be written to is asked again at each message.</p>
    ${
      segments.length === 0
        ? html`<p class="notice">There is none yet.</p>`
        : html`<section class="card">${table('Segments in use', ['Name', 'Who', 'People', 'As of'], rows, [2])}</section>`
    }` // prettier-ignore
}

type One = {
  segment: Segment
  history: readonly PointerMove[]
  named: Named
  preview: Preview
  business: Business
  may: May
  csrf: string
}

/** One segment: its rule in words and as it is written, whom it selects now, and what it was before. */
export function segmentView(data: One): Html {
  const { segment, preview, business, may, csrf } = data
  const here = `/segments/${encodeURIComponent(segment.name)}`
  return html`<p class="crumb"><a href="/segments">Segments</a></p>
    <h1>${segment.name}</h1>
    <p class="lede">${segment.description}</p>
    ${segment.retiredAt === null ? '' : html`<p class="notice warn">It was taken out of use on ${when(segment.retiredAt, business.zone)}.</p>`}
    <div class="split even">
      <section class="card">
        <h2>The rule</h2>
        <p>People who ${ruleWords(segment.rule, business.currency)}.</p>
        <details>
          <summary>As it is written</summary>
          <pre class="mono">${JSON.stringify(segment.rule, null, 2)}</pre>
        </details>
        ${
          may('campaign.draft')
            ? html`<p class="actions">
                <a class="button" href="${here}/edit">Change</a>
                <form method="post" action="${here}/retire">${csrfInput(csrf)}<button class="quiet">Take out of use</button></form>
              </p>`
            : ''
        }
      </section>
      <section class="card">
        <h2>Who is in it</h2>
        ${previewPart(preview)}
      </section>
    </div>
    ${historyPart(data, here)}`
}

function previewPart({ count: n, sample }: Preview): Html {
  if (n === 0) return html`<p>Nobody, as things are.</p>`
  if (sample === null) return html`<p><strong>${people(n)}</strong> now.</p>`
  return html`<p><strong>${people(n)}</strong> now. The first of them:</p>
    <ul class="plain">
      ${sample.map(({ id, label }) => html`<li><a href="/people/${id}">${label}</a></li>`)}
    </ul>`
}

function historyPart({ segment, history, named, business, may, csrf }: One, here: string): Html {
  if (history.length < 2) return html``
  const rows = history.map(({ hash, movedAt, movedBy, reason }, index) => [
    when(movedAt, business.zone),
    named(movedBy),
    reason,
    html`<span class="mono">${hash.slice(0, 12)}</span>`,
    index > 0 && hash !== segment.hash && may('campaign.draft')
      ? html`<form method="post" action="${here}/rollback">
          ${csrfInput(csrf)}<input type="hidden" name="hash" value="${hash}" />
          <button class="quiet">Go back to this</button>
        </form>`
      : '',
  ])
  return html`<section class="card">
    ${table('What its rule was', ['When', 'By', 'Why', 'Version', 'Back'], rows)}
  </section>`
}

type Editing = {
  name: string
  description: string
  text: string
  rule: SegmentRule | null
  problems: readonly string[]
  preview: Preview | null
  isNew: boolean
  business: Business
  csrf: string
}

/** The form: "Try it" asks with a GET and keeps nothing, "Keep it" saves. */
export function segmentEditView(data: Editing): Html {
  const { name, description, text, isNew, csrf } = data
  const here = isNew ? '/segments/new' : `/segments/${encodeURIComponent(name)}/edit`
  return html`<p class="crumb"><a href="/segments">Segments</a></p>
    <h1>${isNew ? 'A new segment' : name}</h1>
    ${triedPart(data)}
    <form method="post" action="/segments" class="card">
      ${csrfInput(csrf)}
      <p class="field">
        <label for="name">Name</label>
        <input id="name" name="name" value="${name}" maxlength="80" required ${isNew ? '' : html`readonly`} />
      </p>
      <p class="field">
        <label for="description">Who they are, in a sentence</label>
        <input id="description" name="description" value="${description}" maxlength="500" />
      </p>
      <p class="field">
        <label for="rule">The rule, as JSON</label>
        <textarea id="rule" name="rule" class="mono" rows="12" spellcheck="false">${text}</textarea>
      </p>
      <p class="actions">
        <button class="main">Keep it</button>
        <button formmethod="get" formaction="${here}" formnovalidate>Try it</button>
      </p>
      ${examples}
    </form>`
}

function triedPart({ rule, problems, preview, business }: Editing): Html {
  if (rule === null)
    return html`<div class="notice bad" role="alert">
      <p>This is no rule yet:</p>
      <ul>
        ${problems.map((problem) => html`<li>${problem}</li>`)}
      </ul>
    </div>`
  return html`<section class="card" aria-live="polite">
    <p>People who ${ruleWords(rule, business.currency)}.</p>
    ${preview ? previewPart(preview) : ''}
  </section>`
}

const examples = html`<details>
  <summary>What a rule can say</summary>
  <dl class="pairs">
    <dt>Bought twice lately</dt>
    <dd><code>{"bought": {"type": "coffee", "atLeast": 2, "withinDays": 90}}</code></dd>
    <dt>Spent</dt>
    <dd><code>{"spent": {"atLeastMinor": 10000}}</code></dd>
    <dt>Did something</dt>
    <dd><code>{"did": {"event": "add_to_cart", "withinDays": 14}}</code></dd>
    <dt>Is something</dt>
    <dd><code>{"property": {"name": "country", "in": ["NL", "BE"]}}</code></dd>
    <dt>Active, or a good customer</dt>
    <dd><code>{"any": [{"engagement": {"atLeast": 5}}, {"rfm": {"monetary": {"atLeast": 4}}}]}</code></dd>
    <dt>Works somewhere</dt>
    <dd>
      <code
        >{"reaches": {"by": [{"edge": "known-as"}, {"edge": "works-at"}], "kind": "organisation", "id": "acme"}}</code
      >
    </dd>
    <dt>Not, and, or</dt>
    <dd><code>{"all": [{"consent": {"channel": "email"}}, {"not": {"subscribed": true}}]}</code></dd>
  </dl>
</details>`
