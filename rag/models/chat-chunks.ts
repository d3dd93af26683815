import { z } from 'zod'
import type { RedactedRequest } from '../chat-model.ts'
import { hearText, type Heard, type Tokens } from './heard.ts'
import { repairWords } from './structured.ts'

const usageSchema = z.object({
  prompt_tokens: z.number().default(0),
  completion_tokens: z.number().default(0),
  prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
})
const saidSchema = z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish()

/** A piece of a chat completion, or all of it: OpenAI's protocol, which Groq and many servers speak. */
const chunkSchema = z.object({
  model: z.string().nullish(),
  choices: z.array(z.object({ finish_reason: z.string().nullish(), delta: saidSchema, message: saidSchema })).nullish(),
  usage: usageSchema.nullish(),
  x_groq: z.object({ usage: usageSchema.nullish() }).nullish(),
})

/** Takes in the next piece. Usage comes last, and whole each time. Throws SyntaxError where it is no such piece. */
export function hearChunk(heard: Heard, chunk: unknown, request: RedactedRequest<unknown>): void {
  const read = chunkSchema.safeParse(chunk)
  if (!read.success) throw new SyntaxError('The reply is no chat completion')
  const { model, choices, usage, x_groq: groq } = read.data
  if (model) heard.model = model
  const choice = choices?.[0]
  const said = choice?.delta ?? choice?.message
  hearText(heard, request, said?.content ?? '')
  heard.refusal += said?.refusal ?? ''
  if (choice?.finish_reason === 'content_filter') heard.refusal ||= 'its content filter'
  if (choice?.finish_reason) heard.end = endOf(choice.finish_reason, heard.refusal)
  const told = usage ?? groq?.usage
  if (!told) return
  heard.tokens = tokensOf(told)
  heard.counted = true
}

function endOf(finish: string, refusal: string): Heard['end'] {
  if (refusal !== '') return 'refused'
  return finish === 'length' ? 'cut' : 'done'
}

/** `prompt_tokens` holds what the cache served. Nothing is charged for what it stores. */
function tokensOf({ prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details }: z.infer<typeof usageSchema>): Tokens {
  const cacheRead = Math.min(details?.cached_tokens ?? 0, input)
  return { input: input - cacheRead, output, cacheRead, cacheWrite: 0 }
} // prettier-ignore

/**
 * Whether a server says that it does not stream an answer of a set shape, as Groq's documentation does of its own: it
 * is then asked for the whole, from then on.
 */
export const cannotStream = (status: number, detail: string): boolean =>
  (status === 400 || status === 422) && /\bstream/i.test(detail)

type Message = { role: 'system' | 'user' | 'assistant'; content: string }

/** A request as the turns of a chat; `more` is said at the end of the system part. What stays the same comes first: these vendors' caches keep a common beginning by themselves. */
export function chatMessages<T>(request: RedactedRequest<T>, more = ''): Message[] {
  const { system, prompt, revision, repair } = request
  const asked: Message[] = [
    { role: 'system', content: system + more },
    { role: 'user', content: [prompt, revision].filter((part) => part !== undefined).join('\n\n') },
  ]
  if (!repair) return asked
  return [
    ...asked,
    { role: 'assistant', content: repair.output },
    { role: 'user', content: repairWords(repair.problems) },
  ]
}
