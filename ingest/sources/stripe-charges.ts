import { z } from 'zod'
import type { Adjustment, Canonical } from '../canon.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { requiredText } from '../cleanse/shape.ts'
import { cleanText, splitName } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import type { Setting } from '../source.ts'
import { isoMinor, moment, money, reference } from './stripe-fields.ts'

/** A movement of the account's balance; the fee it cost is in the currency of the account. */
export const balanceShape = z.object({
  id: requiredText, ...money, created: moment, fee: z.int(), source: reference,
}) // prettier-ignore

/** The fee of a charge, or of a dispute or refund, which lead to their charge. A reversal gives a fee back. */
export function feeOf(movement: z.infer<typeof balanceShape>, of: string | null): Adjustment[] {
  if (movement.fee === 0 || of === null) return []
  return [
    {
      is: 'adjustment', kind: 'fee', externalId: movement.id, orderExternalId: of, occurredAt: movement.created,
      status: 'settled', currency: movement.currency, amountMinor: isoMinor(movement.fee, movement.currency), revision: 0,
    },
  ] // prettier-ignore
}

export const refundShape = z.object({
  id: requiredText, ...money, amount: z.int().nonnegative(), created: moment, charge: reference,
  status: z.string().nullish(),
}) // prettier-ignore

/** A refund that is under way may still fail; one that succeeded may, rarely, come back. */
const refundStates: Record<string, { status: Adjustment['status']; revision: number }> = {
  pending: { status: 'pending', revision: 0 },
  requires_action: { status: 'pending', revision: 0 },
  succeeded: { status: 'settled', revision: 1 },
  failed: { status: 'void', revision: 2 },
  canceled: { status: 'void', revision: 2 },
}

export function refundSays(refund: z.infer<typeof refundShape>): Canonical[] {
  const state = refundStates[refund.status ?? 'succeeded'] ?? { status: 'pending', revision: 0 }
  return adjustment('refund', refund, state)
}

export const disputeShape = z.object({
  id: requiredText, ...money, amount: z.int().nonnegative(), created: moment, charge: reference, status: requiredText,
  balance_transactions: z.array(balanceShape).nullish(),
}) // prettier-ignore

/** Lost is lost; won, or an inquiry that was closed, takes nothing; anything else is open. */
const disputeStates: Record<string, { status: Adjustment['status']; revision: number }> = {
  warning_needs_response: { status: 'void', revision: 0 },
  warning_under_review: { status: 'void', revision: 1 },
  warning_closed: { status: 'void', revision: 4 },
  needs_response: { status: 'pending', revision: 2 },
  under_review: { status: 'pending', revision: 3 },
  won: { status: 'void', revision: 4 },
  prevented: { status: 'void', revision: 4 },
  lost: { status: 'settled', revision: 4 },
}

export function disputeSays(dispute: z.infer<typeof disputeShape>): Canonical[] {
  const state = disputeStates[dispute.status] ?? { status: 'pending', revision: 2 }
  const fees = (dispute.balance_transactions ?? []).flatMap((movement) => feeOf(movement, dispute.charge))
  return [...adjustment('dispute', dispute, state), ...fees]
}

type Taken = { id: string; amount: number; currency: string; created: Date; charge: string | null }

function adjustment(
  kind: 'refund' | 'dispute',
  taken: Taken,
  state: Pick<Adjustment, 'status' | 'revision'>,
): Adjustment[] {
  if (taken.charge === null) return []
  const { id, currency, created, charge } = taken
  return [{ is: 'adjustment', kind, externalId: id, orderExternalId: charge, occurredAt: created, currency, amountMinor: isoMinor(taken.amount, currency), ...state }] // prettier-ignore
}

