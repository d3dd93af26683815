import {
  type BadReason,
  type Entry,
  type ExportFile,
  good,
  repeatSome,
  scatter,
  stripeListFile,
} from './export-file.ts'
import { at, type Random } from './random.ts'
import type { Shelf } from './stripe-shelf.ts'
import type { StripeObject } from './stripe-objects.ts'

const far = Date.UTC(2031, 0, 1) / 1000

/** The seven list files, newest first; some objects out of order, some said twice, some bad. */
export function stripeFiles(shelf: Shelf, random: Random): ExportFile[] {
  const bad = badObjects(shelf)
  const repeats: Partial<Record<keyof Shelf, number>> = {
    customers: 2,
    subscriptions: 1,
    invoices: 4,
    charges: 5,
    refunds: 1,
    balance_transactions: 4,
  }
  return (Object.keys(shelf) as (keyof Shelf)[]).map((type) => {
    const newestFirst = shelf[type].toSorted((a, b) => b.created - a.created || (a.id < b.id ? -1 : 1))
    const entries = disorder(newestFirst, random.fork(`order ${type}`)).map((object) => good(object, object.id))
    const mixed = repeatSome(entries, repeats[type] ?? 0, random.fork(`repeat ${type}`))
    return stripeListFile(
      `stripe/${type}.json`,
      `/v1/${type}`,
      scatter(mixed, bad[type] ?? [], random.fork(`bad ${type}`)),
    )
  })
}

/** Moves about one object in a hundred to where it does not belong. */
function disorder(objects: readonly StripeObject[], random: Random): StripeObject[] {
  const moved = [...objects]
  for (let count = Math.floor(objects.length / 100); count > 0; count -= 1) {
    const [object] = moved.splice(random.int(0, moved.length - 1), 1)
    if (object) moved.splice(random.int(0, moved.length), 0, object)
  }
  return moved
}

/** Bad objects are whole otherwise and belong to nobody's truth: no total counts them. */
function badObjects(shelf: Shelf): Partial<Record<keyof Shelf, Entry<object>[]>> {
  const spoil = (type: keyof Shelf, reason: BadReason, change: Record<string, unknown>): Entry<object> => {
    const [model, id] = [oldest(shelf[type]), `${at(at(shelf[type], 0).id.split('_'), 0)}_bad_${reason}`]
    const { id: _dropped, ...rest } = model
    return reason === 'missing_id'
      ? { bad: reason, content: { ...rest, ...change } }
      : { bad: reason, id, content: { ...rest, id, ...change } }
  }
  const stranger = {
    customer: null,
    invoice: null,
    payment_intent: null,
    balance_transaction: null,
    description: 'Spoilt on purpose',
    receipt_email: null,
  }
  return {
    customers: [spoil('customers', 'missing_id', { email: 'nobody.customer@example.org', phone: null, metadata: {} })],
    subscriptions: [spoil('subscriptions', 'missing_id', {})],
    invoices: [
      spoil('invoices', 'unknown_currency', { currency: 'zzz', charge: null, payment_intent: null }),
      spoil('invoices', 'future_date', { created: far, charge: null, payment_intent: null }),
    ],
    charges: [
      spoil('charges', 'unknown_currency', { ...stranger, currency: 'zzz' }),
      spoil('charges', 'future_date', { ...stranger, created: far }),
      spoil('charges', 'missing_id', stranger),
      spoil('charges', 'broken_number', { ...stranger, amount: '24.0O', amount_captured: '24.0O' }),
      spoil('charges', 'test_mode', { ...stranger, livemode: false }),
    ],
    refunds: [spoil('refunds', 'broken_number', { amount: null })],
    balance_transactions: [spoil('balance_transactions', 'broken_number', { amount: '1e', source: null })],
  }
}

function oldest(objects: readonly StripeObject[]): StripeObject {
  const model = objects.toSorted((a, b) => a.created - b.created)[0]
  if (!model) throw new Error('the year has no object of some Stripe type: raise the numbers of the plan')
  return model
}
