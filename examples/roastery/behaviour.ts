import { dayMs, monthsAfter, plus, year } from './calendar.ts'
import type { Channel } from './campaigns.ts'
import { gear, subscriptions, workshops } from './catalogue.ts'
import { coffees } from './coffees.ts'
import type { Person } from './people.ts'
import { at, type Random } from './random.ts'
import type { Country, Currency } from './shop.ts'

/** One billing period: what was tried, and whether it was paid. */
export type Cycle = { number: number; at: Date; until: Date; attempts: readonly { at: Date; succeeds: boolean }[] }

export type Subscription = {
  sku: string
  startedAt: Date
  trialEndsAt?: Date
  cycles: readonly Cycle[]
  status: 'trialing' | 'active' | 'past_due' | 'canceled'
  endedAt?: Date
  endedBecause?: 'cancellation_requested' | 'payment_failed'
}

export type Order = {
  placedAt: Date
  lines: readonly { sku: string; quantity: number }[]
  discount?: { code: 'WELCOME10' | 'FRIEND5' }
  state: 'paid' | 'pending' | 'voided'
  source: 'web' | 'pos'
}

export type WorkshopPlace = { title: string; sku: string; bookedAt: Date }

/** What one person did in the year, before it is written down by any system. */
export type Life = {
  person: Person
  currency: Currency
  subscriptions: readonly Subscription[]
  orders: readonly Order[]
  workshops: readonly WorkshopPlace[]
}

const currencyOf = (country: Country): Currency => (country === 'GB' ? 'GBP' : country === 'JP' ? 'JPY' : 'EUR')

/** Monthly chance that a subscriber leaves, and chance that a buyer does not come back. */
const leaves: Record<Channel, { subscriber: number; buyer: number }> = {
  google: { subscriber: 0.05, buyer: 0.2 },
  meta: { subscriber: 0.13, buyer: 0.42 },
  organic: { subscriber: 0.045, buyer: 0.18 },
  referral: { subscriber: 0.035, buyer: 0.14 },
  direct: { subscriber: 0.05, buyer: 0.2 },
}

export function liveYear(person: Person, random: Random): Life {
  const { kind, knownFrom } = person
  const life = { person, currency: currencyOf(person.country), subscriptions: [], orders: [], workshops: [] }
  if (kind === 'trial') return { ...life, subscriptions: [unpaidTrial(knownFrom, random)] }
  if (kind === 'subscriber') return { ...life, ...subscriberYear(person, random) }
  if (kind === 'buyer') return { ...life, orders: orders(person, knownFrom, random) }
  if (kind === 'both') {
    const start = plus(knownFrom, random.int(20, 50) * dayMs)
    return {
      ...life,
      orders: orders(person, knownFrom, random),
      subscriptions: start < year.end ? [subscribe(person, start, random)] : [],
    }
  }
  if (kind === 'workshop') {
    const later = plus(knownFrom, random.int(8, 40) * dayMs)
    const buysBeans = person.country === 'NL' && random.chance(0.4) && later < year.end
    return { ...life, workshops: [place(knownFrom, random)], orders: buysBeans ? orders(person, later, random) : [] }
  }
  return life
}

function subscriberYear(person: Person, random: Random): Pick<Life, 'subscriptions' | 'workshops'> {
  const first = subscribe(person, person.knownFrom, random)
  const again =
    first.endedAt && first.endedBecause && random.chance(0.12)
      ? plus(first.endedAt, random.int(30, 70) * dayMs)
      : undefined
  const atWorkshop = plus(person.knownFrom, random.int(15, 120) * dayMs)
  return {
    subscriptions: again && again < year.end ? [first, subscribe(person, again, random, 'returning')] : [first],
    workshops:
      person.country === 'NL' && !person.plainlyWritten && random.chance(0.09) && atWorkshop < year.end
        ? [place(atWorkshop, random)]
        : [],
  }
}

const place = (bookedAt: Date, random: Random): WorkshopPlace => {
  const workshop = random.weighted(workshops.map((one, index) => [one, at([5, 3, 3], index)]))
  return { title: workshop.title, sku: workshop.handle, bookedAt }
}

function subscribe(person: Person, startedAt: Date, random: Random, returning?: 'returning'): Subscription {
  const monthly = subscriptions.map(({ variants }) => at(variants, 0).sku)
  const yearly = !returning && random.chance(0.06)
  const sku = yearly ? 'SUB-EXP-Y' : random.weighted(monthly.map((one, index) => [one, at([0.36, 0.42, 0.22], index)]))
  const hasTrial = sku === 'SUB-EXP-M' && !returning
  const trialEndsAt = hasTrial ? plus(startedAt, 14 * dayMs) : undefined
  return bill({ sku, startedAt, ...(trialEndsAt ? { trialEndsAt } : {}) }, leaves[person.channel].subscriber, random)
}

