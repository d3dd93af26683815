import { schedule, type ScheduledTask } from 'node-cron'
import { z } from 'zod'
import { approveDelegated } from '#campaigns/launch/delegated.ts'
import { followExperiments } from '#campaigns/experiments/round.ts'
import { forgetKeys } from '#campaigns/entries/by-program.ts'
import { finishLaunches } from '#campaigns/launch/finish-launches.ts'
import { takeMailbox } from '#campaigns/heard/inbound-mailbox.ts'
import { learnProviders } from '#campaigns/deliverability/places.ts'
import { lookAtReputation } from '#campaigns/deliverability/reputation.ts'
import { lookAtCanaries } from '#campaigns/canary/look.ts'
import { tellOfBreaches } from '#campaigns/canary/tell.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { runSchedules } from '#campaigns/schedule/run.ts'
import { secretsOf } from '#campaigns/way-out/configuration.ts'
import { senderNow } from '#campaigns/way-out/live.ts'
import { syncWhatsApp } from '#campaigns/whatsapp/sync.ts'
import { tellOfStops } from '#campaigns/stops/tell-of-stops.ts'
import { lookAtTexts } from '#campaigns/stops/text-breaker.ts'
import type { Mailbox } from '#ingest/reading/mailbox.ts'
import type { DraftId } from '#kernel/ids.ts'
import { startJobs, type Jobs } from '#kernel/jobs.ts'
import { underLease } from '#kernel/leases.ts'
import { resumeUnfinished, runDraft } from '#rag/agent/run.ts'
import { calibrate } from '#rag/router/calibrate.ts'
import { bringUpToDate, learnWhoIsWho } from './bring-up-to-date.ts'
import { leaseMs, logged } from './logged.ts'
import { pullFeeds } from './pulls.ts'
import { soon } from './soon.ts'
import { launchOf } from './website.ts'
import { inboundOf, type House } from './wire.ts'

export type Background = { jobs: Jobs; stop: () => Promise<void> }

/** Who everybody is follows what was taken in that soon, and is worked out at most that often. */
const followsAfterMs = 3_000
const everyMinute = '* * * * *'
/** Rollouts are looked at often: from one look to the next only so many messages leave as they declare. */
const everyTenSeconds = '*/10 * * * * *'
const everyQuarter = '*/15 * * * *'
const everyHour = '7 * * * *'

/**
 * What works while nobody watches, but for sending: drafting, a round each minute that brings people, content and graph
 * up to date, every quarter of an hour what is new at the vendors, every hour the router's share, and who is who soon after something was taken in. Any
 * number of processes may run it; each round has one leader by a leased row.
 */
export async function startBackground(house: House): Promise<Background> {
  const jobs = await startJobs(house, { 'write-draft': (data) => writeDraft(house, data) })
  let round = Promise.resolve()
  const rounds: ScheduledTask = schedule(everyMinute, () => (round = leadRound(house)), { noOverlap: true })
  let starts = Promise.resolve()
  const timetables = schedule(everyMinute, () => (starts = leadSchedules(house)), { noOverlap: true })
  let looks = Promise.resolve()
  const rollouts = schedule(everyTenSeconds, () => (looks = lookAtRollouts(house)), { noOverlap: true })
  const following = soon(followsAfterMs, () => learnWhoIsWho(house))
  house.news.on('taken', following.want)
  const stopping = new AbortController()
  let pulls = pullFeeds(house, stopping.signal)
  const quarters = schedule(everyQuarter, () => (pulls = pullFeeds(house, stopping.signal)), { noOverlap: true })
  let mails = Promise.resolve()
  const inbound = schedule(everyMinute, () => (mails = leadInbound(house)), { noOverlap: true })
  let asks = askMeta(house)
  const templates = schedule(everyQuarter, () => (asks = askMeta(house)), { noOverlap: true })
  const hours = schedule(
    everyHour,
    () => void logged(house, 'the router could not be calibrated', calibrateRouter(house)),
    { noOverlap: true },
  )
  const resumed = logged(house, 'drafts left behind could not be taken up', resumeUnfinished(house.agent))
  return {
    jobs,
    stop: async () => {
      stopping.abort()
      house.news.off('taken', following.want)
      await Promise.all([
        rounds.destroy(),
        timetables.destroy(),
        rollouts.destroy(),
        quarters.destroy(),
        inbound.destroy(),
        templates.destroy(),
        hours.destroy(),
      ])
      await Promise.all([round, starts, looks, pulls, mails, asks, resumed, following.stop(), jobs.stop()])
    },
  }
}

/** Who keeps the mailboxes that mail waits for, and what the providers made of the last day. */
async function lookAtMail(house: House): Promise<void> {
  const { db, clock, preflight, log } = house
  await learnProviders({ db, clock, dns: preflight.dns })
  for (const { domain, provider, breaker } of await lookAtReputation({ db, clock }))
    log.warn({ domain, provider, state: breaker.state, why: breaker.why }, 'a provider’s breaker moved: see Reputation')
}

const draftJob = z.object({ draftId: z.string() })

async function writeDraft(house: House, data: unknown): Promise<void> {
  await runDraft(house.agent, draftJob.parse(data).draftId as DraftId)
}

