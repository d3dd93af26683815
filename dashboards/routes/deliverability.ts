import { DateTime } from 'luxon'
import {
  authenticationProblems,
  definitionNamed,
  lastPreflight,
  outletOfHouse,
  runPreflight,
} from '#campaigns/deliverability/preflight.ts'
import { mailboxLooks } from '#campaigns/heard/inbound-mailbox.ts'
import { readReceived } from '#campaigns/deliverability/real-message.ts'
import { advanceRecovery, beginRecovery, type RecoveryDeps } from '#campaigns/deliverability/recovery.ts'
import { declareWarm, releaseBreaker } from '#campaigns/deliverability/reputation.ts'
import { standings } from '#campaigns/deliverability/standing.ts'
import { noteUpkeep } from '#campaigns/deliverability/upkeep.ts'
import { unwaive, waive } from '#campaigns/deliverability/waivers.ts'
import { senderNow } from '#campaigns/way-out/live.ts'
import { campaignReleases } from '#campaigns/content/copy.ts'
import { parseId } from '#kernel/ids.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { aboutCampaign, preflightView } from '../views/preflight.ts'
import { reputationView } from '../views/reputation.ts'
import type { PageRequest, Router } from './route.ts'

const reputationPage = '/reputation'
const channel = 'email'
const preflightPage = (campaign: string | null | undefined): string => `/preflight${aboutCampaign(campaign)}`

async function senderProblems(pages: Pages): Promise<string[]> {
  const sender = await senderNow(pages.db, pages.sender)
  return sender === null ? [] : authenticationProblems(pages, sender)
}

/** How providers take our mail, and the ways to mend it. */
export function reputationRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages
  const { zone } = pages.business
  const recovering: RecoveryDeps = {
    db,
    clock,
    zone,
    domainProblems: () => senderProblems(pages),
  }

  const show = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const domains = await standings({ db, clock, zone })
    const actors = domains.flatMap(({ recovery }) => recovery?.steps.map(({ by }) => by) ?? [])
    const names = await actorNames(db, actors)
    const outlet = await outletOfHouse(db, pages.preflight)
    const mailboxes = await mailboxLooks({ db, clock })
    return page(
      'Reputation',
      reputationView({ domains, outlet, mailboxes, names, entered, zone, csrf: visitor.csrf, may }),
    )
  }

  router.get(reputationPage, 'campaign.view', show)

  router.post('/reputation/release', 'sending.start', async ({ form, back, again, visitor }) => {
    const [domain, provider] = [form['domain'] ?? '', form['provider'] ?? '']
    const word = { domain, channel, provider, by: visitor.user.id, reason: form['reason'] ?? '' }
    const done = await releaseBreaker({ db, clock }, word)
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(reputationPage, 'Released: only what comes from now on counts.')
  })

  router.post('/reputation/warm', 'sending.start', async ({ form, back, again, visitor }) => {
    const word = { domain: form['domain'] ?? '', channel, by: visitor.user.id, reason: form['reason'] ?? '' }
    const done = await declareWarm({ db, clock }, word)
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(reputationPage, 'The warm-up is over.')
  })

  router.post('/reputation/recovery', 'sending.stop', async ({ form, back, again, visitor }) => {
    const word = { domain: form['domain'] ?? '', channel, by: visitor.user.id, note: form['note'] ?? '' }
    const known = (await standings({ db, clock, zone })).some(({ domain }) => domain === word.domain)
    if (!known) return back(reputationPage, 'Nothing leaves from this domain.')
    const done = await beginRecovery(recovering, word)
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(reputationPage, 'Stopped: nothing leaves before its causes are mended.')
  })

  router.post('/reputation/recovery/:id', 'sending.start', async ({ form, back, again, visitor, param }) => {
    const id = parseId<'recovery'>(param('id'))
    if (!id) return back(reputationPage, 'There is no such recovery.')
    const done = await advanceRecovery(recovering, { id, by: visitor.user.id, note: form['note'] ?? '' })
    return done.kind === 'refused'
      ? again(show, `Not yet. ${done.why}`)
      : back(reputationPage, `Done: ${done.evidence}.`)
  })
}

/** The 24 points before a first send. A page shows the last run; a button runs them. */
export function preflightRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages

  const show = async ({ page, query, visitor, may, entered }: PageRequest): Promise<Response> => {
    const campaign = query('campaign') || null
    const run = await lastPreflight(db, clock, campaign)
    const releases = await campaignReleases(db)
    const campaigns = [...new Set(releases.map(({ name }) => name))]
    const view = { run, campaign, campaigns, entered, zone: pages.business.zone, csrf: visitor.csrf, may }
    return page('Preflight', preflightView(view))
  }

  router.get('/preflight', 'campaign.view', show)

  router.post('/preflight', 'campaign.draft', async ({ form, back }) => {
    const campaign = form['campaign'] || null
    const definition = campaign === null ? null : await definitionNamed(db, campaign)
    if (campaign !== null && definition === null) return back('/preflight', 'There is no such campaign.')
    const from = definition?.sender ?? (await senderNow(db, pages.sender))
    if (from === null)
      return back('/preflight', 'Set MAIL_FROM and BUSINESS_ADDRESS: who sends decides what is checked.')
    await runPreflight(pages, { sender: from, definition })
    return back(preflightPage(campaign))
  })

  router.post('/preflight/message', 'campaign.draft', async ({ form, back, again, query }) => {
    const read = await readReceived({ db, clock, dns: pages.preflight.dns }, form['message'] ?? '')
    if (read.kind === 'refused') return again(show, `${read.why}.`)
    const words = `Read: a message from ${read.message.domain}. Run the points again.`
    return back(preflightPage(query('campaign')), words)
  })

  router.post('/preflight/waive', 'preflight.waive', async ({ form, back, again, query, visitor }) => {
    const word = { point: form['point'] ?? '', reason: form['reason'] ?? '', by: visitor.user.id }
    const done = await waive({ db, clock }, word)
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(preflightPage(query('campaign')), 'Waived for 30 days.')
  })

  router.post('/preflight/done', 'preflight.waive', async ({ form, back, again, query, visitor }) => {
    const on = form['on'] ?? ''
    const doneAt = on === '' ? null : DateTime.fromISO(on, { zone: pages.business.zone }).toJSDate()
    const deed = { point: form['point'] ?? '', what: form['what'] ?? '', doneAt, by: visitor.user.id }
    const done = await noteUpkeep({ db, clock }, deed)
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(preflightPage(query('campaign')), 'Noted. Run the points again.')
  })

  router.post('/preflight/unwaive', 'preflight.waive', async ({ form, back, query, visitor }) => {
    const done = await unwaive({ db, clock }, { point: form['point'] ?? '', by: visitor.user.id })
    return back(preflightPage(query('campaign')), done.kind === 'refused' ? `${done.why}.` : 'Taken back.')
  })
}
