import { campaignReleases } from '#campaigns/content/copy.ts'
import { holdCampaign, holdsOf, liftHold, openHolds, tooLate } from '#campaigns/content/holds.ts'
import { isHoldingOut } from '#campaigns/experiments/of-campaign.ts'
import { campaignProgress } from '#campaigns/progress.ts'
import { rewriteCampaign } from '#campaigns/content/rewrite.ts'
import { waitingVersions } from '#campaigns/launch/versions.ts'
import { whyPerson } from '#campaigns/why.ts'
import { switchedOff } from '#governance/agents/switch.ts'
import { decisionsOn, withdrawApproval } from '#governance/approvals.ts'
import { isOn, setFlag } from '#governance/flags.ts'
import { releaseHistory, rollback } from '#governance/releases.ts'
import { parseId, type Hash } from '#kernel/ids.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { campaignListView, campaignView, unsentView } from '../views/campaign.ts'
import { progressView } from '../views/campaign-progress.ts'
import { whyView } from '../views/why.ts'
import { plural } from '../views/words.ts'
import type { Form } from '../visitor.ts'
import { missing, type PageRequest, type Router } from './route.ts'

const campaignsShown = 50
const at = (name: string): string => `/campaigns/${encodeURIComponent(name)}`
const reasonOf = (form: Form, otherwise: string): string => form['reason']?.trim() || otherwise

/** Campaigns as they go: counts, reactions, versions, and why a person did or did not get one. */
export function campaignRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages
  const { zone } = pages.business

  router.get('/campaigns', 'campaign.view', async ({ page, visitor, may }) => {
    const releases = await campaignReleases(db)
    const names = [...new Set(releases.map((release) => release.name))].slice(0, campaignsShown)
    const progress = await Promise.all(names.map((name) => campaignProgress({ db, clock }, name)))
    const waiting = new Map(
      await Promise.all(names.map(async (name) => [name, await waitingVersions(db, name)] as const)),
    )
    const sending = await isOn(db, 'sending')
    return page('Campaigns', campaignListView({ progress, waiting, sending, csrf: visitor.csrf, may }))
  })

  router.get('/campaigns/:name', 'campaign.view', (request) => showCampaign(pages, request))

  router.get('/campaigns/:name/progress', 'campaign.view', async ({ context, param }) => {
    const progress = await campaignProgress({ db, clock }, param('name'))
    return context.html(progressView(progress, zone))
  })

  router.get('/campaigns/:name/people/:id', 'person.view', async (request) => {
    const personId = parseId<'person'>(request.param('id'))
    if (!personId) return missing(request, 'There is no such person.')
    const story = await whyPerson(db, request.param('name'), personId)
    return request.page('Why', whyView({ story, personId, campaign: request.param('name'), zone }))
  })
}

/** One campaign: what holds it, how it stands, and the ways back. */
async function showCampaign(pages: Pages, request: PageRequest): Promise<Response> {
  const { db, clock } = pages
  const { zone } = pages.business
  const name = request.param('name')
  const history = await releaseHistory(db, name)
  const waiting = await waitingVersions(db, name)
  if (history.length === 0)
    return waiting.length === 0
      ? missing(request, 'There is no campaign of this name.')
      : request.page(name, unsentView({ campaign: name, waiting, zone }))
  const progress = await campaignProgress({ db, clock }, name)
  const { decisions, holds } = await wordsOn(pages, name, progress.release?.hash)
  const csrf = request.visitor.csrf
  const holdsOut = await isHoldingOut(db, name)
  const view = campaignView({
    holdsOut,
    waiting,
    progress,
    history,
    decisions,
    holds,
    entered: request.entered,
    zone,
    csrf,
    may: request.may,
  })
  return request.page(name, view, { scripts: ['/assets/htmx.js'] })
}

