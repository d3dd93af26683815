import { html } from 'hono/html'
import type { PairExplanation } from '#ingest/identity/explain-pair.ts'
import type { Named } from '../actor-names.ts'
import type { Html } from './layout.ts'
import { plain } from './words.ts'

type Data = { explanation: PairExplanation; named: Named; mayKnow: boolean }

/** What spoke beside the likeness: the ties that lead from one to the other, a person's word, and what they share in vain. */
export function spokenPart({ explanation, named, mayKnow }: Data): Html {
  const { because, apart, refused } = explanation
  const said = [
    ...because.map((reason) => ({ words: reason.words, rule: reason.rule, tone: '' })),
    ...apart.map((reason) => ({ words: reason.words, rule: 'kept-apart', tone: 'warn' })),
    ...refused.map(({ called, why, rule }) => ({ words: `Both have ${called}. ${why}`, rule, tone: 'warn' })),
  ]
  if (said.length === 0) return html`<p>No rule joins them, and none keeps them apart.</p>`
  return html`<ul class="plain rows">
    ${said.map(
      ({ words, rule, tone }) =>
        html`<li>${mayKnow ? `${named(words)} ` : ''}<span class="tag ${tone}">${plain(rule)}</span></li>`,
    )}
  </ul>`
}

/** How the two stand to each other, in a sentence that names nobody who may not be known. */
export function verdictOf({ explanation, named, mayKnow }: Data): string {
  if (mayKnow) return named(explanation.words)
  if (explanation.isOnePerson) return 'One person.'
  return explanation.apart.length > 0 ? 'Two people: a person said so.' : 'Two people, as far as is known.'
}
