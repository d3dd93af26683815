import { z } from 'zod'
import { messageOf } from '#kernel/errors.ts'
import type { Failed } from '../chat-model.ts'
import { failedStatus, unreachable } from './structured.ts'

/** What both vendors' SDKs throw for a status that is not 2xx. */
const statusFault = z.object({
  status: z.number(),
  headers: z.instanceof(Headers).optional().catch(undefined),
  error: z
    .object({
      error: z
        .object({
          type: z.string().optional(),
          code: z.string().nullish(),
          message: z.string().optional(),
          failed_generation: z.string().optional(),
        })
        .optional(),
    })
    .optional()
    .catch(undefined),
})

/** The errors of an SDK that mean: no status came back. */
type Connection = { lost: boolean; timedOut: boolean }

/** What an SDK threw, as a reason. What is no failure of the call (a bug) is thrown on, with its cause. */
export function failedCall(vendor: string, fault: unknown, deadline: AbortSignal, connection: Connection): Failed {
  if (deadline.aborted || connection.lost || connection.timedOut) {
    return unreachable(deadline, causeOf(fault), connection.timedOut)
  }
  if (fault instanceof SyntaxError) return { kind: 'failed', reason: 'invalid-output', why: 'The reply is no JSON' }
  const known = statusFault.safeParse(fault)
  if (!known.success) throw new Error(`${vendor} could not be asked`, { cause: fault })
  const { status, headers, error } = known.data
  const { code, type, message, failed_generation: output } = error?.error ?? {}
  // Groq's word for an answer that misses the schema; what was written comes with it.
  if (code === 'json_validate_failed') {
    const why = 'The answer does not match the schema'
    return { kind: 'failed', reason: 'invalid-output', why, ...(output !== undefined && output !== '' && { output }) }
  }
  return failedStatus(status, headers, message ?? type ?? code ?? 'no reason given')
}

const causeOf = (fault: unknown): string =>
  fault instanceof Error && fault.cause instanceof Error ? fault.cause.message : messageOf(fault)