/** Bills until the person leaves, a card fails for good, or the year ends. */
function bill(
  plan: { sku: string; startedAt: Date; trialEndsAt?: Date },
  leaving: number,
  random: Random,
): Subscription {
  const first = plan.trialEndsAt ?? plan.startedAt
  if (first >= year.end) return { ...plan, cycles: [], status: 'trialing' }
  const step = plan.sku.endsWith('-Y') ? 12 : 1
  const cycles: Cycle[] = []
  for (let number = 1; ; number += 1) {
    const dueAt = monthsAfter(first, (number - 1) * step)
    if (dueAt >= year.end) return { ...plan, cycles, status: 'active' }
    const cycle = {
      number,
      at: dueAt,
      until: monthsAfter(first, number * step),
      attempts: attempts(dueAt, number, random),
    }
    cycles.push(cycle)
    const last = at(cycle.attempts, cycle.attempts.length - 1)
    if (!last.succeeds && cycle.attempts.length < 3) return { ...plan, cycles, status: 'past_due' }
    if (!last.succeeds) return { ...plan, cycles, status: 'canceled', endedAt: last.at, endedBecause: 'payment_failed' }
    const asksAt = plus(dueAt, random.int(3, 26) * dayMs)
    if (random.chance(leaving) && asksAt < year.end)
      return { ...plan, cycles, status: 'canceled', endedAt: asksAt, endedBecause: 'cancellation_requested' }
  }
}

/** A renewal that fails is tried again after three and eight days; most then succeed. */
function attempts(dueAt: Date, number: number, random: Random): { at: Date; succeeds: boolean }[] {
  const firstFails = number > 1 && random.chance(0.06)
  if (!firstFails) return [{ at: dueAt, succeeds: true }]
  const tries = [{ at: dueAt, succeeds: false }]
  for (const days of [3, 8]) {
    const again = plus(dueAt, days * dayMs)
    if (again >= year.end) return tries
    const succeeds = random.chance(0.72)
    tries.push({ at: again, succeeds })
    if (succeeds) return tries
  }
  return tries
}

/** Half of those who never pay leave in time; the others' card is refused when the trial ends. */
function unpaidTrial(startedAt: Date, random: Random): Subscription {
  const trialEndsAt = plus(startedAt, 14 * dayMs)
  const trial = { sku: 'SUB-EXP-M', startedAt, trialEndsAt }
  if (trialEndsAt >= year.end) return { ...trial, cycles: [], status: 'trialing' }
  if (random.chance(0.6)) {
    const endedAt = plus(startedAt, random.int(2, 13) * dayMs)
    return { ...trial, cycles: [], status: 'canceled', endedAt, endedBecause: 'cancellation_requested' }
  }
  const cycle = {
    number: 1,
    at: trialEndsAt,
    until: monthsAfter(trialEndsAt, 1),
    attempts: [{ at: trialEndsAt, succeeds: false }],
  }
  return { ...trial, cycles: [cycle], status: 'canceled', endedAt: trialEndsAt, endedBecause: 'payment_failed' }
}

function orders(person: Person, firstAt: Date, random: Random): Order[] {
  const favourites = random.sample(coffees, 4)
  const rhythm = random.int(17, 42)
  const placed: Order[] = []
  for (
    let placedAt = firstAt;
    placedAt < year.end;
    placedAt = plus(placedAt, (rhythm * 0.6 + random.wait(rhythm * 0.4)) * dayMs)
  ) {
    const isFirst = placed.length === 0
    const discount = discountFor(person, isFirst, random)
    placed.push({
      placedAt,
      lines: basket(person, favourites, random),
      ...(discount ? { discount } : {}),
      state: isFirst
        ? 'paid'
        : random.weighted([
            ['paid', 0.965],
            ['pending', 0.013],
            ['voided', 0.022],
          ]),
      source: person.counter ? 'pos' : 'web',
    })
    if (person.oneOrderOnly || random.chance(leaves[person.channel].buyer)) break
  }
  return placed
}

function discountFor(person: Person, isFirst: boolean, random: Random): Order['discount'] {
  if (!isFirst || person.counter || person.country === 'JP') return undefined
  if (person.channel === 'referral' && random.chance(0.7)) return { code: 'FRIEND5' }
  return person.emailConsent.status !== 'none' && random.chance(0.35) ? { code: 'WELCOME10' } : undefined
}

function basket(person: Person, favourites: readonly (typeof coffees)[number][], random: Random): Order['lines'] {
  const lines = random
    .sample(
      favourites,
      random.weighted([
        [1, 0.36],
        [2, 0.44],
        [3, 0.2],
      ]),
    )
    .map(({ variants }) => ({
      sku: at(variants, variants.length > 1 && random.chance(0.24) ? 1 : 0).sku,
      quantity: random.weighted([
        [1, 0.66],
        [2, 0.3],
        [3, 0.04],
      ]),
    }))
  const addsGear = person.country === 'NL' && random.chance(0.14)
  const item = random.weighted(gear.map((one, index) => [one, at([3, 7, 1.2, 1.2, 3], index)]))
  return addsGear ? [...lines, { sku: at(item.variants, 0).sku, quantity: 1 }] : lines
}

/** The shop account of people who subscribed or tried to; orders and workshops are made as a guest. */
export const accountOf = ({ id, kind }: Person): string | undefined =>
  kind === 'subscriber' || kind === 'both' || kind === 'trial' ? `acct_2025${id.slice(-3)}` : undefined
