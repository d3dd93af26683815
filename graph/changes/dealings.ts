import type { Change, NodeRef, Properties } from '../port.ts'
import { byTheHouse, edge, given, held, nodeOf, ref, type Origin } from './said.ts'

// What happened holds from when it did, and is known since the first version of its record came.

type Heard = Origin & { recordedAt: Date | null }

export type OrderRow = Heard & {
  source: string
  externalId: string
  kind: string
  status: string
  currency: string
  grossMinor: number
  spentMinor: number
  orderedAt: Date
  identifierId: string
  lines: { sku: string; quantity: number; amountMinor: number }[]
}

export function orderChange(row: OrderRow): Change {
  const since = held(row, { validFrom: row.orderedAt, recordedAt: row.recordedAt })
  const order = ref('order', row.key)
  const { source, kind, status, currency, grossMinor, spentMinor } = row
  return {
    node: nodeOf(order, row.externalId, { source, type: kind, status, currency, grossMinor, spentMinor }, since),
    edges: [
      edge(ref('identifier', row.identifierId), 'placed', order, since),
      ...row.lines.map(({ sku, quantity, amountMinor }) =>
        edge(order, 'contains', ref('product', sku), since, { quantity, amountMinor }),
      ),
    ],
  }
}

export type EventRow = Heard & {
  source: string
  kind: string
  identifierId: string
  occurredAt: Date
  channel: string | null
  campaignRef: string | null
  properties: Record<string, unknown>
}

const most = { id: 500, properties: 20, name: 40, text: 200 }

/** Kinds of events that speak of a subscription, and what each says of it. */
const subscriptionWords: Readonly<Record<string, { status: string; runs: boolean }>> = {
  'trial-started': { status: 'trial', runs: true },
  'trial-ended': { status: 'ended', runs: false },
  'subscription-started': { status: 'active', runs: true },
  'subscription-canceled': { status: 'canceled', runs: false },
}

/** A trial is no subscription yet, and its end says nothing of one. */
const paidWords: Readonly<Record<string, 'on' | 'off'>> = {
  'subscription-started': 'on',
  'subscription-canceled': 'off',
}

/** A name as an event gives it. Visitors may write anything into one: what is longer than a name can be is none. */
const wordIn = (properties: Record<string, unknown>, name: string): string | null => {
  const value = properties[name]
  return typeof value === 'string' && value !== '' && value.length <= most.id ? value : null
}

export function eventChange(row: EventRow): Change {
  const since = held(row, { validFrom: row.occurredAt, recordedAt: row.recordedAt })
  const event = ref('event', row.key)
  const word = (name: string): string | null => wordIn(row.properties, name)
  const [sku, delivery, subscription] = [word('sku'), word('deliveryId'), word('subscription')]
  const campaign = wordIn({ campaign: row.campaignRef }, 'campaign')
  const isOfSubscription = subscription !== null && /^(subscription|trial)-/.test(row.kind)
  const own = given({
    event: row.kind,
    source: row.source,
    channel: row.channel,
    path: row.kind === 'page' ? word('path') : null,
    subscription: paidWords[row.kind],
  })
  return {
    node: nodeOf(event, row.kind, { ...plainOf(row.properties), ...own }, since),
    edges: [
      edge(ref('identifier', row.identifierId), 'did', event, since),
      ...(sku === null ? [] : [edge(event, 'about', ref('product', sku), since)]),
      ...(delivery === null ? [] : [edge(event, 'of', ref('message', delivery), since)]),
      ...(isOfSubscription ? [edge(event, 'of', ref('subscription', `${row.source}:${subscription}`), since)] : []),
      ...(campaign === null ? [] : [edge(event, 'part-of', ref('campaign', campaign), since)]),
    ],
  }
}

/** Names that mean something of their own on an event. */
const reserved = new Set(['event', 'source', 'channel', 'path', 'subscription'])

/** The short flat values of an event, for rules to ask about; whatever else it says is in its record. */
function plainOf(properties: Record<string, unknown>): Properties {
  const plain = Object.entries(properties).filter(
    (entry): entry is [string, string | number | boolean] =>
      entry[0] !== '' && entry[0].length <= most.name && !reserved.has(entry[0]) && isPlain(entry[1]),
  )
  return Object.fromEntries(plain.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, most.properties))
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length <= most.text) ||
  (typeof value === 'number' && (Number.isSafeInteger(value) || !Number.isInteger(value)))