/** What was said on the live version of a campaign, and what holds or held it, with names. */
async function wordsOn({ db, clock }: Pages, name: string, live: Hash | undefined) {
  const words = live === undefined ? [] : await decisionsOn(db, live)
  const all = await holdsOf(db, name)
  const actors = [...words.map((word) => word.decidedBy), ...all.flatMap((hold) => [hold.placedBy, hold.liftedBy ?? ''])] // prettier-ignore
  const named = await actorNames(db, actors.filter((actor) => actor !== '')) // prettier-ignore
  const open = await openHolds({ db, clock }, name)
  return {
    decisions: words.map((word) => ({ ...word, by: named(word.decidedBy) })),
    holds: { open, all, named, tooLate: await tooLate(db, name, clock()) },
  }
}

/** The ways to stop a campaign, or all of them, and to go back. */
export function stopRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages
  const show = (request: PageRequest): Promise<Response> => showCampaign(pages, request)

  router.post('/campaigns/:name/rollback', 'campaign.rollback', async ({ form, back, again, param, visitor }) => {
    const name = param('name')
    const to = form['to'] ? { to: form['to'] as Hash } : {}
    const reason = reasonOf(form, 'rolled back at the desk')
    const outcome = await rollback({ db, clock }, { name, by: visitor.user.id, reason, ...to })
    if (outcome.kind === 'refused') return again(show, `${outcome.why}.`)
    return back(at(name), `Back at version ${outcome.to.slice(0, 12)}. Every claim from now on uses it.`)
  })

  router.post('/campaigns/:name/withdraw', 'campaign.rollback', async ({ form, back, param, visitor }) => {
    const releaseHash = (form['releaseHash'] ?? '') as Hash
    const word = { releaseHash, by: visitor.user.id, note: reasonOf(form, 'stopped at the desk') }
    const outcome = await withdrawApproval({ db, clock }, word)
    if (outcome.kind === 'refused') return back(at(param('name')), `${outcome.why}.`)
    return back(at(param('name')), 'The approval is taken back: nothing more of this is sent.')
  })

  router.post('/campaigns/:name/hold', 'campaign.rollback', async ({ form, back, again, param, visitor }) => {
    const campaign = param('name')
    const held = await holdCampaign({ db, clock }, { campaign, by: visitor.user.id, reason: form['reason'] ?? '' })
    if (held.kind === 'refused') return again(show, `${held.why}.`)
    return back(at(campaign), 'Held: nothing of it leaves until somebody lifts it.')
  })

  router.post('/campaigns/:name/holds/:id/lift', 'campaign.approve', async ({ form, back, again, param, visitor }) => {
    const [campaign, id] = [param('name'), parseId<'hold'>(param('id'))]
    if (!id) return back(at(campaign), 'There is no such hold.')
    const word = { id, campaign, by: visitor.user.id, reason: form['reason'] ?? '', seen: form['seen'] ?? '' }
    const lifted = await liftHold({ db, clock }, word)
    if (lifted.kind === 'refused') return again(show, `${lifted.why}.`)
    const late =
      lifted.tooLate > 0 ? ` ${plural(lifted.tooLate, 'message')} came too late by it, and will not be sent.` : ''
    return back(at(campaign), `Lifted.${late}`)
  })

  router.post('/campaigns/:name/rewrite', 'campaign.draft', async ({ back, param, visitor }) => {
    const off = await switchedOff(db, 'copywriter')
    if (off) return back(at(param('name')), `${off.why}.`)
    const entered = await rewriteCampaign({ db, clock }, { campaign: param('name'), by: visitor.user.id })
    if (entered.kind === 'refused') return back(at(param('name')), `${entered.why}.`)
    await pages.writeDraft(entered.draftId)
    return back(`/desk/${entered.draftId}`)
  })

  router.post('/sending/stop', 'sending.stop', async ({ back, visitor }) => {
    const by = visitor.user.id
    await setFlag({ db, clock }, { name: 'sending', on: false, by, reason: 'stopped at the desk' })
    return back('/campaigns', 'Nothing more leaves the house until somebody starts it again.')
  })

  router.post('/sending/start', 'sending.start', async ({ back, visitor }) => {
    const by = visitor.user.id
    await setFlag({ db, clock }, { name: 'sending', on: true, by, reason: 'started at the desk' })
    return back('/campaigns', 'Sending goes on.')
  })
}
