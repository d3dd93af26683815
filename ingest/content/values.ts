import { z } from 'zod'
import { isCurrency } from '#kernel/money.ts'
import { weekdays } from './dates.ts'

const money = z.strictObject({
  amountMinor: z.int().nonnegative(),
  currency: z.string().refine(isCurrency, 'is no currency of ISO 4217'),
})
const day = z.iso.date()
const hours = z.strictObject({ from: z.string().max(5), to: z.string().max(5) })
const words = z.string().trim().min(1).max(10_000)
const count = z.int().nonnegative()
const items = z.array(words).min(1).max(100)
const units = ['hours', 'days', 'weeks', 'months', 'years', 'workingHours', 'workingDays', 'workingWeeks', 'workingMonths', 'workingYears'] as const // prettier-ignore

const policy = z.strictObject({
  text: words,
  kind: z.enum(['returns', 'refunds', 'withdrawal', 'warranty', 'cancellation', 'shipping']).optional(),
  atLeast: count.optional(),
  ...Object.fromEntries(units.map((unit) => [unit, count.optional()])),
})
const discount = z
  .strictObject({
    percent: z.number().min(0).max(100).optional(),
    off: money.optional(),
    code: z.string().max(20).optional(),
    orderFrom: money.optional(),
  })
  .refine(({ percent, off }) => (percent === undefined) !== (off === undefined), 'names either percent or off')

/** The shape of a value by the subject and predicate it stands under; the first that fits speaks. */
const families: readonly { subject?: RegExp; predicate?: RegExp; shape: z.ZodType }[] = [
  { subject: /^policy:/, shape: policy },
  { subject: /^discount:/, shape: discount },
  { predicate: /^(?:price|free-from)(?:-[a-z]{3})?$/, shape: money },
  { predicate: /^(?:stock|places-left)$/, shape: count },
  { predicate: /^available$/, shape: z.boolean() },
  { predicate: /^opening-hours$/, shape: z.partialRecord(z.enum(weekdays), z.union([hours, z.array(hours).min(2), z.null()])) },
  { predicate: /^starts-at$/, shape: z.strictObject({ date: day, from: z.string().nullable(), to: z.string().nullable() }) },
  { predicate: /^(?:ingredients|allergens|traces)$/, shape: items },
  { predicate: /^(?:description|time|address|phone|email)(?:-[\w-]+)?$/, shape: words },
] // prettier-ignore

/** Anything short: what a predicate without a family may hold. */
const plain = z.union([words, z.number(), z.boolean(), z.null(), items])

/** Why a value is none of its family (`"currency" is no currency`); null when it is one. */
export function objectionToValue(fact: { subject: string; predicate: string; value: unknown }): string | null {
  const family = families.find(
    ({ subject, predicate }) => (subject?.test(fact.subject) ?? true) && (predicate?.test(fact.predicate) ?? true),
  )
  const parsed = (family?.shape ?? plain).safeParse(fact.value)
  if (parsed.success) return null
  const issue = parsed.error.issues[0]!
  const where = issue.path.length === 0 ? 'The value' : `"${issue.path.join('.')}" of the value`
  return `${where} of ${fact.predicate} is not of its kind: ${issue.message}`
}
