import { setTimeout as pause } from 'node:timers/promises'
import pLimit from 'p-limit'
import { messageOf } from '#kernel/errors.ts'
import type { Log } from '#kernel/log.ts'
import { carriedBy, type AnyChannel } from '../channel.ts'
import { claimBatch, type Blocked, type ClaimSettings } from './claim.ts'
import { deliver, type Delivered, type DeliverSettings } from './deliver.ts'
import { advanceJourneys } from '../journeys/plan.ts'
import type { Members } from '../journeys/enrol.ts'
import { announceSends } from './outbox.ts'
import { selectWaitingCampaigns } from '../queries/claims.ts'
import { byIndex } from '../queries/plans.ts'
import { recover, sendAgain } from './recover.ts'

export type WorkerSettings = ClaimSettings &
  DeliverSettings & {
    log: Log
    /** Whom rules select, for the branches of journeys. */
    members: Members
    /** Rows a claim takes, 2,000 unless told; as many full batches as they hold. */
    claimSize?: number
    /** How long to rest when nothing is due, in milliseconds, 1,000 unless told. */
    restMs?: number
  }

export type Tick = Delivered & {
  planned: number
  claimed: number
  /** Rows the gate ended: suppressed, capped, expired, held. */
  ended: number
  /** Rows that a dead worker had claimed and are planned again. */
  recovered: number
  announced: number
  /** Campaigns with something due that nothing may be sent of, and why. */
  blocked: (Pick<Blocked, 'rule' | 'why'> & { campaign: string })[]
}

const never = new AbortController().signal
const defaultClaimSize = 2_000
/** Ingest hears of what left within five seconds; every three rests is soon enough, and costs the sending less. */
const keepUpEvery = 3

/**
 * One round of the worker: recover, then for each campaign with something due plan, claim one batch and send it, then
 * tell ingest what was sent. Any number of workers may do this at once.
 */
export async function tick(deps: WorkerSettings, stop: AbortSignal = never): Promise<Tick> {
  const recovered = await recover(deps)
  const done: Tick = { ...nothing(), recovered: recovered.returned, unknown: recovered.unknown }
  await sendDue(deps, done, stop)
  done.announced = await announceSends(deps)
  return done
}

const nothing = (): Tick => ({
  planned: 0, claimed: 0, ended: 0, recovered: 0, announced: 0, blocked: [],
  sent: 0, retried: 0, bounced: 0, failed: 0, unknown: 0, held: 0, returned: 0,
}) // prettier-ignore

async function sendDue(deps: WorkerSettings, done: Tick, stop: AbortSignal): Promise<void> {
  const limit = deps.claimSize ?? defaultClaimSize
  const resent = stop.aborted ? null : await sendAgain(deps)
  if (resent) add(done, resent)
  for (const [index, campaign] of (await waitingCampaigns(deps)).entries()) {
    // What answers its readers does not wait until the marketing of this round is through.
    const answers = index === 0 || stop.aborted ? [] : await waitingCampaigns(deps, 'transactional')
    for (const one of new Set([...answers, campaign])) {
      if (stop.aborted) return
      await tryOn(deps, one, limit, done, stop)
    }
  }
}

const waitingCampaigns = ({ db, clock, channel }: WorkerSettings, only?: 'transactional'): Promise<string[]> =>
  byIndex(db, (tx) => selectWaitingCampaigns(tx, clock(), carriedBy(channel), only))

/** A campaign that cannot be worked on must not hold up the others. */
async function tryOn(...[deps, campaign, ...round]: Parameters<typeof workOn>): Promise<void> {
  try {
    await workOn(deps, campaign, ...round)
  } catch (fault) {
    deps.log.error(
      { campaign, fault: messageOf(fault) },
      'a campaign could not be worked on; the next round tries again',
    )
  }
}

async function workOn(
  deps: WorkerSettings,
  campaign: string,
  limit: number,
  done: Tick,
  stop: AbortSignal,
): Promise<void> {
  done.planned += await advanceJourneys(deps, { campaign, limit: limit * 10 })
  const claim = await claimBatch(deps, { campaign, limit: inWholeBatches(limit, deps.channel), via: deps.channel })
  if (claim.kind === 'blocked') {
    done.blocked.push({ campaign, rule: claim.rule, why: claim.why })
    return
  }
  done.ended += claim.ended
  if (claim.kind === 'nothing-due') return
  done.claimed += claim.count
  add(done, await deliver(deps, claim.approved, claim, stop))
}

/** A last batch of a few costs as much as a full one. */
const inWholeBatches = (limit: number, { maxBatch }: AnyChannel): number =>
  limit < maxBatch ? limit : limit - (limit % maxBatch)

function add(done: Tick, delivered: Delivered): void {
  done.sent += delivered.sent
  done.retried += delivered.retried
  done.bounced += delivered.bounced
  done.failed += delivered.failed
  done.unknown += delivered.unknown
  done.held += delivered.held
  done.returned += delivered.returned
}

/**
 * Works until the signal; the groups that are leaving are answered and recorded first. Where the channel takes several
 * batches at once, one claim more is worked on: it is taken while those leave. What dead workers left is put right,
 * and ingest is told, beside the sending. What fails (the database was away) is logged and tried again.
 */
export async function runWorker(deps: WorkerSettings, signal: AbortSignal): Promise<void> {
  const batches = deps.channel.atOnce ?? 1
  const restMs = deps.restMs ?? 1_000
  const inTurn = pLimit(batches)
  const claims = batches === 1 ? 1 : batches + 1
  const sending = Array.from({ length: claims }, () =>
    again(deps, signal, restMs, () => sendOnce({ ...deps, inTurn }, signal)),
  )
  await Promise.all([...sending, again(deps, signal, restMs * keepUpEvery, () => keepUp(deps))])
  // What left last is told too.
  await again(deps, AbortSignal.abort(), 0, () => keepUp(deps))
}

async function sendOnce(deps: WorkerSettings, signal: AbortSignal): Promise<boolean> {
  const done = nothing()
  await sendDue(deps, done, signal)
  warn(deps, done.unknown)
  return done.sent + done.planned + done.ended + done.bounced > 0
}

async function keepUp(deps: WorkerSettings): Promise<boolean> {
  warn(deps, (await recover(deps)).unknown)
  await announceSends(deps)
  return false
}

function warn(deps: WorkerSettings, unknown: number): void {
  if (unknown > 0) deps.log.warn({ unknown }, 'messages nobody can tell whether they arrived')
}

/** Does the work once, and until the signal again: at once while there is more to do, else after a rest. */
async function again(
  deps: WorkerSettings,
  signal: AbortSignal,
  restMs: number,
  work: () => Promise<boolean>,
): Promise<void> {
  do {
    const busy = await work().catch((fault: unknown) => {
      deps.log.error({ fault: messageOf(fault) }, 'a round of sending failed; it will be tried again')
      return false
    })
    if (!busy) await pause(restMs, undefined, { signal }).catch(() => {})
  } while (!signal.aborted)
}
