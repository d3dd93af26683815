import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { DraftId } from '#kernel/ids.ts'
import type { Brand } from '../brand.ts'
import type { ChatAnswer, ChatRequest } from '../chat-model.ts'
import type { ComposedBody } from '../draft.ts'
import type { Embedder } from '../embedder.ts'
import type { Prompt } from '../prompts/live-prompt.ts'
import type { RelatedChunks } from '../retrieve.ts'
import type { Verdict } from './state.ts'

/** Asks a model through the router. `subject` is what the cost is counted to, `round` 0 for a first draft. */
export type CallModel = (
  request: ChatRequest<ComposedBody>,
  about: { subject: string; round: number; audience: number },
) => Promise<ChatAnswer<ComposedBody> & { spentMicroUsd: number }>

export type AgentDeps = {
  db: Db
  clock: Clock
  /** How the business speaks now. */
  brand: () => Promise<Brand>
  embedder: Embedder
  /** Models whose vectors answer until the embedder has embedded everything. */
  earlierEmbedders?: readonly Embedder[]
  callModel: CallModel
  /** What authors are told: the live version, or a candidate that is evaluated. */
  prompt: () => Promise<Prompt>
  /** By the graph as this agent sees it (`scopes.ts`). */
  relatedChunks?: RelatedChunks
  /** Told of the last word on a draft in the transaction that records it: whoever counts, counts once. */
  onDecision?: (tx: Tx, word: Verdict & { draftId: DraftId; at: Date }) => Promise<void>
  /** How many people a segment's rule selects now. */
  audienceOf: (rule: unknown) => Promise<number>
  /** How long one answer may take, all attempts together, in milliseconds. */
  answerTimeoutMs?: number
}
