import type { ChatAnswer, ChatModel, RedactedRequest } from '../chat-model.ts'
import { assertRedacted } from '../redact/redact.ts'
import { compose } from './offline/compose.ts'

/**
 * The composer that needs no key, no network and no luck: it writes drafts from their evidence by rules, the same
 * draft for the same request, and says by its name that no model was asked. It serves drafts only.
 */
export function offlineModel(): ChatModel {
  return {
    id: 'offline',
    vendor: 'offline',
    contextTokens: Number.MAX_SAFE_INTEGER,
    thinkingTokens: 0,
    priceMicroUsdPerMTok: { input: 0, output: 0 },
    complete: (request) => {
      assertRedacted(request)
      return Promise.resolve(answer(request))
    },
  }
}

function answer<T>(request: RedactedRequest<T>): ChatAnswer<T> {
  if (request.deadline.aborted) return { kind: 'failed', reason: 'timeout', why: 'The time for an answer is over' }
  if (!request.draft) return { kind: 'failed', reason: 'refused', why: 'The offline composer writes drafts only: set up a model for this' } // prettier-ignore
  const composed = compose(request.draft)
  if (composed.kind === 'nothing-to-say') return { kind: 'failed', reason: 'refused', why: composed.why }
  const value = request.schema.safeParse(composed.body)
  if (!value.success) {
    return {
      kind: 'failed',
      reason: 'invalid-output',
      why: 'The offline composer writes the body of a draft only: set up a model for this',
    }
  }
  return { kind: 'answer', value: value.data, usage: { inputTokens: 0, outputTokens: 0, costMicroUsd: 0 }, model: 'offline' } // prettier-ignore
}
