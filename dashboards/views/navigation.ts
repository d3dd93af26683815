import { html } from 'hono/html'
import { may, type Action } from '#governance/permissions.ts'
import type { Html, Viewer } from './layout.ts'

type Place = { path: string; label: string; action: Action }

/** Where one can go: what belongs to one work stands together. The first place of an area that is allowed is its door. */
const areas: readonly { label: string; places: readonly Place[] }[] = [
  {
    label: 'Write',
    places: [
      { path: '/desk', label: 'Desk', action: 'campaign.view' },
      { path: '/copy', label: 'Copy', action: 'campaign.view' },
      { path: '/published', label: 'Pages', action: 'campaign.view' },
      { path: '/calendar', label: 'Calendar', action: 'campaign.view' },
      { path: '/brand', label: 'Brand', action: 'campaign.view' },
      { path: '/facts', label: 'Facts', action: 'campaign.view' },
      { path: '/guardrails', label: 'Guardrails', action: 'campaign.view' },
      { path: '/agents', label: 'Agents', action: 'campaign.view' },
      { path: '/writer', label: 'Writer', action: 'writer.view' },
    ],
  },
  {
    label: 'Send',
    places: [
      { path: '/campaigns', label: 'Campaigns', action: 'campaign.view' },
      { path: '/rollouts', label: 'Rollouts', action: 'campaign.view' },
      { path: '/holdout', label: 'Held out', action: 'campaign.view' },
      { path: '/schedules', label: 'Timetables', action: 'campaign.view' },
      { path: '/switches', label: 'Switches', action: 'campaign.view' },
      { path: '/ways-out', label: 'Ways out', action: 'campaign.view' },
      { path: '/reputation', label: 'Reputation', action: 'campaign.view' },
      { path: '/preflight', label: 'Preflight', action: 'campaign.view' },
      { path: '/channels', label: 'Channels', action: 'campaign.view' },
      { path: '/whatsapp', label: 'WhatsApp', action: 'campaign.view' },
    ],
  },
  {
    label: 'People',
    places: [
      { path: '/people', label: 'People', action: 'person.view' },
      { path: '/segments', label: 'Segments', action: 'campaign.view' },
      { path: '/audiences', label: 'Audiences', action: 'campaign.view' },
      { path: '/identity/review', label: 'To check', action: 'identity.view' },
      { path: '/graph', label: 'Graph', action: 'person.view' },
    ],
  },
  { label: 'Report', places: [{ path: '/report', label: 'Report', action: 'report.view' }] },
  {
    label: 'Data',
    places: [
      { path: '/ingest', label: 'Sources', action: 'quarantine.view' },
      { path: '/tokens', label: 'Programs', action: 'token.manage' },
      { path: '/inbox', label: 'Inbox', action: 'inbox.view' },
    ],
  },
]

/** The areas a viewer may enter, and below them the places of the one they are in. */
export function navigation(at: { path: string; inbox?: boolean }, viewer: Viewer): Html {
  const open = areas.flatMap(({ label, places }) => {
    const allowed = places.filter(({ path, action }) => may(viewer.role, action) && (at.inbox || path !== '/inbox'))
    return allowed.length === 0 ? [] : [{ label, places: allowed }]
  })
  const isAt = ({ path }: Place): boolean => at.path === path || at.path.startsWith(`${path}/`)
  const here = open.find(({ places }) => places.some(isAt))
  return html`<nav aria-label="Rooms">
      ${open.map((area) => link(area.places[0]!.path, area.label, area === here ? 'true' : null))}
    </nav>
    ${here && here.places.length > 1 ? html`<nav aria-label="${here.label}" class="places">${here.places.map((place) => link(place.path, place.label, isAt(place) ? 'page' : null))}</nav>` : ''}`
}

const link = (path: string, label: string, current: 'page' | 'true' | null): Html =>
  html`<a href="${path}" ${current ? html`aria-current="${current}"` : ''}>${label}</a>`
