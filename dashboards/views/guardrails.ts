import { html } from 'hono/html'
import type { catalogue } from '#rag/guardrails/rule-set.ts'
import type { Verdicts } from '#rag/guardrails/verdicts.ts'
import { table, type Html } from './layout.ts'
import { count, plain, plural } from './words.ts'

type Data = { rules: ReturnType<typeof catalogue>; verdicts: readonly Verdicts[]; checked: number }

/** The catalogue of rules, with how often each has spoken. */
export function guardrailsView({ rules, verdicts, checked }: Data): Html {
  const said = new Map(verdicts.map((one) => [one.rule, one]))
  const rows = rules.map(({ name, version, what, why }) => [
    html`<strong>${plain(name)}</strong> <small>version ${version}</small>`,
    html`<span class="prose">${what}. <span class="soft">${why}.</span></span>`,
    count(said.get(name)?.blocked ?? 0),
    count(said.get(name)?.warned ?? 0),
  ])
  return html`<h1>Guardrails</h1>
    <p class="lede">
      Every text is checked when it is written, when a person edits it, and once more when somebody approves it:
      ${plural(checked, 'text')} so far.
    </p>
    <section class="card">
      ${table('Rules, and in how many texts each objected', ['Rule', 'What and why', 'Forbade', 'Warned'], rows, [2, 3])}
    </section>`
}
