import { isPossiblePhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { generateRoastery } from '#examples/roastery/generate.ts'
import { goodEvents, goodLines, goodObjects, stripeShapes } from './read-exports.ts'

const exports = generateRoastery({ seed: 1 })
const { truth } = exports
const e164 = (typed: string): string => parsePhoneNumberFromString(typed.replace(/^'/, ''), 'NL')?.number ?? ''
const contacts = goodLines(exports, 'hubspot/contacts.csv')
const orders = goodLines(exports, 'shopify/orders.csv').filter(({ Id }) => Id !== '')
const customers = goodObjects(exports, 'customers', stripeShapes.customers)
const events = goodEvents(exports)

type Shown = { key: string; identifiers: string[] }
const present = (values: readonly (string | null | undefined)[]): string[] =>
  values.filter((value) => value !== undefined && value !== null && value !== '') as string[]
const shown = (
  key: string,
  emails: (string | undefined)[],
  numbers: (string | null | undefined)[],
  user?: string,
): Shown => ({
  key,
  identifiers: [
    ...present(emails).map((email) => `email:${email.toLowerCase()}`),
    ...present(numbers).map((phone) => `phone:${e164(phone)}`),
    ...present([user]).map((id) => `user:${id}`),
  ],
})
const records: Shown[] = [
  ...contacts.map((c) =>
    shown(
      `hubspot:${c['Record ID']}`,
      [c.Email, ...(c['Additional email addresses'] ?? '').split(';')],
      [c['Phone Number'], c['Mobile Phone Number']],
    ),
  ),
  ...customers.map(({ id, email, phone, metadata }) => shown(`stripe:${id}`, [email], [phone], metadata.user_id)),
  ...orders.map((o) => shown(`shopify:${o.Id}`, [o.Email], [o.Phone, o['Billing Phone']])),
  ...events.map(({ anonymousId, email, userId }) => shown(`web:${anonymousId}`, [email], [], userId)),
]
const owner = new Map<string, string>(
  truth.people.flatMap(({ id, records: own }) =>
    Object.entries(own).flatMap(([source, ids]) => ids.map((one) => [`${source}:${one}`, id] as const)),
  ),
)

describe('the people of the sample year', () => {
  it('are 600, and every record of a system belongs to exactly one of them', () => {
    expect(truth.people).toHaveLength(600)
    const claimed = truth.people.flatMap(({ records: own }) =>
      Object.entries(own).flatMap(([source, ids]) => ids.map((id) => `${source}:${id}`)),
    )
    expect(new Set(claimed).size).toBe(claimed.length)
    for (const { key } of records) if (!key.startsWith('web:')) expect(owner.has(key), key).toBe(true)
    expect(truth.files.find(({ path }) => path === 'hubspot/contacts.csv')?.records).toBe(contacts.length)
    expect(truth.files.find(({ path }) => path === 'shopify/orders.csv')?.records).toBe(orders.length)
    expect(truth.files.find(({ path }) => path === 'web/events.jsonl')?.records).toBe(events.length)
  })

  it('have mail addresses no mailbox can exist at', () => {
    const everything = [...exports.files.values()].map((bytes) => new TextDecoder().decode(bytes)).join('\n')
    const addresses = new Set(everything.match(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g))
    expect(addresses.size).toBeGreaterThan(600)
    const open = [...addresses].filter((address) => !/@(?:example\.(?:com|org|net)|[\w-]+\.example)$/.test(address))
    expect(open).toEqual([])
  })

  it('have phone numbers that normalise to the fictional British or the customary Dutch placeholder range', () => {
    const numbers = records.flatMap(({ identifiers }) => identifiers.filter((one) => one.startsWith('phone:')))
    expect(numbers.length).toBeGreaterThan(400)
    expect(numbers.filter((one) => !/^phone:\+(?:316123[45]\d{4}|447700900\d{3})$/.test(one))).toEqual([])
    // The fictional British range is possible and, being fictional, never "valid".
    for (const one of new Set(numbers)) expect(isPossiblePhoneNumber(one.slice(6), 'NL'), one).toBe(true)
  })

  it('share no identifier but those the truth warns of, and those are seen at both', () => {
    const holders = new Map<string, Set<string>>()
    for (const { key, identifiers } of records) {
      for (const one of identifiers) {
        const person = owner.get(key)
        if (person) holders.set(one, (holders.get(one) ?? new Set()).add(person))
      }
    }
    const shared = [...holders]
      .filter(([, people]) => people.size > 1)
      .map(([identifier, people]) => `${identifier} ${[...people].toSorted().join(' ')}`)
    const warned = truth.identity.neverMerge
      .filter(({ why }) => why !== 'same_name')
      .map(
        ({ people, value }) => `${value.startsWith('+') ? 'phone' : 'email'}:${value} ${people.toSorted().join(' ')}`,
      )
    expect(shared.toSorted()).toEqual(warned.toSorted())
    expect(new Set(truth.identity.neverMerge.map(({ why }) => why)).size).toBe(5)
  })

  it('are split exactly where the truth says no identifier joins their records', () => {
    const split = new Set(truth.identity.splitByIdentifiers.map(({ person }) => person))
    const groupsOf = (own: readonly Shown[]): number => {
      const parts: Set<string>[] = []
      for (const { key, identifiers } of own) {
        const words = new Set([key, ...identifiers])
        for (let index = parts.length - 1; index >= 0; index -= 1) {
          const part = parts[index]
          if (part && [...part].some((one) => words.has(one)))
            for (const one of parts.splice(index, 1)[0] ?? []) words.add(one)
        }
        parts.push(words)
      }
      return parts.length
    }
    const perPerson = Map.groupBy(
      records.filter(({ key }) => owner.has(key)),
      ({ key }) => owner.get(key) ?? '',
    )
    for (const [person, own] of perPerson) expect(groupsOf(own) > 1, person).toBe(split.has(person))
  })

  it('come by the channel that the first touch of their identified devices shows', () => {
    const channelOf = ({ utm, referrer }: (typeof events)[number]): string => {
      if (utm?.source === 'google' || utm?.source === 'meta') return utm.source
      if (utm?.medium === 'referral') return 'referral'
      if (referrer === '' || referrer.startsWith('https://alderandash.example')) return 'direct'
      return /google|bing|duckduckgo/.test(referrer) ? 'organic' : 'referral'
    }
    const identified = new Set(events.filter(({ email }) => email !== undefined).map(({ anonymousId }) => anonymousId))
    const byDevice = Map.groupBy(events, ({ anonymousId }) => anonymousId)
    for (const { id, records: own, observedChannel } of truth.people) {
      const first = own.web
        .filter((device) => identified.has(device))
        .flatMap((device) => byDevice.get(device) ?? [])
        .toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))[0]
      expect(first ? channelOf(first) : 'unknown', id).toBe(observedChannel)
    }
    const hidden = truth.people.filter(
      ({ channel, observedChannel }) => observedChannel !== 'unknown' && channel !== observedChannel,
    )
    expect(hidden.length).toBeGreaterThan(3)
  })

  it('are only mailed when they granted it and nobody at their address has withdrawn', () => {
    for (const person of truth.people.filter(({ mayEmail }) => mayEmail)) {
      expect(person.emailConsent).toBe('granted')
      const neighbours = truth.people.filter(({ emails }) => emails[0] === person.emails[0])
      expect(neighbours.some(({ emailConsent }) => emailConsent === 'withdrawn')).toBe(false)
    }
  })
})
