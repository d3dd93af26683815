import { z } from 'zod'

const shape = z.looseObject({
  error: z.looseObject({
    message: z.string().default(''),
    code: z.number(),
    error_subcode: z.number().optional(),
    error_user_msg: z.string().optional(),
    error_data: z.looseObject({ details: z.string().optional() }).or(z.string()).optional(),
  }),
})

export type Refusal = { code: number; subcode: number | null; message: string; told: string | null }

/** The error in an answer of Meta's Graph API; null where it holds none. `told` is what Meta would have a person read. */
export function refusalOf(json: unknown): Refusal | null {
  const read = shape.safeParse(json)
  if (!read.success) return null
  const { code, error_subcode: subcode = null, message, error_user_msg: user, error_data: data } = read.data.error
  const details = typeof data === 'object' ? data.details : undefined
  return { code, subcode, message, told: user ?? details ?? null }
}
