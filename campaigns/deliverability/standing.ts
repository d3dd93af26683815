import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { countPlaces } from '../queries/deliverability-places.ts'
import { selectBreakers, selectSendings, type BreakerRow, type Sending } from '../queries/deliverability-reach.ts'
import type { RecoveryRow } from '../queries/deliverability-recoveries.ts'
import { selectCounts } from '../queries/deliverability-reputation.ts'
import { dayIn } from '../hours/window.ts'
import type { Counts } from './breaker.ts'
import { bindingOf } from './places.ts'
import { dayTotal, limitOf, type Limit } from './reach.ts'
import { openRecovery } from './recovery.ts'
import { campaignsOf } from './reputation.ts'
import type { WarmUp } from './warm-up.ts'

/** How a provider takes what a domain sends. */
export type ProviderStanding = {
  provider: string
  day: Counts
  week: Counts
  breaker: BreakerRow | null
  limit: Limit
  /** What may still leave today; null where nothing limits it. */
  left: number | null
}

/** How a sending domain stands. `total` is what may leave in a day, all providers together. */
export type DomainStanding = Sending & {
  warmUp: WarmUp
  total: number | null
  providers: readonly ProviderStanding[]
  recovery: RecoveryRow | null
}

const dayMs = 24 * 3_600_000
const none: Counts = { sent: 0, bounced: 0, complained: 0, deferred: 0 }

/** Every domain that mail leaves from, as its providers take it. */
export async function standings(deps: { db: Db; clock: Clock; zone: string }): Promise<DomainStanding[]> {
  const all: DomainStanding[] = []
  for (const sending of await selectSendings(deps.db)) {
    const standing = await standingOf(deps, sending)
    if (standing) all.push(standing)
  }
  return all
}

async function standingOf(
  { db, clock, zone }: { db: Db; clock: Clock; zone: string },
  sending: Sending,
): Promise<DomainStanding | null> {
  const at = clock()
  const binding = await bindingOf(db, sending)
  if (binding === null) return null
  const campaigns = await campaignsOf(db, sending.domain)
  const since = (days: number) => ({ ...sending, campaigns, since: new Date(at.getTime() - days * dayMs), forgiving: false }) // prettier-ignore
  const day = byProvider(await selectCounts(db, since(1)))
  const week = byProvider(await selectCounts(db, since(7)))
  const breakers = byProvider(await selectBreakers(db, sending))
  const used = byProvider(await countPlaces(db, sending, dayIn(zone, at), at))
  const providers = [...new Set([...week.keys(), ...breakers.keys()])].map((provider): ProviderStanding => {
    const limit = limitOf(binding, provider)
    const left = limit === null ? null : 'closed' in limit ? 0 : Math.max(0, limit.daily - (used.get(provider)?.today ?? 0)) // prettier-ignore
    return { provider, day: day.get(provider) ?? none, week: week.get(provider) ?? none, breaker: breakers.get(provider) ?? null, limit, left } // prettier-ignore
  })
  const recovery = await openRecovery(db, sending)
  return { ...sending, warmUp: binding.warmUp, total: dayTotal(binding), providers, recovery }
}

const byProvider = <Row extends { provider: string }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.provider, row]))
