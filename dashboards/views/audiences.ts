import { html } from 'hono/html'
import { leftOutWords, type AudienceExport } from '#campaigns/audiences/export.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { count, plural, when } from './words.ts'

type Shown = AudienceExport & { noSince: number | null }
type Data = { exports: readonly Shown[]; segments: readonly string[]; zone: string; csrf: string; may: May }

const platformWords = { google: 'Google (Customer Match)', meta: 'Meta (customer list)' } as const
const purposeWords = { target: 'to reach', suppress: 'to leave out' } as const

/** Files of people for advertising platforms: what left, and a form for the next. */
export function audiencesView({ exports, segments, zone, csrf, may }: Data): Html {
  const stale = exports.filter(({ noSince }) => noSince !== null && noSince > 0)
  return html`<h1>Audiences for ads</h1>
    <p class="lede">
      Segments as files for Google and Meta: digests of the addresses of people who agreed to ads, and of nobody else.
    </p>
    ${stale.map((one) => html`<p class="notice warn">${staleWords(one)}</p>`)}
    ${may('audience.export') ? exportForm(segments, csrf) : ''}
    ${
      exports.length === 0
        ? html`<p class="notice">No audience was exported yet.</p>`
        : html`<section class="card">
            ${table(
              'What left, the last first',
              ['Segment', 'For', 'Version', 'People', 'Left out', 'When', 'By'],
              exports.map((one) => rowOf(one, zone)),
              [2, 3],
            )}
          </section>`
    }
    <p class="soft">
      A digest of an address is still its owner's, so a list to leave people out needs their consent as one to reach
      them does. Whoever says no is in no file from then on: upload each one in place of the last.
    </p>`
}

const staleWords = ({ segment, platform, noSince }: Shown): string =>
  `${plural(noSince ?? 0, 'person', 'people')} said no to ads since “${segment}” left for ${platformWords[platform]}: export it again and replace the list there.`

const rowOf = (one: AudienceExport, zone: string): (string | Html)[] => [
  one.segment,
  `${platformWords[one.platform]}, ${purposeWords[one.purpose]}`,
  String(one.version),
  count(one.people),
  html`<span class="prose">${Object.keys(one.leftOut).length === 0 ? 'nobody' : leftOutWords(one.leftOut)}</span>`,
  when(one.exportedAt, zone),
  one.exportedBy,
]

const exportForm = (segments: readonly string[], csrf: string): Html =>
  html`<form method="post" action="/audiences" class="card">
    <h2>Export one</h2>
    ${csrfInput(csrf)}
    <div class="field">
      <label for="segment">Segment</label>
      <select id="segment" name="segment">${segments.map((name) => html`<option>${name}</option>`)}</select>
    </div>
    ${choice('platform', 'For', platformWords)} ${choice('purpose', 'These people are', purposeWords)}
    <button class="main">Export as CSV</button>
  </form>` // prettier-ignore

const choice = (name: string, legend: string, words: Readonly<Record<string, string>>): Html =>
  html`<fieldset>
    <legend>${legend}</legend>
    ${Object.entries(words).map(
      ([value, label], index) =>
        html`<label
          ><input type="radio" name="${name}" value="${value}" ${index === 0 ? 'checked' : ''} /> ${label}</label
        > `,
    )}
  </fieldset>`
