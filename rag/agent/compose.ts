import type { DraftId } from '#kernel/ids.ts'
import { brandFor, type Brand } from '../brand.ts'
import { composedSchema, draftOf, refusedOf, type DraftBody, type DraftRequest } from '../draft.ts'
import { contentHashOf, draftById, type Draft } from '../drafts.ts'
import { examplesFor } from '../examples.ts'
import { forms } from '../forms.ts'
import { draftPrompt, revisionPrompt } from '../prompts/draft.ts'
import { promptHash } from '../prompts/live-prompt.ts'
import { answerRequest, requestsOf } from '../queries/draft-requests.ts'
import { bodiesOf, countRound, keepBody, noteProblem } from '../queries/drafts.ts'
import type { AgentDeps } from './deps.ts'
import { nothingFound, problemOf } from './problem.ts'
import { progressOf } from './progress.ts'

const answerTokens = 2500

/**
 * Asks for the body of a round and keeps it; false when there is none, and then the draft says why. A round that was
 * already written (the process was killed before the checkpoint) is not asked for again.
 */
export async function compose(deps: AgentDeps, draftId: DraftId, round: number): Promise<boolean> {
  const draft = await draftById(deps.db, draftId)
  if (!draft) throw new Error(`Draft ${draftId} is gone: it cannot be written`)
  if (draft.revision > round) return true
  if (draft.evidence.length === 0) {
    await noteProblem(deps.db, draftId, nothingFound, 0, deps.clock())
    return false
  }
  const brand = await deps.brand()
  const request = requestOf(deps, brand, draft)
  const revise = round > 0 && draft.body ? await revisionOf(deps, draft, draft.body) : undefined
  const { sentence, segment } = draft.brief
  const examples = await examplesFor(deps.db, { sentence, segment: segment.name, except: draftId })
  const asked = { ...request, examples, ...(revise && { revise }) }
  const prompt = await deps.prompt()
  const progress = progressOf(deps, draftId, round)
  const answer = await deps.callModel(
    {
      purpose: 'draft',
      system: prompt.system,
      prompt: draftPrompt(asked, brand.slots),
      schema: composedSchema,
      maxTokens: answerTokens,
      deadline: AbortSignal.timeout(deps.answerTimeoutMs ?? 180_000),
      evidence: draft.evidence,
      draft: asked,
      onText: progress.onText,
      ...(revise && { revision: revisionPrompt(revise, draft.evidence) }),
    },
    { subject: `draft:${draftId}`, round, audience: await deps.audienceOf(draft.brief.segment.rule) },
  )
  await progress.settled()
  const at = deps.clock()
  if (answer.kind === 'failed') {
    await noteProblem(deps.db, draftId, problemOf(answer), answer.spentMicroUsd, at)
    return false
  }
  const body = readBody(answer.value, draft)
  if (!body) {
    const problem = problemOf({ reason: 'invalid-output', why: 'the answer cannot be a draft' })
    await noteProblem(deps.db, draftId, problem, answer.spentMicroUsd, at)
    return false
  }
  await deps.db.transaction(async (tx) => {
    const spent = { model: answer.model, costMicroUsd: answer.spentMicroUsd, promptHash: promptHash(prompt), at }
    if (!(await countRound(tx, draftId, round, spent))) return
    await answerRequest(tx, draftId, round)
    await keepBody(tx, draftId, { body, contentHash: contentHashOf(body), by: answer.model, at })
  })
  return true
}

function readBody(value: Parameters<typeof draftOf>[0], draft: Draft) {
  try {
    return draftOf(value, draft.evidence, forms[draft.brief.channel])
  } catch {
    return null
  }
}

/** All that an author is told of a draft, as data. */
function requestOf(deps: AgentDeps, brand: Brand, draft: Draft): DraftRequest {
  const { business, links } = brand
  const { segment, sentence, channel, idea } = draft.brief
  return {
    brief: {
      goal: sentence,
      segment: { name: segment.name, ...(segment.description !== undefined && { description: segment.description }) },
      channel,
      ...(idea !== undefined && { idea }),
    },
    business,
    brand: brandFor(brand, channel),
    evidence: draft.evidence,
    at: deps.clock(),
    links: [...links],
  }
}

/** What was wrong with the last body, what a person asked to be changed, and the texts that any earlier one lost to a block. */
async function revisionOf(deps: AgentDeps, draft: Draft, previous: DraftBody): Promise<DraftRequest['revise']> {
  const earlier = await bodiesOf(deps.db, draft.id)
  return {
    previous,
    findings: draft.findings.filter((finding) => finding.verdict !== 'pass'),
    asked: (await requestsOf(deps.db, draft.id)).map(({ words }) => words),
    refused: [...new Set(earlier.flatMap(({ body, findings }) => refusedOf(body, findings ?? [])))],
  }
}
