import type { MiddlewareHandler } from 'hono'
import { codeOf, UsageError } from '#kernel/errors.ts'

/** Whether a text can be kept: the database holds no NUL, and no half of a character. */
export const isWhole = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed()

export const notWhole = 'holds a character that no text may have'

/** Whether every text in a value that came as JSON can be kept, the names of its fields too. */
export function holdsWhole(value: unknown): boolean {
  const open = [value]
  while (open.length > 0) {
    const one = open.pop()
    if (typeof one === 'string' && !isWhole(one)) return false
    if (typeof one === 'object' && one !== null) for (const pair of Object.entries(one)) open.push(...pair)
  }
  return true
}

/** Whether the database refused a text, such as one that a document wrote in another way than as it is. */
export const isRefusedText = (fault: unknown): boolean => ['22021', '22P05'].includes(codeOf(fault) ?? '')

/** Refuses an address, with all that it asks, that holds what nothing can be called. */
export const wholeAddresses = (): MiddlewareHandler => async (context, next) => {
  if (context.req.url.includes('%00')) throw new UsageError(`The address ${notWhole}`)
  await next()
}
