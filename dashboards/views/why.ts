import { html } from 'hono/html'
import type { PersonStory } from '#campaigns/why.ts'
import type { Html } from './layout.ts'
import { plain, when } from './words.ts'

type Data = { story: PersonStory; personId: string; campaign: string; zone: string }

/** Why a person did or did not get a campaign, and what happened with it. */
export function whyView({ story, personId, campaign, zone }: Data): Html {
  return html`<p class="crumb"><a href="/campaigns/${encodeURIComponent(campaign)}">${campaign}</a></p>
    <h1>Why</h1>
    <p class="lede">${story.words}</p>
    <ul class="plain rows">
      ${story.events.map(
        (event) =>
          html`<li>
            ${plain(event.kind)}, ${when(event.at, zone)}
            ${event.machine ? html`<span class="tag warn">${event.machine}</span>` : ''}
          </li>`,
      )}
    </ul>
    <p><a class="button" href="/people/${personId}">The person</a></p>`
}
