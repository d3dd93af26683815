import { z } from 'zod'
import type { Canonical, Profile } from '../canon.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { readShape, requiredText, type Reading } from '../cleanse/shape.ts'
import { cleanText, splitName } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import type { Setting } from '../source.ts'
import { moment } from './stripe-fields.ts'
import { chargeShape, chargeSays, disputeSays, disputeShape, feeOf, balanceShape, refundSays, refundShape } from './stripe-charges.ts' // prettier-ignore
import { invoicePaymentSays, invoicePaymentShape, invoiceSays, invoiceShape } from './stripe-invoices.ts'
import { subscriptionSays, subscriptionShape } from './stripe-subscriptions.ts'

/** What every object of the API has. Deleted ones have no date. */
export const stripeObject = z.object({
  id: requiredText,
  object: requiredText,
  livemode: z.boolean().optional(),
  created: z.int().nonnegative().optional(),
  deleted: z.boolean().optional(),
})

/**
 * What an object says. Types that say nothing of people or money (prices, payouts) are kept as records and say nothing;
 * so are deleted objects: what was known of a customer stays until they are erased.
 */
export function readObject(
  { object: kind, deleted }: z.infer<typeof stripeObject>,
  json: unknown,
  setting: Setting,
): Reading<Canonical[]> {
  if (deleted === true) return { kind: 'read', value: [] }
  switch (kind) {
    case 'customer':
      return said(readShape(customerShape, json), (customer) => customerSays(customer, setting))
    case 'subscription':
      return said(readShape(subscriptionShape, json), subscriptionSays)
    case 'invoice':
      return said(readShape(invoiceShape, json), invoiceSays)
    case 'invoice_payment':
      return said(readShape(invoicePaymentShape, json), invoicePaymentSays)
    case 'charge':
      return said(readShape(chargeShape, json), (charge) => chargeSays(charge, setting))
    case 'refund':
      return said(readShape(refundShape, json), refundSays)
    case 'dispute':
      return said(readShape(disputeShape, json), disputeSays)
    case 'balance_transaction':
      return said(readShape(balanceShape, json), (movement) => feeOf(movement, movement.source))
    case 'event':
      return { kind: 'unreadable', reason: 'The object is a webhook event', fix: 'Export the objects themselves' }
    default:
      return { kind: 'read', value: [] }
  }
}

const said = <T>(read: Reading<T>, say: (value: T) => Canonical[]): Reading<Canonical[]> =>
  read.kind === 'read' ? { kind: 'read', value: say(read.value) } : read

const address = z
  .object({
    line1: z.string().nullish(), line2: z.string().nullish(), city: z.string().nullish(),
    postal_code: z.string().nullish(), country: z.string().nullish(),
  })
  .nullish() // prettier-ignore

const customerShape = z.object({
  id: requiredText,
  created: moment,
  name: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  address,
  metadata: z.record(z.string(), z.string()).nullish(),
  preferred_locales: z.array(z.string()).nullish(),
})

/** `metadata.user_id` is their account in the shop, which web events carry too. */
function customerSays(customer: z.infer<typeof customerShape>, setting: Setting): Canonical[] {
  const country = countryCode(customer.address?.country)
  const email = canonicalEmail(customer.email)
  const phone = canonicalPhone(customer.phone, country ?? setting.country)
  const user = cleanText(customer.metadata?.['user_id'])
  const links: IdentifierRef[] = [
    ...(email === undefined ? [] : [{ kind: 'email', value: email }]),
    ...(phone === undefined ? [] : [{ kind: 'phone', value: phone }]),
    ...(user === undefined ? [] : [{ kind: 'user', value: user }]),
  ]
  const profile: Profile = {
    is: 'profile',
    of: { kind: 'stripe', value: customer.id },
    links,
    ...splitName(customer.name),
    email,
    phone,
    street: cleanText([customer.address?.line1, customer.address?.line2].filter(Boolean).join(', ')),
    city: cleanText(customer.address?.city),
    postcode: cleanText(customer.address?.postal_code),
    country,
    language: customer.preferred_locales?.[0]?.slice(0, 2).toLowerCase(),
    createdAt: customer.created,
    updatedAt: customer.created,
  }
  return [profile]
}
