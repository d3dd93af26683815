import { z } from 'zod'
import type { ChatAnswer, Failed, RedactedRequest, Usage } from '../chat-model.ts'

type JsonSchema = { [key: string]: unknown }

const kept = new Set([
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'anyOf',
  'description',
  'additionalProperties',
])

/**
 * The JSON Schema of a shape, in the subset that strict structured output takes at every vendor: lengths, patterns and
 * formats are left to the zod check afterwards; a constant is an enum of one.
 */
export function strictSchema(schema: z.ZodType): JsonSchema {
  return strict(z.toJSONSchema(schema, { reused: 'inline' })) as JsonSchema
}

function strict(node: unknown, isMap = false): unknown {
  if (Array.isArray(node)) return node.map((item) => strict(item))
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node).map(([key, value]): [string, unknown] =>
    key === 'const' && !isMap ? ['enum', [value]] : [key, value],
  )
  return Object.fromEntries(
    entries
      .filter(([key]) => isMap || kept.has(key))
      .map(([key, value]) => [key, strict(value, !isMap && key === 'properties')]),
  )
}

/** What a repair adds to the conversation: the former answer, and what was wrong with it. */
export const repairWords = (problems: readonly string[]): string =>
  `That answer cannot be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}\nAnswer again, with the whole JSON and nothing else.`

/**
 * Reads an answer. JSON that is cut off or has another shape is `invalid-output` with the text, so that it can be
 * asked for once more; an empty answer has nothing to mend.
 */
export function readAnswer<T>(
  request: RedactedRequest<T>,
  text: string,
  by: { model: string; usage: Usage },
): ChatAnswer<T> {
  const { model, usage } = by
  if (text.trim() === '') return { kind: 'failed', reason: 'invalid-output', why: 'The answer was empty', usage }
  const wrong = (why: string): Failed => ({ kind: 'failed', reason: 'invalid-output', why, usage, output: text })
  let json: unknown
  try {
    json = JSON.parse(withoutFence(text))
  } catch {
    return wrong('The answer is no complete JSON')
  }
  const parsed = request.schema.safeParse(json)
  if (parsed.success) return { kind: 'answer', value: parsed.data, usage, model }
  return wrong(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`).join('\n'))
}

const withoutFence = (text: string): string => /^\s*```(?:json)?\s*\n(.*)\n\s*```\s*$/s.exec(text)?.[1] ?? text
