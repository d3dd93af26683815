import { DateTime } from 'luxon'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { underLease } from '#kernel/leases.ts'
import { formatMoney, type Money } from '#kernel/money.ts'
import { noteImpact, pendingChanges, type ChangeRow } from '#ingest/identity/changes.ts'
import { selectMovedMonths, type MovedMonth } from '../queries/identity-impact.ts'
import { selectGroups } from '../queries/report.ts'
import { readWhole } from '../queries/valuation.ts'
import { blendedCac } from './acquisition-cost.ts'
import { addMonths, type Month } from './calendar.ts'
import { newCustomers } from './customers.ts'
import { figureOf, wholePeriod, type Figure } from './figure.ts'
import type { Group, Metric, Period } from './metric.ts'
import { registerMetrics, type MetricVersions } from './register.ts'

/** New customers and blended CAC of one month; CAC is null where the metric says why there is none. */
export type MonthStanding = { newCustomers: number; cac: Money | null }
export type MonthImpact = { month: Month; before: MonthStanding; after: MonthStanding }

/** What the changes of identity since the last time changed in the owner's figures. */
export type IdentityImpact = { changes: number; moved: number; months: MonthImpact[]; metrics: Record<string, string> }

type Deps = { db: Db; clock: Clock; business: { zone: string; currency: string } }

/**
 * Works out what merges and unmerges that nobody has accounted for yet did to new customers and blended CAC, month by
 * month, by the live definitions of the metrics; notes it on the changes and in the audit chain. Null when there are
 * none, or another process is at it. Safe to repeat: each change is accounted for once.
 */
export async function recordIdentityImpact(deps: Deps): Promise<IdentityImpact | null> {
  if ((await pendingChanges(deps.db)).length === 0) return null
  return underLease(deps, 'identity-impact', leaseMs, () => record(deps))
}

const leaseMs = 60_000

async function record(deps: Deps): Promise<IdentityImpact | null> {
  const versions = await registerMetrics(deps, { by: 'millrace' })
  const { pending, months } = await readMonths(deps, versions)
  if (pending.length === 0) return null
  const impact: IdentityImpact = {
    changes: pending.length,
    moved: pending.reduce((sum, change) => sum + change.moved, 0),
    months,
    metrics: Object.fromEntries([newCustomers, blendedCac].map(({ name }) => [name, versions.hashes.get(name) ?? ''])),
  }
  const ids = pending.map((change) => change.id)
  await deps.db.transaction(async (tx) => {
    await noteImpact(tx, ids, impact)
    const subject = `identity-change:${ids.at(-1)}`
    await appendAudit(tx, deps.clock, { actor: 'millrace', action: 'identity-impact', subject, detail: impact })
  })
  return impact
}

type Read = { pending: ChangeRow[]; months: MonthImpact[] }

/** The changes and what they moved, read at one moment: one that comes later is for the next time. */
async function readMonths({ db, clock, business }: Deps, versions: MetricVersions): Promise<Read> {
  const { zone, currency } = business
  const asOf = clock()
  const ever = { from: '0001-01-01', to: dayAfter(asOf, zone), zone, currency, asOf }
  const { touchWindowDays } = versions.parameters
  return readWhole(db, async (tx) => {
    const pending = await pendingChanges(tx)
    const moved = await selectMovedMonths(tx, { ...ever, touchWindowDays })
    const [first, last] = [moved[0], moved.at(-1)]
    if (!first || !last) return { pending, months: [] }
    const period: Period = { ...ever, from: `${first.month}-01`, to: `${addMonths(last.month, 1)}-01` }
    const groups = await selectGroups(tx, { ...period, touchWindowDays })
    return { pending, months: moved.map((month) => impactOf(month, groups, period, versions)) }
  })
}

const dayAfter = (at: Date, zone: string): string =>
  DateTime.fromJSDate(at, { zone }).plus({ days: 1 }).toFormat('yyyy-MM-dd')

/** Both standings by the metrics themselves: once of the groups as they are, once with the customers there were before. */
function impactOf(moved: MovedMonth, groups: readonly Group[], period: Period, versions: MetricVersions): MonthImpact {
  const { month, before, after } = moved
  const lost: Group = { part: 'customer', month, channel: null, activity: null, amountMinor: 0, count: before - after }
  const standing = (of: readonly Group[]): MonthStanding => {
    const draw = (metric: Metric): Figure =>
      figureOf({ metric, scope: { ...wholePeriod, month } }, of, period, versions)
    const [customers, cac] = [draw(newCustomers).value, draw(blendedCac).value]
    return {
      newCustomers: typeof customers === 'number' ? customers : 0,
      cac: typeof cac === 'object' ? cac : null,
    }
  }
  return { month, before: standing([...groups, lost]), after: standing(groups) }
}

/** The impact in words, a line a month. */
export function impactInWords(impact: IdentityImpact | null): string[] {
  return (impact?.months ?? []).map(
    ({ month, before, after }) =>
      `${month}: new customers ${before.newCustomers} → ${after.newCustomers}, CAC ${amount(before.cac)} → ${amount(after.cac)}`,
  )
}

const amount = (money: Money | null): string => (money === null ? 'none' : formatMoney(money))