export const chargeShape = z.object({
  id: requiredText,
  ...money,
  amount: z.int().nonnegative(),
  amount_captured: z.int().nonnegative().nullish(),
  amount_refunded: z.int().nonnegative().nullish(),
  created: moment,
  captured: z.boolean().nullish(),
  disputed: z.boolean().nullish(),
  status: requiredText,
  customer: reference,
  invoice: reference,
  payment_intent: reference,
  description: z.string().nullish(),
  receipt_email: z.string().nullish(),
  billing_details: z
    .object({
      email: z.string().nullish(), name: z.string().nullish(), phone: z.string().nullish(),
      address: z.object({ country: z.string().nullish(), city: z.string().nullish(), postal_code: z.string().nullish(), line1: z.string().nullish() }).nullish(),
    })
    .nullish(), // prettier-ignore
  balance_transaction: z.union([z.string(), balanceShape]).nullish(),
  refunds: z.object({ data: z.array(refundShape) }).nullish(),
})
type Charge = z.infer<typeof chargeShape>

/**
 * A charge that took money is an order; its tax and lines come from its invoice. One that failed is an event. One that
 * is under way, or was only authorised, says nothing yet.
 */
export function chargeSays(charge: Charge, setting: Setting): Canonical[] {
  const payer = payerOf(charge, setting)
  if (charge.status === 'failed') return [...payer.profile, failure(charge, payer.by)]
  const taken = charge.amount_captured ?? (charge.captured === false ? 0 : charge.amount)
  if (charge.status !== 'succeeded' || taken === 0) return []
  const { id, currency, created } = charge
  const order: Canonical = {
    is: 'order', kind: 'payment', by: payer.by, externalId: id, orderedAt: created, status: 'paid', currency,
    grossMinor: isoMinor(taken, currency), taxMinor: 0, discountMinor: 0, shippingMinor: 0,
    lines: [{ sku: null, title: cleanText(charge.description) ?? 'Payment', quantity: 1, amountMinor: isoMinor(taken, currency) }],
    refs: [id, ...[charge.payment_intent, charge.invoice].filter((ref) => ref !== null)],
    // Refunds and disputes come later: the object that knows more of them is the newer.
    revision: (charge.amount_refunded ?? 0) * 2 + (charge.disputed === true ? 1 : 0),
  } // prettier-ignore
  const movement = typeof charge.balance_transaction === 'object' ? charge.balance_transaction : null
  const refunds = (charge.refunds?.data ?? []).flatMap((refund) => refundSays({ ...refund, charge: refund.charge ?? id })) // prettier-ignore
  return [...payer.profile, order, ...(movement ? feeOf(movement, id) : []), ...refunds]
}

const failure = (charge: Charge, by: IdentifierRef): Canonical => ({
  is: 'event',
  kind: 'payment-failed',
  externalId: charge.id,
  by,
  occurredAt: charge.created,
  properties: { amountMinor: isoMinor(charge.amount, charge.currency), currency: charge.currency },
})

/** The customer; a guest is known by the address of the payment, or by nothing but the payment. */
function payerOf(charge: Charge, setting: Setting): { by: IdentifierRef; profile: Canonical[] } {
  if (charge.customer !== null) return { by: { kind: 'stripe', value: charge.customer }, profile: [] }
  const details = charge.billing_details
  const country = countryCode(details?.address?.country)
  const email = canonicalEmail(details?.email ?? charge.receipt_email)
  const phone = canonicalPhone(details?.phone, country ?? setting.country)
  const by = { kind: 'stripe', value: `guest:${email ?? charge.id}` }
  const links = [...(email ? [{ kind: 'email', value: email }] : []), ...(phone ? [{ kind: 'phone', value: phone }] : [])] // prettier-ignore
  const profile: Canonical = {
    is: 'profile', of: by, links, ...splitName(details?.name), email, phone, street: cleanText(details?.address?.line1),
    city: cleanText(details?.address?.city), postcode: cleanText(details?.address?.postal_code), country,
    createdAt: charge.created, updatedAt: charge.created,
  } // prettier-ignore
  return { by, profile: [profile] }
}
