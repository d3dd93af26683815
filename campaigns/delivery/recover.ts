import { approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { liveSurvivorship } from '#ingest/identity/survivorship.ts'
import { mayReceive } from '#governance/consent.ts'
import { isWhole } from './batch-key.ts'
import { refund } from './caps.ts'
import { carriedBy, type AnyChannel } from '../channel.ts'
import { leaseMs } from './claim.ts'
import { definitionOf, purposeOf } from '../definition.ts'
import { stillPermitted } from './begin.ts'
import { sendGroup, type Delivered, type DeliverSettings } from './deliver.ts'
import { renderAll } from './render-rows.ts'
import { withPeople, type Outgoing } from '../render/person-fields.ts'
import type { ClaimId } from '../queries/claims.ts'
import { closeClaim, selectBatch } from '../queries/deliveries.ts'
import { closeExpired, loseBatch, loseExpired, returnExpired, takeOverClaim } from '../queries/expired-claims.ts'
import { byIndex } from '../queries/plans.ts'
import { attemptLimits } from './retry.ts'
import { impliedBy, type WaysOut } from '../way-out/configuration.ts'

/** How long a provider that does not say it is believed to remember a key. */
const rememberedMs = 3_600_000

/**
 * Puts right what workers left behind whose lease expired. What they had claimed goes back to the plan. What was
 * `sending` is asked for again under its key where the channel promises once, and is `unknown` everywhere else:
 * marketing that may have arrived is never sent twice.
 */
export async function recover(
  deps: Pick<DeliverSettings, 'db' | 'clock' | 'channel' | 'beside'> & { ways?: WaysOut },
): Promise<{ returned: number; unknown: number }> {
  const at = deps.clock()
  return byIndex(deps.db, async (tx) => {
    const returned = await returnExpired(tx, at)
    await refund(tx, returned)
    const again = askable(deps).map(({ name, remembersMs = rememberedMs }) => ({ name, since: new Date(at.getTime() - remembersMs) })) // prettier-ignore
    const unknown = await loseExpired(tx, { at, again, attemptLimit: attemptLimits.channel })
    await closeExpired(tx, at)
    return { returned: returned.reduce((sum, row) => sum + row.count, 0), unknown }
  })
}

/**
 * Sends the unanswered batches of one dead or postponed claim again, each under its own key and with the same
 * messages. A batch that may not be sent any more is not cut down, which would make it another: it is `unknown`.
 * Null when there is none.
 */
export async function sendAgain(deps: DeliverSettings & { worker: string; ways?: WaysOut }): Promise<Delivered | null> {
  for (const channel of askable(deps)) {
    const delivered = await sendAgainBy({ ...deps, channel })
    if (delivered) return delivered
  }
  return null
}

/** The ways out that promise once and may have been asked: also one that is live no longer answers for what it took. */
function askable({
  channel,
  beside = [],
  ways,
}: Pick<DeliverSettings, 'channel' | 'beside'> & { ways?: WaysOut }): AnyChannel[] {
  const known = [channel, ...beside, ...(ways?.secrets ?? []).map((secret) => ways?.open(impliedBy(secret)) ?? channel)]
  return [...new Map(known.map((one) => [one.name, one])).values()].filter(({ idempotent }) => idempotent)
}

async function sendAgainBy(deps: DeliverSettings & { worker: string }): Promise<Delivered | null> {
  const at = deps.clock()
  const expiresAt = new Date(at.getTime() + leaseMs)
  const senders = [deps.channel.name]
  const claim = await byIndex(deps.db, (tx) => takeOverClaim(tx, { at, expiresAt, worker: deps.worker, senders }))
  if (!claim) return null
  const delivered: Delivered = { sent: 0, retried: 0, bounced: 0, failed: 0, unknown: 0, held: 0, returned: 0 }
  const release = await approved(deps.db, claim.releaseHash)
  const { rules } = await liveSurvivorship(deps.db)
  for (const key of claim.batchKeys) {
    const rows = withPeople(await selectBatch(deps.db, claim.id, key), rules)
    const all = release && (await stillPermitted(deps.db, release, deps.clock(), { channel: carriedBy(deps.channel) })) && (await allMay(deps, release, rows)) ? await renderAll(deps, release, rows) : [] // prettier-ignore
    const messages = all.flatMap((one) => (one.kind === 'ready' ? [one.message] : []))
    if (release === null || !isWhole(key, messages.length)) delivered.unknown += await lose(deps, claim.id, key)
    else await sendGroup(deps, release, claim.id, { key, messages }, rows, delivered, true)
  }
  await closeClaim(deps.db, claim.id, deps.clock())
  return delivered
}

async function allMay(deps: DeliverSettings, release: Release, rows: readonly Outgoing[]): Promise<boolean> {
  const input = { channel: carriedBy(deps.channel), purpose: purposeOf(definitionOf(release)), at: deps.clock() }
  const may = await mayReceive(deps.db, input, rows.map((row) => row.identifierId)) // prettier-ignore
  return [...may.values()].every((permission) => permission.kind === 'allowed')
}

const lose = (deps: DeliverSettings, claimId: ClaimId, key: string): Promise<number> =>
  deps.db.transaction((tx) =>
    loseBatch(tx, claimId, key, deps.clock(), 'no clear answer, and it may not be sent again'),
  )
