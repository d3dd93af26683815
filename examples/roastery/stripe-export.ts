import type { Aftermaths } from './aftermath.ts'
import { appear } from './appearance.ts'
import { accountOf, type Cycle, type Life, type Subscription, type WorkshopPlace } from './behaviour.ts'
import { lineName, variantOf, workshops } from './catalogue.ts'
import type { Export, SourceRecord } from './export-file.ts'
import { type Random, vendorId } from './random.ts'
import { cycleKey, cycleMinor, methodOf, type Payment, placeKey, placeMinor } from './sales.ts'
import { includedTax, taxRate } from './shop.ts'
import { stripeFiles } from './stripe-files.ts'
import { customerObject, priceId, subscriptionObject } from './stripe-objects.ts'
import { type Known, type Shelf, writeCharge, type Writing } from './stripe-shelf.ts'
import { type InvoiceParts, invoiceObject } from './stripe-invoices.ts'

export function exportStripe(
  lives: readonly Life[],
  payments: readonly Payment[],
  aftermaths: Aftermaths,
  shared: Random,
  random: Random,
): Export {
  const shelf: Shelf = {
    customers: [],
    subscriptions: [],
    invoices: [],
    charges: [],
    refunds: [],
    disputes: [],
    balance_transactions: [],
  }
  const records: SourceRecord[] = []
  const byKey = new Map(payments.map((payment) => [payment.key, payment]))
  for (const life of lives) {
    writeLife({ shelf, records, payments: byKey, aftermaths, shared, random: random.fork(life.person.id) }, life)
  }
  return { files: stripeFiles(shelf, random.fork('mess')), records }
}

function writeLife(to: Writing, life: Life): void {
  let account: Known | undefined
  for (const [nth, subscription] of life.subscriptions.entries()) {
    // Somebody who comes back often starts over instead of finding the old login.
    if (account === undefined || to.random.chance(0.6))
      account = openCustomer(to, life, subscription.startedAt, accountOf(life.person))
    writeSubscription(to, account, subscription, nth)
  }
  for (const [nth, place] of life.workshops.entries()) {
    writePlace(to, openCustomer(to, life, place.bookedAt, undefined), place, nth)
  }
}

function openCustomer(to: Writing, { person, currency }: Life, at: Date, userId: string | undefined): Known {
  const seen = appear(person, at, 0.5, to.random)
  const customer = vendorId(to.random, 'cus_', 14)
  to.shelf.customers.push(customerObject(customer, person, seen, at, currency, userId))
  const identifiers = { ...(seen.phoneNumber ? { phone: seen.phoneNumber } : {}), ...(userId ? { userId } : {}) }
  to.records.push({ source: 'stripe', id: customer, personId: person.id, emails: [seen.email], ...identifiers })
  return { customer, person, seen, currency }
}

function writeSubscription(to: Writing, known: Known, plan: Subscription, nth: number): void {
  const id = vendorId(to.random, 'sub_1', 23)
  const trialInvoice = plan.trialEndsAt ? writeTrial(to, known, plan, plan.trialEndsAt, id) : undefined
  const invoices = plan.cycles.map((cycle) =>
    writeCycle(to, known, plan, cycle, cycleKey(known.person, nth, cycle.number), id),
  )
  const latest = invoices.at(-1) ?? trialInvoice ?? ''
  to.shelf.subscriptions.push(subscriptionObject(id, known.customer, plan, known.currency, latest))
}

const planLabel = (plan: Subscription): string => {
  const { product, variant } = variantOf(plan.sku)
  return lineName(product, variant)
}

/** The trial's own invoice: paid, and worth nothing. */
function writeTrial(to: Writing, known: Known, plan: Subscription, trialEndsAt: Date, subscription: string): string {
  return writeInvoice(to, known, {
    subscription,
    charge: null,
    paymentIntent: null,
    reason: 'subscription_create',
    status: 'paid',
    label: `Trial period for ${planLabel(plan)}`,
    price: priceId(plan.sku, known.currency),
    totalMinor: 0,
    taxMinor: 0,
    taxPercent: taxRate(known.person.country, 'food'),
    at: plan.startedAt,
    until: trialEndsAt,
    paidAt: plan.startedAt,
    attempts: 0,
  })
}

function writeCycle(
  to: Writing,
  known: Known,
  plan: Subscription,
  cycle: Cycle,
  key: string,
  subscription: string,
): string {
  const totalMinor = cycleMinor(plan, known.currency)
  const percent = taxRate(known.person.country, 'food')
  const paymentIntent = vendorId(to.random, 'pi_3', 23)
  const tries = cycle.attempts.map((attempt) => ({ ...attempt, charge: vendorId(to.random, 'ch_3', 23) }))
  const paid = tries.find(({ succeeds }) => succeeds)
  const waiting = plan.status === 'past_due' ? 'open' : 'uncollectible'
  const invoice = writeInvoice(to, known, {
    subscription,
    charge: tries.at(-1)?.charge ?? null,
    paymentIntent,
    reason: cycle.number === 1 && !plan.trialEndsAt ? 'subscription_create' : 'subscription_cycle',
    status: paid ? 'paid' : waiting,
    label: `1 × ${planLabel(plan)}`,
    price: priceId(plan.sku, known.currency),
    totalMinor,
    taxMinor: includedTax(totalMinor, percent),
    taxPercent: percent,
    at: cycle.at,
    until: cycle.until,
    paidAt: paid?.at ?? null,
    attempts: tries.length,
  })
  const method = methodOf(known.person, false, to.shared)
  for (const { at, succeeds, charge: id } of tries) {
    const charge = {
      id,
      paymentIntent,
      customer: known.customer,
      invoice,
      description: 'Subscription update',
      amountMinor: totalMinor,
      currency: known.currency,
      at,
      succeeds,
      method,
    }
    writeCharge(to, known, charge, succeeds ? key : undefined)
  }
  return invoice
}

function writePlace(to: Writing, known: Known, place: WorkshopPlace, nth: number): void {
  const totalMinor = placeMinor(place, known.currency)
  const percent = taxRate('NL', workshops[0].taxClass)
  const paymentIntent = vendorId(to.random, 'pi_3', 23)
  const id = vendorId(to.random, 'ch_3', 23)
  const invoice = writeInvoice(to, known, {
    subscription: null,
    charge: id,
    paymentIntent,
    reason: 'manual',
    status: 'paid',
    label: `Workshop place: ${place.title}`,
    price: null,
    totalMinor,
    taxMinor: includedTax(totalMinor, percent),
    taxPercent: percent,
    at: place.bookedAt,
    until: place.bookedAt,
    paidAt: place.bookedAt,
    attempts: 1,
  })
  const method = methodOf(known.person, true, to.shared)
  const charge = {
    id,
    paymentIntent,
    customer: known.customer,
    invoice,
    description: `Workshop: ${place.title}`,
    amountMinor: totalMinor,
    currency: known.currency,
    at: place.bookedAt,
    succeeds: true,
    method,
  }
  writeCharge(to, known, charge, placeKey(known.person, nth))
}

function writeInvoice(
  to: Writing,
  known: Known,
  parts: Omit<InvoiceParts, 'id' | 'number' | 'customer' | 'currency'>,
): string {
  const id = vendorId(to.random, 'in_1', 23)
  const number = `${known.customer.slice(-8).toUpperCase()}-${String(to.shelf.invoices.length + 1).padStart(4, '0')}`
  const whole = { ...parts, id, number, customer: known.customer, currency: known.currency }
  to.shelf.invoices.push(invoiceObject(whole, known.person, known.seen))
  return id
}
