import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { UsageError } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { pointAt, register } from '#kernel/versions.ts'
import type { Actor } from '../access.ts'
import { liveMetrics } from '../queries/metrics.ts'
import { metrics } from './catalogue.ts'
import { standardParameters, type Metric, type Parameters } from './metric.ts'

export type MetricVersions = { parameters: Parameters; hashes: ReadonlyMap<string, Hash> }

type Deps = { db: Db; clock: Clock }

const bodySchema = z.object({ parameters: z.record(z.string(), z.number()) })

/**
 * Registers the definition of every metric (kind 'metric') and points at it where it changed, with an audit entry for
 * each move. A version's hash covers its formula, its parameters and the versions it uses. Doing it again changes
 * nothing; a parameter not given stays as it is.
 */
export async function registerMetrics(
  deps: Deps,
  input: { by: Actor; parameters?: Partial<Parameters> },
): Promise<MetricVersions> {
  const live = await liveMetrics(deps.db)
  const parameters = checked({ ...liveParameters(live.map((version) => version.body)), ...input.parameters })
  const wanted = definitions(parameters)
  const known = new Map(live.map((version) => [version.name, version.hash]))
  const changed = wanted.filter(({ name, hash }) => known.get(name) !== hash)
  if (changed.length > 0) await deps.db.transaction((tx) => point(tx, deps.clock, input.by, changed))
  return { parameters, hashes: new Map(wanted.map(({ name, hash }) => [name, hash])) }
}

/** The parameters the live versions carry; the standard ones where nothing was registered. */
export async function metricParameters(db: Queryable): Promise<Parameters> {
  return checked(liveParameters((await liveMetrics(db)).map((version) => version.body)))
}

type Definition = { name: string; hash: Hash; body: unknown }

function definitions(parameters: Parameters): Definition[] {
  const hashes = new Map<string, Hash>()
  return metrics.map((metric) => {
    const body = bodyOf(metric, parameters, hashes)
    const hash = hashOf({ kind: 'metric', name: metric.name, body })
    hashes.set(metric.name, hash)
    return { name: metric.name, hash, body }
  })
}

function bodyOf(metric: Metric, parameters: Parameters, hashes: ReadonlyMap<string, Hash>): unknown {
  const { label, revision, unit, formula, parts, uses, takes } = metric
  return {
    label,
    revision,
    unit,
    formula,
    parts,
    uses: Object.fromEntries(uses.map((name) => [name, hashes.get(name)])),
    parameters: Object.fromEntries(takes.map((name) => [name, parameters[name]])),
  }
}

function liveParameters(bodies: readonly unknown[]): Parameters {
  const kept = bodies.map((body) => bodySchema.safeParse(body).data?.parameters ?? {})
  return Object.assign({ ...standardParameters }, ...kept) as Parameters
}

function checked(parameters: Parameters): Parameters {
  const { grossMarginPercent: margin, touchWindowDays: days } = parameters
  const whole = Math.round(margin * 100)
  if (!(margin > 0 && margin <= 100) || Math.abs(whole / 100 - margin) > 1e-9) {
    throw new UsageError(
      `The gross margin is a percentage above 0 and up to 100 with at most two decimals, not ${margin}`,
    )
  }
  if (!Number.isInteger(days) || days < 1)
    throw new UsageError(`The touch window is a whole number of days, not ${days}`)
  return parameters
}

async function point(tx: Tx, clock: Clock, by: Actor, changed: readonly Definition[]): Promise<void> {
  const author = { clock, by }
  for (const { name, body } of changed) {
    const hash = await register(tx, author, 'metric', name, body)
    // The audit entry comes before the pointer: its lock puts moves in the order of their commits.
    await appendAudit(tx, clock, { actor: by, action: 'metric.released', subject: hash, detail: { name } })
    await pointAt(tx, author, 'metric', name, hash, 'definition or parameter changed')
  }
}
