import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { refusal, type Actor } from '#governance/access.ts'
import { liveRelease } from '#governance/releases.ts'
import { definitionOf } from '../definition.ts'
import { landings } from './plain.ts'
import { pinnedDefinition, waitsBefore } from './plan.ts'
import { moveStanding, selectStanding } from '../queries/migrating.ts'

/** People who stand at a step of an older version, and where the live one takes them up; null: they stay. */
export type MovePlan = { from: Hash; stepKey: string; people: number; to: string | null }

export type Migration =
  | { kind: 'planned'; to: Hash; moves: MovePlan[] }
  | { kind: 'refused'; rule: string; why: string }

/**
 * Who would move where if everybody on their way came over to the live version: to the same step of it. Who stands at a
 * step that it does not have stays on the steps they entered with.
 */
export async function planMigration(db: Db, campaign: string): Promise<Migration> {
  const live = await liveRelease(db, campaign)
  if (!live) return { kind: 'refused', rule: 'not-live', why: `Nothing of "${campaign}" is live` }
  const lands = new Map(landings(definitionOf(live)).map(({ from, to }) => [from, to]))
  const standing = await selectStanding(db, campaign, live.hash)
  return {
    kind: 'planned',
    to: live.hash,
    moves: standing.map((one) => ({ ...one, to: lands.get(one.stepKey) ?? null })),
  }
}

/**
 * Moves them, as the plan says, to wait as the live version waits; the audit keeps who did it and how many moved. What is planned already stays: its content
 * is that of the live version anyway.
 * @param input.to the version the plan was made for; another one that went live meanwhile is not moved to
 */
export async function migrate(
  deps: { db: Db; clock: Clock },
  input: { campaign: string; to: Hash; by: Actor },
): Promise<{ kind: 'moved'; people: number } | Extract<Migration, { kind: 'refused' }>> {
  const plan = await planMigration(deps.db, input.campaign)
  if (plan.kind === 'refused') return plan
  if (plan.to !== input.to)
    return { kind: 'refused', rule: 'changed', why: 'Another version went live meanwhile: look at the plan again' }
  const afterMs = waitsBefore(await pinnedDefinition(deps.db, plan.to))
  const steps = plan.moves.flatMap(({ from, stepKey, to }) => (to === null ? [] : [{ release: from, stepKey, to }]))
  const lands = steps.map((one) => ({ ...one, afterMs: afterMs(one.to) }))
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'campaign.release')
    if (refused) return refused
    const people = await moveStanding(tx, { campaign: input.campaign, to: input.to, at: deps.clock(), lands })
    const detail = { campaign: input.campaign, people, steps }
    await appendAudit(tx, deps.clock, { actor: input.by, action: 'campaign.migrated', subject: input.to, detail })
    return { kind: 'moved', people }
  })
}
