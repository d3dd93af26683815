import { accountOf, type Life } from './behaviour.ts'
import { dayMs, localMonth, minuteMs, plus, year } from './calendar.ts'
import { campaigns, channels } from './campaigns.ts'
import { products, variantOf, workshops } from './catalogue.ts'
import { emailAt, type Person } from './people.ts'
import { at, hexId, type Random } from './random.ts'
import type { PricedOrder } from './sales.ts'
import { adTouch, directTouch, newsletterTouch, sameSitting, type Touch, touchOf } from './touches.ts'

type Action = {
  type: 'page' | 'identify' | 'signup' | 'add_to_cart' | 'checkout'
  path: string
  properties?: Record<string, string | number | boolean>
}
/** One visit of one device; `personId` is what the generator knows and the web does not. */
export type Visit = {
  at: Date
  anonymousId: string
  personId?: string
  email?: string
  userId?: string
  touch: Touch
  actions: readonly Action[]
}

const posts = [
  '/blog/how-to-brew-filter-at-home',
  '/blog/espresso-dialling-in',
  '/blog/what-fresh-means',
  '/blog/washed-natural-honey',
  '/blog/what-we-pay-for-coffee',
  '/blog/which-subscription',
]
const page = (path: string): Action => ({ type: 'page', path })

/** The address a visit tells us, if it does. */
export const namedEmail = ({ email, actions }: Visit): string | undefined =>
  actions.some(({ type }) => type === 'identify') ? email : undefined

/** Everything a person did on the site, device by device. */
export function visitsOf(life: Life, orders: readonly PricedOrder[], random: Random): Visit[] {
  const { person } = life
  if (person.counter) return []
  const device = () => `anon-${hexId(random, 16)}`
  const [main, second] = [device(), device()]
  const account = accountOf(person)
  const known = { personId: person.id, ...(account ? { userId: account } : {}) }
  const first = touchOf(person.channel, person.campaignId, random)
  const visits: Visit[] = [
    {
      at: person.arrivedAt,
      anonymousId: person.firstDeviceLost ? device() : main,
      personId: person.id,
      touch: first,
      actions: browse(random, random.int(2, 4), person),
    },
  ]
  if (person.firstDeviceLost)
    visits.push(quiet(plus(person.arrivedAt, 2 * minuteMs), main, person, directTouch, random))
  visits.push(...between(person, main, random))
  visits.push({
    at: person.knownFrom,
    anonymousId: main,
    email: emailAt(person, person.knownFrom),
    ...known,
    touch: nextTouch(person),
    actions: firstConversion(life),
  })
  visits.push(...purchases(life, orders, { main, second }, known, random), ...reading(person, main, random))
  return visits.filter((visit) => visit.at < plus(year.end, -10 * minuteMs))
}

/** Who converts within forty minutes of arriving never left. */
const nextTouch = ({ firstDeviceLost, knownFrom, arrivedAt }: Person): Touch =>
  !firstDeviceLost && knownFrom.getTime() - arrivedAt.getTime() < 40 * minuteMs ? sameSitting : directTouch

const quiet = (visitAt: Date, anonymousId: string, person: Person, touch: Touch, random: Random): Visit => ({
  at: visitAt,
  anonymousId,
  personId: person.id,
  touch,
  actions: browse(random, random.int(1, 2)),
})

/** Some come back before they buy, a few of them through another ad: the first touch is not always the last. */
function between(person: Person, device: string, random: Random): Visit[] {
  const gap = person.knownFrom.getTime() - person.arrivedAt.getTime()
  if (gap < dayMs || !random.chance(0.6)) return []
  const running = campaigns.filter(
    ({ id, share, firstDay, lastDay }) =>
      share > 0 && id !== person.campaignId && firstDay < '2025-10-01' && lastDay > '2026-08-01',
  )
  const touch = random.chance(0.4)
    ? adTouch(random.pick(running).id, random)
    : touchOf(random.pick(['organic', 'direct']), undefined, random)
  return [quiet(plus(person.arrivedAt, gap * (0.3 + random.next() * 0.5)), device, person, touch, random)]
}

function browse(random: Random, count: number, person?: Person): Action[] {
  const landingPage =
    person?.kind === 'giveaway'
      ? '/giveaway'
      : person?.kind === 'workshop'
        ? '/workshops'
        : random.pick(['/', '/coffees', '/subscriptions', random.pick(posts)])
  const others = Array.from({ length: count - 1 }, () =>
    page(random.chance(0.3) ? random.pick(posts) : `/products/${random.pick(products).handle}`),
  )
  return [page(landingPage), ...others]
}

