import type { Clock } from '#kernel/clock.ts'
import { appendAudit } from '#kernel/audit.ts'
import type { Db } from '#kernel/db.ts'
import { releasePrompt } from '../prompts/live-prompt.ts'
import { evaluationOf } from '../queries/evaluations.ts'
import { releasePolicy } from '../router/live-policy.ts'
import { compareEvaluations, type Comparison } from './compare.ts'
import { changed, setupHash, setupVersion, type Candidate, type Setup, type Surroundings } from './setup.ts'

export type Released =
  | { kind: 'released'; comparison: Comparison | null; overridden: boolean }
  | {
      kind: 'refused'
      rule: 'settings' | 'not-evaluated' | 'worse' | 'unsafe'
      why: string
      comparison: Comparison | null
    }

type Deps = { db: Db; clock: Clock } & Surroundings

/**
 * Releases a change of prompt or policy when an evaluation says that it is no worse than what is live, on the same
 * briefs, with today's guardrails, brand and models. One that is worse, less safe however good, or that nobody evaluated
 * is refused, unless an owner overrides that with a reason, which is audited.
 */
export async function releaseCandidate(
  deps: Deps,
  input: { live: Setup; candidate: Candidate; by: string; reason: string; override?: string },
): Promise<Released> {
  const { live, candidate, by, reason, override } = input
  if (candidate.models) {
    const why =
      'Which models may be asked is a setting of the house: change it there, and `evaluate --against` what was'
    return { kind: 'refused', rule: 'settings', why, comparison: null }
  }
  const comparison = await compared(deps, live, changed(live, candidate))
  if (override === undefined && comparison === null) {
    const why = 'Nobody has evaluated both this and what is live on the same briefs: evaluate it first'
    return { kind: 'refused', rule: 'not-evaluated', why, comparison }
  }
  if (override === undefined && comparison?.worse) {
    const [less] = comparison.unsafe
    const why = `It ${less === undefined ? 'scores worse' : 'is less safe'} than what is live (${wordsOf(comparison, less ?? 'total')}): mend it, or override with a reason`
    return { kind: 'refused', rule: less === undefined ? 'worse' : 'unsafe', why, comparison }
  }
  if (override !== undefined) {
    const detail = { why: override, worse: comparison?.worse ?? null, unsafe: comparison?.unsafe ?? null }
    await deps.db.transaction((tx) =>
      appendAudit(tx, deps.clock, { actor: by, action: 'evaluation.overridden', subject: 'setup', detail }),
    )
  }
  if (candidate.prompt) await releasePrompt(deps, { prompt: candidate.prompt, by, reason })
  if (candidate.policy) await releasePolicy(deps, { policy: candidate.policy, by, reason })
  return { kind: 'released', comparison, overridden: override !== undefined }
}

async function compared(deps: Deps, live: Setup, next: Setup): Promise<Comparison | null> {
  const candidate = await evaluationOf(deps.db, setupHash(setupVersion(next, deps)))
  const before = candidate && (await evaluationOf(deps.db, setupHash(setupVersion(live, deps)), candidate.briefsHash))
  return candidate && before && compareEvaluations(before, candidate)
}

const wordsOf = ({ differences }: Comparison, name: string): string => {
  const found = differences.find((one) => one.name === name)
  return found ? `${name} ${found.live.toFixed(3)} → ${found.candidate.toFixed(3)}` : 'no score'
}
