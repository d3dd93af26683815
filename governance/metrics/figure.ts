import type { Money } from '#kernel/money.ts'
import type { Hash } from '#kernel/ids.ts'
import { addMonths } from './calendar.ts'
import { metrics } from './catalogue.ts'
import type { Context, Group, Metric, Period, Scope, Unit } from './metric.ts'
import type { MetricVersions } from './register.ts'

/** One number of a report, and what made it. `why` says why there is none. `id` opens it (`figureRows`). */
export type Figure = {
  id: string
  label: string
  value: Money | number | null
  why?: string
  unit: Unit
  metric: { name: string; versionHash: Hash }
  formula: string
}

export type FigureTarget = { metric: Metric; scope: Scope }

export const wholePeriod: Scope = { month: null, channel: null, offset: null }

/** `paid-cac`, `paid-cac:google-ads`, `revenue-net:2026-03`, `retention:2026-03+2`. */
export function figureId({ metric, scope }: FigureTarget): string {
  const month = scope.month && (scope.offset === null ? scope.month : `${scope.month}+${scope.offset}`)
  return [metric.name, month, scope.channel].filter((part) => part !== null).join(':')
}

/** Reads a figure's id; null when it names no metric. */
export function parseFigureId(id: string): FigureTarget | null {
  const [name, ...rest] = id.split(':')
  const metric = metrics.find((known) => known.name === name)
  if (!metric) return null
  const month = /^(\d{4}-(?:0[1-9]|1[0-2]))(?:\+(\d{1,4}))?$/.exec(rest[0] ?? '')
  const channel = rest.slice(month ? 1 : 0).join(':')
  return {
    metric,
    scope: {
      month: month?.[1] ?? null,
      channel: channel === '' ? null : channel,
      offset: month?.[2] === undefined ? null : Number(month[2]),
    },
  }
}

/** The groups that a figure is made of. Only what was bought is narrowed to the month after acquisition. */
export function groupsOf(groups: readonly Group[], { metric, scope }: FigureTarget): Group[] {
  const activity = scope.month !== null && scope.offset !== null ? addMonths(scope.month, scope.offset) : null
  return groups.filter(
    (group) =>
      metric.parts.includes(group.part) &&
      (scope.month === null || group.month === scope.month) &&
      (scope.channel === null || group.channel === scope.channel) &&
      (activity === null || group.part !== 'active' || group.activity === activity),
  )
}

/** Computes a figure from groups, the report's or those of its opened rows. */
export function figureOf(
  target: FigureTarget,
  groups: readonly Group[],
  period: Period,
  versions: MetricVersions,
): Figure {
  const { metric, scope } = target
  const versionHash = versions.hashes.get(metric.name)
  if (!versionHash) throw new Error(`The metric ${metric.name} is in no catalogue: add it to metrics/catalogue.ts`)
  const { zone, asOf, currency } = period
  const context: Context = { parameters: versions.parameters, zone, asOf, scope }
  const result = metric.value(groupsOf(groups, target), context)
  return {
    id: figureId(target),
    label: labelOf(target, context),
    value: result.value !== null && metric.unit === 'money' ? { amountMinor: result.value, currency } : result.value,
    ...(result.value === null ? { why: result.why } : {}),
    unit: metric.unit,
    metric: { name: metric.name, versionHash },
    formula: metric.formula,
  }
}

function labelOf({ metric, scope }: FigureTarget, { parameters }: Context): string {
  const month = scope.month && (scope.offset === null ? scope.month : `${scope.month}, month ${scope.offset}`)
  return [labelWithMargin(metric, parameters.grossMarginPercent), month, scope.channel]
    .filter((part) => part !== null)
    .join(', ')
}

const standsOnMargin = new Set(['gross-margin', 'ltv-historic', 'ltv-to-cac', 'payback-months'])

function labelWithMargin(metric: Metric, percent: number): string {
  if (!standsOnMargin.has(metric.name)) return metric.label
  return `${metric.label} (${percent === 100 ? 'before cost of goods' : `at ${percent} % margin`})`
}