const leadRound = (house: House): Promise<void> =>
  logged(
    house,
    'the round of this minute failed; the next one tries again',
    underLease(house, 'round', leaseMs, async () => {
      await bringUpToDate(house)
      await logged(house, 'journeys could not be followed', follow(house))
      await logged(house, 'experiments could not be followed', learn(house))
      await logged(house, 'what was delegated could not be approved', takeDelegated(house))
      await logged(house, 'launches that broke off could not be finished', goOnLaunching(house))
      await logged(house, 'what providers make of our mail could not be looked at', lookAtMail(house))
      await logged(house, 'what programs asked long ago could not be forgotten', forgetKeys(house))
      await logged(house, 'what providers told of texts could not be looked at', lookAtFailures(house))
      await logged(house, 'nobody could be told of what was stopped', tellOfStopped(house))
    }),
  )

/** Timetables start what they start beside the round: that one may take longer than a minute. */
const leadSchedules = (house: House): Promise<void> =>
  logged(house, 'timetables could not be looked at; the next minute tries again', startDue(house))

async function startDue(house: House): Promise<void> {
  for (const { schedule: name, state, why, plan } of (await runSchedules(house)) ?? []) {
    if (state === 'done') house.log.info({ schedule: name, ...plan }, 'a timetable started its campaign')
    else house.log.warn({ schedule: name, state, why }, 'a timetable could not start its campaign')
  }
}

const lookAtRollouts = (house: House): Promise<void> =>
  logged(
    house,
    'rollouts could not be looked at; nothing more of them leaves until they are',
    underLease(house, 'rollouts', leaseMs, () => moveRollouts(house)),
  )

/** Rollouts go on or are taken back by what their guards say; people hear of what was taken back in the round of the minute. */
async function moveRollouts({ db, clock, log }: House): Promise<void> {
  for (const looked of await lookAtCanaries({ db, clock })) {
    if (looked.kind === 'waits') continue
    if (looked.kind !== 'rolled-back' && looked.kind !== 'held') log.info({ ...looked }, 'a rollout moved')
    else log.warn({ ...looked }, 'a rollout was stopped by its guards: see its page')
  }
}

/** How templates and number stand with Meta. */
const askMeta = (house: House): Promise<void> =>
  logged(
    house,
    'Meta could not be asked about templates and number; the next quarter tries again',
    underLease(house, 'whatsapp', leaseMs, () => keepWhatsApp(house)),
  )

async function keepWhatsApp(house: House): Promise<void> {
  const { ways, business, log } = house
  for (const whatsapp of secretsOf(ways, 'whatsapp').flatMap((secret) => ways.texts.number(secret) ?? [])) {
    const done = await syncWhatsApp({ ...house, zone: business.zone, whatsapp })
    if (done.kind === 'refused') log.warn({ why: done.why }, 'Meta does not say how templates and number stand')
    else for (const change of done.changed) if (change.was !== null) log.info(change, 'a WhatsApp template changed')
  }
}

/** What providers told of texts. */
async function lookAtFailures({ db, clock, log }: House): Promise<void> {
  for (const stopped of await lookAtTexts({ db, clock })) log.warn(stopped, 'a channel was stopped: see Channels')
}

/** People hear of what was stopped and waits for their word. */
async function tellOfStopped(house: House): Promise<void> {
  const { db, clock, channel, publicUrl, log } = house
  const sender = await senderNow(db, house.sender)
  if (!channel || !sender) return
  const deps = { db, clock, channel, sender, publicUrl }
  for (const told of await tellOfBreaches(deps)) log.warn(told, 'people were written to about a version that was taken back') // prettier-ignore
  for (const told of await tellOfStops(deps)) log.warn(told, 'people were written to about a stop')
}

/** Mailboxes are looked through beside the round: a slow server must not hold up journeys. */
const leadInbound = (house: House): Promise<void> =>
  logged(
    house,
    'mailboxes could not be looked through',
    underLease(house, 'inbound', leaseMs, () => takeInbound(house)),
  )

/** Reports and complaints that arrived in our mailboxes. */
async function takeInbound(house: House): Promise<void> {
  for (const mailbox of Object.values(house.mailboxes))
    if (mailbox !== null) await logged(house, 'mail that came in could not be taken', takeFrom(house, mailbox))
}

async function takeFrom(house: House, mailbox: Mailbox): Promise<void> {
  const report = await takeMailbox({ ...inboundOf(house), log: house.log }, mailbox)
  if (report.quarantined > 0) house.log.warn(report, 'mail that came in was quarantined: see millrace inbound status')
}

/** What waits, and an owner left to a policy, goes the way of an approved draft. */
async function takeDelegated(house: House): Promise<void> {
  for (const { draftId, ...outcome } of await approveDelegated(launchOf(house)))
    house.log.info({ draftId, ...outcome }, 'a delegated draft')
}

/** What was approved and broke off before everybody was let in. */
async function goOnLaunching(house: House): Promise<void> {
  for (const { draftId, ...outcome } of await finishLaunches(launchOf(house)))
    house.log.warn({ draftId, ...outcome }, 'a launch that broke off')
}

/** Whoever reached a goal, did what ends a journey or came in is told to their campaigns. */
async function follow(house: House): Promise<void> {
  for (const { over, campaign } of await followJourneys({ ...house, zone: house.business.zone }))
    if (over !== null) house.log.info({ campaign, over }, 'a campaign is over')
}

/** Bandits set their shares anew, and the hours in which people answer are learnt. */
async function learn(house: House): Promise<void> {
  for (const set of await followExperiments({ ...house, zone: house.business.zone }))
    house.log.info(set, 'a bandit set its shares anew')
}

/** The router's share follows the house's own traffic, by small steps. */
async function calibrateRouter(house: House): Promise<void> {
  const done = await underLease(house, 'router-calibration', leaseMs, () => calibrate(house, { by: 'millrace' }))
  if (done?.kind === 'moved') house.log.info({ from: done.from, to: done.threshold }, 'the router was calibrated')
}
