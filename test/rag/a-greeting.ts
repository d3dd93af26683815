import { z } from 'zod'
import type { ChatRequest, RedactedRequest } from '#rag/chat-model.ts'
import { redactRequest } from '#rag/redact/redact.ts'

// What every model is asked in these tests, and a good answer.

export const greeting = z.object({ words: z.string().min(3), warmth: z.number().min(0).max(1) })
export type Greeting = z.infer<typeof greeting>
export const good = JSON.stringify({ words: 'Good morning', warmth: 0.8 })

export const plain: ChatRequest<Greeting> = {
  purpose: 'greet',
  system: 'You greet people.',
  prompt: 'Greet [NAME_1] with words and warmth.',
  schema: greeting,
  maxTokens: 200,
  deadline: new AbortController().signal,
  evidence: [],
}
export const asked = (): RedactedRequest<Greeting> => redactRequest(plain, []).request
