import { z } from 'zod'
import type { ChatModel, ChatRequest } from '#rag/chat-model.ts'
import { callModel, type CallAbout, type CallDeps } from '#rag/router/call-model.ts'
import { firstPolicy } from '#rag/router/policy.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'

/** An address that no vendor may read. */
export const secret = 'anna@example.com'
export const schema = z.object({ text: z.string() })

export const request = (prompt = `Write to ${secret}`, more: Partial<ChatRequest<{ text: string }>> = {}): ChatRequest<{ text: string }> => ({
  purpose: 'judge', system: 'Judge.', prompt, schema, maxTokens: 1000, deadline: new AbortController().signal, evidence: [], ...more,
}) // prettier-ignore

export const plenty = { perDay: 5_000_000, perSubject: 5_000_000, perCampaign: 5_000_000, perCall: 5_000_000 }

/** What a call of a model in this house needs, with these models. */
export const calling =
  (db: Db, clock: Clock) =>
  (models: ChatModel[], more: Partial<CallDeps> = {}): CallDeps => ({
  db, clock, models, policy: firstPolicy, budget: plenty, zone: 'UTC', allowed: {}, pause: () => Promise.resolve(), ...more,
}) // prettier-ignore

export const ask = (given: CallDeps, about: CallAbout = {}) => callModel(given, request(), { names: [], ...about })
