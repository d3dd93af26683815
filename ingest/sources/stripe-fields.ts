import { z } from 'zod'
import { isCurrency } from '#kernel/money.ts'
import { refuse } from '../cleanse/shape.ts'

/** Seconds since 1970. */
export const moment = z
  .int()
  .nonnegative()
  .transform((seconds) => new Date(seconds * 1000))

/** A related object: its id, or the object itself where it was expanded. */
export const reference = z
  .union([z.string(), z.object({ id: z.string() })])
  .nullish()
  .transform((given) => (typeof given === 'string' ? given : (given?.id ?? null)))

/** ISO 4217 in lower case, as Stripe writes it. */
export const stripeCurrency = z.string().transform((text, context): string => {
  const code = text.toUpperCase()
  return isCurrency(code) ? code : refuse(context, undefined, 'is no currency', 'Look at the object at Stripe: its currency is not in ISO 4217') // prettier-ignore
})

/** An amount in Stripe's smallest unit, and its currency. */
export const money = { amount: z.int(), currency: stripeCurrency }

/**
 * Minor units of ISO 4217 for Stripe's smallest unit. They are the same but for three currencies: Stripe keeps two
 * decimals for ISK and UGX, which have none, and none for MGA, which has two (docs.stripe.com/currencies).
 */
export function isoMinor(amount: number, currency: string): number {
  if (currency === 'ISK' || currency === 'UGX') return Math.round(amount / 100)
  return currency === 'MGA' ? amount * 100 : amount
}
