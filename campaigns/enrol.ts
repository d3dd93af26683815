import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type PersonId } from '#kernel/ids.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import type { Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { definitionOf, sendsOf } from './definition.ts'
import { planDue } from './journey.ts'
import { insertEnrolments } from './queries/enrolments.ts'

/** Who a segment's rule selects at an instant: the graph answers. */
export type Members = (rule: SegmentRule, at: Date) => Promise<readonly PersonId[]>

export type PlanReport = {
  /** People the rule selects. */
  members: number
  /** Newly enrolled: neither enrolled before nor without an address. */
  enrolled: number
  /** Ledger rows planned now. */
  planned: number
}

const chunkSize = 5_000

/**
 * Enrols everyone the audience selects and plans what is due at once: one insert-select for each 5,000 people.
 * Again, also with a newer release of the campaign, it enrols only those who are new.
 */
export async function planRelease(
  deps: { db: Db; clock: Clock; members: Members },
  release: Approved<Release>,
): Promise<PlanReport> {
  const definition = definitionOf(release)
  const first = sendsOf(definition)[0]!
  const startsAt = Math.max(deps.clock().getTime(), definition.startAt === null ? 0 : Date.parse(definition.startAt))
  const dueAt = new Date(startsAt + first.afterMs)
  const members = await deps.members(definition.audience.rule, deps.clock())
  const report: PlanReport = { members: members.length, enrolled: 0, planned: 0 }
  for (let from = 0; from < members.length; from += chunkSize) {
    const people = members
      .slice(from, from + chunkSize)
      .map((personId) => ({ id: newId<'enrolment'>(deps.clock), personId }))
    await deps.db.transaction(async (tx) => {
      const enrolment = { campaign: definition.name, occurrence: 1, releaseHash: release.hash, stepKey: first.step.key }
      report.enrolled += await insertEnrolments(tx, { ...enrolment, dueAt, at: deps.clock(), people })
      const due = { campaign: definition.name, hash: release.hash, limit: chunkSize }
      report.planned += await planDue(tx, deps.clock, definition, due)
    })
  }
  return report
}
