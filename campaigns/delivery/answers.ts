import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId } from '#kernel/ids.ts'
import type { Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { suppress } from '#ingest/consent.ts'
import { dayOfReturn, refund } from './caps.ts'
import { carriedBy, type AnyChannel, type Outcome } from '../channel.ts'
import { holdForChannel, stopChannel } from '../stops/channel-stops.ts'
import { definitionOf } from '../definition.ts'
import { detour } from './detours.ts'
import type { ClaimId } from '../queries/claims.ts'
import { postponeBatch, recordEnds, recordRetries, type Result } from '../queries/deliveries.ts'
import { byId } from '../queries/plans.ts'
import { pauseAfter } from './retry.ts'

type Deps = { db: Db; clock: Clock; channel: AnyChannel }

/** What an outcome asks for beside the row's own end: another channel, no more of this one, or a stop. */
type Beyond =
  | { kind: 'unreached'; id: DeliveryId; why: string }
  | { kind: 'unwanted'; identifierId: IdentifierId }
  | Extract<Outcome, { kind: 'stop' }>

/** @param outcome.shut whether its reader shut the channel, whatever else the outcome says */
export function beyondLedger(
  { outcome, shut }: { outcome: Outcome; shut: boolean },
  id: DeliveryId,
  identifiers: ReadonlyMap<DeliveryId, IdentifierId>,
): Beyond[] {
  if (outcome.kind === 'undeliverable' || (outcome.kind === 'refused' && outcome.addressDead))
    return [{ kind: 'unreached', id, why: outcome.why }]
  if (shut) return [{ kind: 'unwanted', identifierId: identifiers.get(id)! }]
  return outcome.kind === 'stop' ? [outcome] : []
}

/** @param ended the rows that ended by these answers: another one may have had the last word on a row meanwhile */
async function recordBeyond(
  tx: Tx,
  deps: Deps,
  { release, beyond }: Pick<Answered, 'release' | 'beyond'>,
  ended: ReadonlySet<DeliveryId>,
): Promise<void> {
  const channel = carriedBy(deps.channel)
  const unwanted = beyond.filter((one) => one.kind === 'unwanted')
  await suppress(tx, unwanted.map(({ identifierId }) => ({ identifierId, channel, reason: 'blocked', occurredAt: deps.clock() }))) // prettier-ignore
  const rows = beyond.filter((one) => one.kind === 'unreached').filter(({ id }) => ended.has(id))
  await detour(tx, deps.clock, { definition: definitionOf(release), from: channel, rows })
  const stop = beyond.find((one) => one.kind === 'stop')
  if (stop?.of === 'campaign') await holdForChannel(tx, deps.clock, { release, why: stop.why })
  else if (stop && channel !== 'email') await stopChannel(tx, deps.clock, { channel, why: stop.why })
}

type Answered = {
  release: Approved<Release>
  claimId: ClaimId
  results: readonly Result[]
  again: readonly { id: DeliveryId; attempts: number }[]
  beyond: readonly Beyond[]
}

/**
 * Records what became of messages: those that ended, wait for another try, or are asked for again under the same key, with
 * what their answers ask for beside, in one transaction.
 */
export async function record(deps: Deps, { release, claimId, results, again, beyond }: Answered): Promise<void> {
  const at = deps.clock()
  await byId(deps.db, async (tx) => {
    const ends = results.filter((result) => result.state !== 'planned')
    const failed = ends.length === 0 ? [] : await recordEnds(tx, { claimId, at, results: ends })
    const dead = failed.filter(({ state }) => state === 'bounced')
    await suppress(tx, dead.map(({ identifierId, channel }) => ({ identifierId, channel, reason: 'bounced', occurredAt: at }))) // prettier-ignore
    if (ends.length < results.length) {
      const retries = results.filter((result) => result.state === 'planned')
      await refund(tx, dayOfReturn(await recordRetries(tx, { claimId, at, results: retries })))
    }
    if (again.length > 0) {
      const until = new Date(at.getTime() + pauseAfter(again[0]!.attempts))
      const reason = 'no clear answer: asking again under the same key'
      await postponeBatch(tx, { claimId, ids: again.map((row) => row.id), until, reason })
    }
    if (beyond.length > 0) await recordBeyond(tx, deps, { release, beyond }, new Set(failed.map(({ id }) => id))) // prettier-ignore
  })
}