function firstConversion({ person, subscriptions, orders, workshops: places }: Life): Action[] {
  const consented = person.emailConsent.status !== 'none'
  const form = subscriptions[0]?.trialEndsAt
    ? 'trial'
    : person.kind === 'giveaway'
      ? 'giveaway'
      : person.kind === 'reader'
        ? 'newsletter'
        : 'account'
  const signup: Action = {
    type: 'signup',
    path: form === 'newsletter' ? '/newsletter' : form === 'giveaway' ? '/giveaway' : '/account',
    properties: {
      form,
      marketingConsent: consented,
      ...(person.emailConsent.textVersion ? { consentTextVersion: person.emailConsent.textVersion } : {}),
    },
  }
  const buysAtOnce = orders.length > 0 || places.length > 0 || (subscriptions.length > 0 && form === 'account')
  const identify: Action = { type: 'identify', path: signup.path }
  return buysAtOnce && !consented ? [identify] : [identify, signup]
}

type Known = { personId: string; userId?: string }

function purchases(
  life: Life,
  orders: readonly PricedOrder[],
  devices: { main: string; second: string },
  known: Known,
  random: Random,
): Visit[] {
  const { person } = life
  const letters = person.emailConsent.status === 'granted'
  const touch = (when: Date): Touch => {
    if (when < plus(person.knownFrom, dayMs)) return nextTouch(person)
    return letters && random.chance(0.3) ? newsletterTouch(localMonth(when)) : directTouch
  }
  const visit = (when: Date, actions: readonly Action[], device = devices.main): Visit => ({
    at: when,
    anonymousId: device,
    email: emailAt(person, when),
    ...known,
    touch: touch(when),
    actions,
  })
  const bought = orders.map(({ order, lines }, nth) => {
    const adds = lines.map(({ sku, quantity }): Action => ({
      type: 'add_to_cart',
      path: `/products/${variantOf(sku).product.handle}`,
      properties: { sku, quantity },
    }))
    const otherDevice = nth > 0 && random.chance(0.2)
    const actions = [
      page('/coffees'),
      ...adds,
      { type: 'checkout' as const, path: '/checkout', properties: { items: lines.length } },
    ]
    return visit(
      plus(order.placedAt, -3 * minuteMs),
      nth === 0 || otherDevice ? [...actions, { type: 'identify' as const, path: '/checkout' }] : actions,
      otherDevice ? devices.second : devices.main,
    )
  })
  const subscribed = life.subscriptions.map(({ sku, startedAt }) =>
    visit(plus(startedAt, -minuteMs), [
      page('/subscriptions'),
      { type: 'checkout', path: '/checkout', properties: { sku } },
      { type: 'identify', path: '/checkout' },
    ]),
  )
  const booked = life.workshops.map(({ sku, bookedAt }) =>
    visit(plus(bookedAt, -minuteMs), [
      page(`/products/${sku}`),
      { type: 'checkout', path: '/checkout', properties: { sku } },
      { type: 'identify', path: '/checkout' },
    ]),
  )
  return [...bought, ...subscribed, ...booked]
}

/** Later visits without a purchase, some from the newsletter. */
function reading(person: Person, device: string, random: Random): Visit[] {
  const count = Math.min(4, Math.floor(random.wait(1.3)))
  return Array.from({ length: count }, () => {
    const when = plus(person.knownFrom, random.int(2, 120) * dayMs + random.int(0, 600) * minuteMs)
    const touch =
      person.emailConsent.status === 'granted' && random.chance(0.5) ? newsletterTouch(localMonth(when)) : directTouch
    return quiet(when, device, person, touch, random)
  })
}

/** Visitors who never say who they are: most people an ad brings. */
export function passersBy(count: number, random: Random): Visit[] {
  const weights = [...campaigns.map(({ id, dailyMinor }) => [id, dailyMinor] as const), ['', 3200] as const]
  return Array.from({ length: count }, () => {
    const campaignId = random.weighted(weights)
    const ad = campaigns.find(({ id }) => id === campaignId)
    const [from, to] = [
      Date.parse(`${ad?.firstDay ?? year.firstDay}T06:00:00Z`),
      Date.parse(`${ad?.lastDay ?? year.lastDay}T19:00:00Z`),
    ]
    const when = plus(new Date(from), random.next() * (to - from))
    const touch = ad ? adTouch(ad.id, random) : touchOf(random.pick(channels.slice(2)), undefined, random)
    const path =
      campaignId.endsWith('103') && ad?.platform === 'meta'
        ? '/giveaway'
        : random.pick(['/', '/coffees', '/subscriptions', at(posts, 0), `/products/${workshops[0].handle}`])
    const more = random.chance(0.35) ? [page(random.pick(posts))] : []
    return { at: when, anonymousId: `anon-${hexId(random, 16)}`, touch, actions: [page(path), ...more] }
  })
}
