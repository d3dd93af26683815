import { z } from 'zod'
import { exponentOf, isCurrency, parseAmount } from '#kernel/money.ts'
import { readDay, readInstant, type InstantFormat } from './instant.ts'

/** What was read, or why not and what to do. */
export type Reading<T> = { kind: 'read'; value: T } | { kind: 'unreadable'; reason: string; fix: string }

/** Reads a row by its shape. The reason names the column and never repeats its content, which may be about a person. */
export function readShape<T>(shape: z.ZodType<T>, row: unknown): Reading<T> {
  const parsed = shape.safeParse(row, { reportInput: true })
  if (parsed.success) return { kind: 'read', value: parsed.data }
  const issue = parsed.error.issues[0]!
  const fix: unknown = issue.code === 'custom' ? issue.params?.['fix'] : undefined
  const where = issue.path.length === 0 ? 'The row' : `"${issue.path.join('.')}"`
  return {
    kind: 'unreadable',
    reason: `${where} ${wordsOf(issue)}`,
    fix: typeof fix === 'string' ? fix : 'Correct it at its source and export again',
  }
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return issue.message
  if (issue.code === 'invalid_type')
    return issue.input === undefined ? 'is missing' : `is not of type ${issue.expected}`
  return `is not understood (${issue.message})`
}

/** Adds a problem of a column to a reading under way. */
export function refuse(context: z.RefinementCtx, column: string | undefined, message: string, fix?: string): never {
  const path = column === undefined ? [] : [column]
  context.addIssue({ code: 'custom', message, path, ...(fix === undefined ? {} : { params: { fix } }) })
  return z.NEVER
}

/** A cell that must say something. */
export const requiredText = z.string().transform((text, context) => {
  const trimmed = text.trim()
  return trimmed === '' ? refuse(context, undefined, 'is missing', 'Give the row its value, or leave the row out') : trimmed // prettier-ignore
})

/** A cell that may be empty. */
export const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === '' ? undefined : text.trim()))

/** A moment in one of the formats; without an offset, in the zone. */
export const instant = (zone: string, formats: readonly InstantFormat[]) =>
  z.string().transform((text, context): Date => {
    if (text.trim() === '') return refuse(context, undefined, 'is missing', 'Give the row its date')
    return (
      readInstant(text, formats, zone) ??
      refuse(context, undefined, 'is no date', `Write it as ${formats.join(' or ')}`)
    )
  })

export const optionalInstant = (zone: string, formats: readonly InstantFormat[]) =>
  z.string().optional().transform((text, context): Date | undefined => {
    if (text === undefined || text.trim() === '') return undefined
    return readInstant(text, formats, zone) ?? refuse(context, undefined, 'is no date', `Write it as ${formats.join(' or ')}`)
  }) // prettier-ignore

export const day = (formats: readonly InstantFormat[] = ['iso']) =>
  z.string().transform((text, context): string =>
    readDay(text, formats) ?? refuse(context, undefined, 'is no date', `Write it as ${formats.join(' or ')}`),
  ) // prettier-ignore

const currencyFix = 'Use a code of ISO 4217, such as EUR'

/** A currency of ISO 4217, in any case. */
export const currency = z.string().transform((text, context): string => {
  const code = text.trim().toUpperCase()
  return isCurrency(code) ? code : refuse(context, undefined, 'is no currency', currencyFix)
})

/** Minor units of an amount; the problem is told of its column. An empty cell is the fallback, where there is one. */
export function amountIn(
  context: z.RefinementCtx,
  column: string,
  text: string | undefined,
  code: string,
  fallback?: number,
): number {
  const trimmed = (text ?? '').trim()
  if (trimmed === '' && fallback !== undefined) return fallback
  const money = parseAmount(trimmed, code)
  if (money) return money.amountMinor
  return refuse(context, column, 'is no amount', `Write a number with at most ${exponentOf(code)} decimals`)
}

/** A whole number that may have commas or points between thousands; undefined for an empty cell or `--`. */
export const optionalCount = z.string().optional().transform((text, context): number | undefined => {
  const digits = (text ?? '').replaceAll(/[\s.,']/g, '')
  if (digits === '' || digits === '--') return undefined
  return /^\d{1,15}$/.test(digits) ? Number(digits) : refuse(context, undefined, 'is no whole number')
}) // prettier-ignore