export type ConsentRow = Heard & {
  channel: string
  state: string
  basis: string
  identifierId: string
  occurredAt: Date
}

export function consentChange(row: ConsentRow): Change {
  const since = held(row, { validFrom: row.occurredAt, recordedAt: row.recordedAt })
  const consent = ref('consent', row.key)
  const { channel, state, basis } = row
  return {
    node: nodeOf(consent, `${channel} ${state}`, { channel, state, basis }, since),
    edges: [edge(ref('identifier', row.identifierId), 'consented', consent, since)],
  }
}

export type SubscriptionRow = {
  key: string
  /** The oldest first; times as JSON writes them. */
  words: {
    kind: string
    identifierId: string
    occurredAt: string
    recordedAt: string
    properties: Record<string, unknown>
    recordId: string | null
    runId: string | null
  }[]
}

/** A subscription holds from the first word on it until the last one ends it; that one also says its plan and price. */
export function subscriptionChange({ key, words }: SubscriptionRow): Change {
  const known = words.filter(({ kind }) => kind in subscriptionWords)
  const [first, last] = [words[0]!, known.at(-1) ?? words.at(-1)!]
  const { status, runs } = subscriptionWords[last.kind] ?? { status: 'unknown', runs: true }
  const during = held(last, {
    validFrom: new Date(first.occurredAt),
    validTo: runs ? null : new Date(last.occurredAt),
    recordedAt: new Date(words.map(({ recordedAt }) => recordedAt).reduce(earlier)),
    endRecordedAt: runs ? null : new Date(last.recordedAt),
  })
  const subscription = ref('subscription', key)
  const { amountMinor, currency, interval, quantity } = plainOf(last.properties)
  const plan = wordIn(last.properties, 'price')
  const product = wordIn(last.properties, 'sku') ?? plan
  const holders = [...new Set(words.map(({ identifierId }) => identifierId))]
  return {
    node: nodeOf(subscription, plan ?? key, given({ status, plan, amountMinor, currency, interval }), during),
    edges: [
      ...holders.map((id) => edge(ref('identifier', id), 'holds', subscription, during)),
      ...(product === null
        ? []
        : [edge(subscription, 'contains', ref('product', product), during, given({ quantity }))]),
    ],
  }
}

const earlier = (a: string, b: string): string => (Date.parse(a) <= Date.parse(b) ? a : b)

export type MessageRow = Heard & {
  campaign: string | null
  step: string | null
  channel: string | null
  last: string
  sentAt: Date
}

/** A message is part of a step, or, where its events name none, of the campaign itself. */
export function messageChange(row: MessageRow): Change {
  const { campaign, step, channel, last } = row
  const since = held(row, { validFrom: row.sentAt, recordedAt: row.recordedAt })
  const message = ref('message', row.key)
  const whole = campaign === null ? null : stepOf(campaign, step)
  const label = [campaign, step].filter(Boolean).join(' · ') || row.key
  return {
    node: nodeOf(message, label, given({ channel, last }), since),
    edges: whole === null ? [] : [edge(message, 'part-of', whole, since)],
  }
}

/** The step by its name among those of all campaigns, as `queries/canonical-dealings.ts` has it. */
function stepOf(campaign: string, step: string | null): NodeRef | null {
  const id = `${campaign}/${step ?? ''}`
  if (step !== null && id.length <= most.id) return ref('step', id)
  return campaign.length <= most.id ? ref('campaign', campaign) : null
}

export type StepRow = { key: string; campaign: string; step: string }

export function stepChange({ key, campaign, step }: StepRow): Change {
  const always = held(byTheHouse)
  return {
    node: nodeOf(ref('step', key), step, {}, always),
    edges: [edge(ref('step', key), 'part-of', ref('campaign', campaign), always)],
  }
}

export type CampaignRow = Origin & { name: string | null; channel: string | null }

export const campaignChange = (row: CampaignRow): Change => ({
  node: nodeOf(ref('campaign', row.key), row.name ?? row.key, given({ channel: row.channel }), held(row)),
  edges: [],
})
