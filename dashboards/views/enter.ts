import { html } from 'hono/html'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import { propertiesOf } from '#campaigns/entries/properties.ts'
import { entryWords } from '#campaigns/journeys/words.ts'
import type { Entered } from '../visitor.ts'
import { entryIn } from './field.ts'
import { csrfInput, type Html } from './layout.ts'

type Data = { definition: CampaignDefinition; entered: Entered | null; csrf: string }

/** A list of addresses to be put into a campaign. */
export function enterView({ definition, entered, csrf }: Data): Html {
  const here = `/campaigns/${encodeURIComponent(definition.name)}`
  const said = Object.keys(propertiesOf(definition))
  return html`<p class="crumb"><a href="${here}">${definition.name}</a></p>
    <h1>Put people in</h1>
    <p class="lede">${entryWords(definition.enter, definition.audience.segment)}.</p>
    ${
      said.length > 0
        ? html`<p class="notice">
            It is told ${said.join(', ')} of each person: a program puts them in, by the <a href="/tokens">API</a>.
          </p>`
        : html`<form method="post" action="${here}/enter" class="card">
            ${csrfInput(csrf)}
            <div class="field">
              <label for="list">E-mail addresses, one on each line</label>
              <textarea id="list" name="list" rows="12" required aria-describedby="list-who">
${entryIn(entered, `${here}/enter`, 'list')}</textarea>
              <small id="list-who"
                >Of a table, the first address in each row. Whoever is not known, or not in its audience, is left
                out.</small
              >
            </div>
            <button class="main">Put them in</button>
          </form>`
    }`
}
