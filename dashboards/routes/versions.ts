import { html, raw } from 'hono/html'
import { audienceRefusal } from '#campaigns/launch/audience-size.ts'
import { checkLaunch } from '#campaigns/content/check-messages.ts'
import { copiesOf, definitionOf, type CampaignDefinition } from '#campaigns/definition.ts'
import { noticesInHouse } from '#campaigns/definition/in-house.ts'
import { lastPreflight } from '#campaigns/deliverability/preflight.ts'
import { changesBetween } from '#campaigns/journeys/changes.ts'
import { offeredTo } from '#campaigns/content/recheck.ts'
import { previewMessage } from '#campaigns/render/preview.ts'
import { approveVersion, knownVersion, versionOf } from '#campaigns/launch/versions.ts'
import type { Release } from '#governance/release.ts'
import { approved } from '#governance/approvals.ts'
import { liveRelease, releaseHistory } from '#governance/releases.ts'
import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { actorNames } from '../actor-names.ts'
import { typedPeople } from '../approve-form.ts'
import type { Pages } from '../pages.ts'
import { versionView, type Asked } from '../views/version.ts'
import { plural } from '../views/words.ts'
import { framed, reader } from './desk.ts'
import { missing, type PageRequest, type Router } from './route.ts'

const unknown = 'There is no such version of this campaign.'
const campaignAt = (name: string): string => `/campaigns/${encodeURIComponent(name)}`

/** The version that `?version=` names, else the one the campaign is known by; null where there is none. */
export async function askedVersion({ db }: Pick<Pages, 'db'>, request: PageRequest): Promise<Release | null> {
  const [name, hash] = [request.param('name'), request.query('version')]
  return hash === undefined ? knownVersion(db, name) : versionOf(db, name, hash)
}

/** Each version of a campaign: all that is in it, what it changes, what speaks against it, and the yes to exactly it. */
export function versionRoutes(router: Router, pages: Pages): void {
  const { db } = pages
  const show = (request: PageRequest): Promise<Response> => showVersion(pages, request)

  router.get('/campaigns/:name/versions/:hash', 'campaign.view', show)

  router.get('/campaigns/:name/versions/:hash/copy/:content', 'campaign.view', async (request) => {
    const release = await versionOf(db, request.param('name'), request.param('hash'))
    const definition = release && definitionOf(release)
    const copy = definition && copiesOf(definition).find(({ contentHash }) => contentHash === request.param('content'))
    if (!copy) return missing(request, unknown)
    const preview = await previewMessage(copy.content, definition.sender, reader)
    return framed(request, preview.kind === 'ready' ? html`${raw(preview.html)}` : html`<p>${preview.why}</p>`)
  })

  router.post('/campaigns/:name/versions/:hash/approve', 'campaign.approve', async (request) => {
    const { form, back, param, visitor } = request
    const [name, hash] = [param('name'), param('hash')]
    if (!(await versionOf(db, name, hash))) return back('/campaigns', unknown)
    const yes = { releaseHash: hash as Hash, by: visitor.user.id, ...typedPeople(form) }
    const launched = await approveVersion(pages, yes)
    if (launched.kind === 'refused') return request.again(show, `${launched.why}.`)
    const { enrolled } = launched.plan
    return back(`${campaignAt(name)}/journey`, `Approved. ${plural(enrolled, 'person', 'people')} came in.`)
  })
}

/** One version: all that is in it, and what stands for and against it. */
async function showVersion(pages: Pages, request: PageRequest): Promise<Response> {
  const { db } = pages
  const { zone } = pages.business
  const name = request.param('name')
  const release = await versionOf(db, name, request.param('hash'))
  if (!release) return missing(request, unknown)
  const definition = definitionOf(release)
  const live = await liveRelease(db, name)
  const moves = await releaseHistory(db, name)
  const wasLive = moves.some(({ hash }) => hash === release.hash)
  const standing =
    live?.hash === release.hash ? await standingOfLive(db, release.hash) : wasLive ? 'was-live' : 'waiting'
  const isAsked = standing === 'waiting' || standing === 'taken-back'
  const view = versionView({
    release,
    definition,
    by: (await actorNames(db, [release.createdBy]))(release.createdBy),
    changes: live && changesBetween(definitionOf(live), definition, zone),
    standing,
    asked: isAsked ? await asked(pages, definition, moves.length > 0) : null,
    entered: request.entered,
    zone,
    csrf: request.visitor.csrf,
    may: request.may,
  })
  return request.page(`A version of ${name}`, view)
}

const standingOfLive = async (db: Queryable, hash: Hash): Promise<'live' | 'taken-back'> =>
  (await approved(db, hash)) === null ? 'taken-back' : 'live'

/** What stands for and against a version that nobody's yes stands for, as things are now; nothing of it is kept. */
async function asked(pages: Pages, definition: CampaignDefinition, wentOut: boolean): Promise<Asked> {
  const { db, clock, members } = pages
  return {
    messages: await checkLaunch(pages, definition, await offeredTo(db, definition)),
    size: await audienceRefusal(pages, definition),
    notices: await noticesInHouse(db, definition),
    audience: (await members(definition.audience.rule, clock())).length,
    preflight: wentOut ? null : await lastPreflight(db, clock, definition.name),
    wentOut,
  }
}
