import type { Clock } from '#kernel/clock.ts'
import { appendAudit } from '#kernel/audit.ts'
import type { Db } from '#kernel/db.ts'
import { releasePrompt } from '../prompts/live-prompt.ts'
import { evaluationOf } from '../queries/evaluations.ts'
import { releasePolicy } from '../router/live-policy.ts'
import { compareEvaluations, type Comparison } from './compare.ts'
import { setupHash, setupVersion, type Candidate, type Setup } from './setup.ts'

export type Released =
  | { kind: 'released'; comparison: Comparison | null; overridden: boolean }
  | { kind: 'refused'; rule: 'not-evaluated' | 'worse'; why: string; comparison: Comparison | null }

type Deps = { db: Db; clock: Clock; models: readonly string[] }

/**
 * Releases a change of prompt or policy when an evaluation says that it is no worse than what is live, on the same
 * briefs, with today's guardrails and models. A worse one, or one that nobody evaluated, is refused, unless an owner
 * overrides that with a reason, which is audited.
 */
export async function releaseCandidate(
  deps: Deps,
  input: { live: Setup; candidate: Candidate; by: string; reason: string; override?: string },
): Promise<Released> {
  const { live, candidate, by, reason, override } = input
  const next: Setup = { prompt: candidate.prompt ?? live.prompt, policy: candidate.policy ?? live.policy }
  const comparison = await compared(deps, live, next)
  if (override === undefined && comparison === null) {
    const why = 'Nobody has evaluated both this and what is live on the same briefs: evaluate it first'
    return { kind: 'refused', rule: 'not-evaluated', why, comparison }
  }
  if (override === undefined && comparison?.worse) {
    const why = `It scores worse than what is live (${wordsOf(comparison)}): mend it, or override with a reason`
    return { kind: 'refused', rule: 'worse', why, comparison }
  }
  if (override !== undefined) {
    const detail = { why: override, worse: comparison?.worse ?? null }
    await deps.db.transaction((tx) =>
      appendAudit(tx, deps.clock, { actor: by, action: 'evaluation.overridden', subject: 'setup', detail }),
    )
  }
  if (candidate.prompt) await releasePrompt(deps, { prompt: candidate.prompt, by, reason })
  if (candidate.policy) await releasePolicy(deps, { policy: candidate.policy, by, reason })
  return { kind: 'released', comparison, overridden: override !== undefined }
}

async function compared({ db, models }: Deps, live: Setup, next: Setup): Promise<Comparison | null> {
  const candidate = await evaluationOf(db, setupHash(setupVersion(next, models)))
  const before = candidate && (await evaluationOf(db, setupHash(setupVersion(live, models)), candidate.briefsHash))
  return candidate && before && compareEvaluations(before, candidate)
}

const wordsOf = ({ differences }: Comparison): string => {
  const [total] = differences
  return total ? `${total.live.toFixed(3)} → ${total.candidate.toFixed(3)}` : 'no score'
}
