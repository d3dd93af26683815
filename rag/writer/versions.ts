import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { guardrailHash } from '../guardrails/version.ts'
import { firstPrompt } from '../prompts/draft.ts'
import { promptHash } from '../prompts/live-prompt.ts'
import { liveVersions, type VersionMove } from '../queries/writer.ts'
import { evaluationOf, type KeptEvaluation } from '../queries/evaluations.ts'
import { firstPolicy, policyHash } from '../router/policy.ts'
import { setupHash, type SetupVersion } from '../evaluate/setup.ts'
import { scopeHash } from '../scopes.ts'

/** What the writer writes with, since when and why, and how an evaluation of exactly that came out, if there was one. */
export type VersionsInUse = { live: VersionMove[]; evaluation: KeptEvaluation | null }

/** Reads what is live: a house that never wrote has no versions yet. `brand` is the one that drafts are written by now. */
export async function versionsInUse(
  db: Queryable,
  { models, brand }: { models: readonly string[]; brand: Hash | null },
): Promise<VersionsInUse> {
  const live = await liveVersions(db)
  const of = (kind: string) => live.find((move) => move.kind === kind)?.hash
  const setup: SetupVersion = {
    prompt: of('prompt') ?? promptHash(firstPrompt),
    policy: of('router') ?? policyHash(firstPolicy),
    guardrails: guardrailHash,
    brand,
    scope: scopeHash('copywriter'),
    models,
  }
  return { live, evaluation: await evaluationOf(db, setupHash(setup)) }
}
