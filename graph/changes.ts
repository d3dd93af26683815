import { goldenValues } from '#ingest/identity/people.ts'
import type { Survivorship } from '#ingest/identity/survivorship.ts'
import type { Change, EdgeKind, GraphEdge, NodeKind, NodeRef, Properties, Provenance } from './port.ts'

// One function a kind: what a canonical row says, as a node and the edges it owns. Who is who is what we know today, so
// people, identifiers and products hold at any time; what happened holds from when it did.

type ProfileRow = Parameters<typeof goldenValues>[0][number]
type Origin = { key: string; recordId: string | null; runId: string | null }

const ref = (kind: NodeKind, id: string): NodeRef => ({ kind, id })

/** Leaves out what is not known. */
function given(values: Record<string, string | number | boolean | null | undefined>): Properties {
  const known: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== undefined) known[name] = value
  return known
}

function provenance(row: Origin, validFrom: Date | null = null, validTo: Date | null = null): Provenance {
  return { recordId: row.recordId, runId: row.runId, validFrom, validTo }
}

const edge = (
  from: NodeRef,
  kind: EdgeKind,
  to: NodeRef,
  held: Provenance,
  properties: Properties = {},
): GraphEdge => ({
  from,
  kind,
  to,
  properties,
  ...held,
})

export type PersonRow = {
  key: string
  identifiers: number
  visitor: boolean
  profiles: (Omit<ProfileRow, 'createdAt' | 'updatedAt'> & { createdAt: string | null; updatedAt: string })[]
}

/** The golden values of all profiles by the live rules of survivorship, as on the customer's page. */
export function personChange(row: PersonRow, rules: Survivorship): Change {
  const profiles = row.profiles.map((profile): ProfileRow => ({
    ...profile,
    createdAt: profile.createdAt === null ? null : new Date(profile.createdAt),
    updatedAt: new Date(profile.updatedAt),
  }))
  const golden = Object.fromEntries(
    Object.entries(goldenValues(profiles, rules)).map(([field, { value }]) => [field, value]),
  )
  const name = [golden['givenName'], golden['familyName']].filter(Boolean).join(' ')
  const held = provenance({ key: row.key, recordId: null, runId: null })
  const properties = given({ ...golden, visitor: row.visitor })
  return {
    node: { ...ref('person', row.key), label: name || (row.visitor ? 'Visitor' : 'Unnamed'), properties, ...held },
    edges: [],
  }
}

export type IdentifierRow = Origin & { kind: string; value: string; personId: string | null }

export function identifierChange(row: IdentifierRow): Change {
  const node = { ...ref('identifier', row.key), label: row.value, properties: { type: row.kind }, ...provenance(row) }
  if (row.personId === null) return { node, edges: [] }
  return { node, edges: [edge(ref('person', row.personId), 'known-as', ref('identifier', row.key), provenance(row))] }
}

export type OrderRow = Origin & {
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
  const held = provenance(row, row.orderedAt)
  const order = ref('order', row.key)
  const { source, kind, status, currency, grossMinor, spentMinor } = row
  return {
    node: {
      ...order,
      label: row.externalId,
      properties: { source, type: kind, status, currency, grossMinor, spentMinor },
      ...held,
    },
    edges: [
      edge(ref('identifier', row.identifierId), 'placed', order, held),
      ...row.lines.map(({ sku, quantity, amountMinor }) =>
        edge(order, 'contains', ref('product', sku), held, { quantity, amountMinor }),
      ),
    ],
  }
}

export type EventRow = Origin & {
  source: string
  kind: string
  identifierId: string
  occurredAt: Date
  channel: string | null
  campaignRef: string | null
  properties: Record<string, unknown>
}

/** Kinds of events that say a subscription runs, or no longer does. */
const subscriptionWords: Readonly<Record<string, 'on' | 'off'>> = {
  'subscription-started': 'on',
  'subscription-canceled': 'off',
}

export function eventChange(row: EventRow): Change {
  const held = provenance(row, row.occurredAt)
  const event = ref('event', row.key)
  const word = (name: string): string | null => {
    const value = row.properties[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const sku = word('sku')
  const delivery = word('deliveryId')
  return {
    node: {
      ...event,
      label: row.kind,
      properties: given({
        event: row.kind,
        source: row.source,
        channel: row.channel,
        path: row.kind === 'page' ? word('path') : null,
        subscription: subscriptionWords[row.kind],
      }),
      ...held,
    },
    edges: [
      edge(ref('identifier', row.identifierId), 'did', event, held),
      ...(sku === null ? [] : [edge(event, 'about', ref('product', sku), held)]),
      ...(delivery === null ? [] : [edge(event, 'of', ref('message', delivery), held)]),
      ...(row.campaignRef === null ? [] : [edge(event, 'part-of', ref('campaign', row.campaignRef), held)]),
    ],
  }
}

export type ConsentRow = Origin & {
  channel: string
  state: string
  basis: string
  identifierId: string
  occurredAt: Date
}

export function consentChange(row: ConsentRow): Change {
  const held = provenance(row, row.occurredAt)
  const consent = ref('consent', row.key)
  const { channel, state, basis } = row
  return {
    node: { ...consent, label: `${channel} ${state}`, properties: { channel, state, basis }, ...held },
    edges: [edge(ref('identifier', row.identifierId), 'consented', consent, held)],
  }
}

export type ProductRow = Origin & {
  title: string | null
  type: string | null
  priceMinor: number | null
  currency: string | null
  url: string | null
  tags: string[] | null
  chunks: string[]
}

export function productChange(row: ProductRow): Change {
  const held = provenance(row)
  const product = ref('product', row.key)
  const { type, priceMinor, currency, url } = row
  return {
    node: { ...product, label: row.title ?? row.key, properties: given({ type, priceMinor, currency, url }), ...held },
    edges: [
      ...(row.tags ?? []).map((tag) => edge(product, 'tagged', ref('topic', tag), held)),
      ...row.chunks.map((chunk) => edge(product, 'described-by', ref('chunk', chunk), held)),
    ],
  }
}

export type DocumentRow = Origin & {
  title: string
  uri: string
  language: string
  validFrom: Date
  validTo: Date | null
}

export function documentChange(row: DocumentRow): Change {
  const { uri, language } = row
  const held = provenance(row, row.validFrom, row.validTo)
  return { node: { ...ref('document', row.key), label: row.title, properties: { uri, language }, ...held }, edges: [] }
}

export type ChunkRow = Origin & {
  heading: string
  ordinal: number
  documentId: string
  validFrom: Date
  validTo: Date | null
}

export function chunkChange(row: ChunkRow): Change {
  const held = provenance(row, row.validFrom, row.validTo)
  const chunk = ref('chunk', row.key)
  return {
    node: { ...chunk, label: row.heading, properties: { ordinal: row.ordinal }, ...held },
    edges: [edge(ref('document', row.documentId), 'has', chunk, held)],
  }
}

export type FactRow = Origin & {
  subject: string
  predicate: string
  statement: string
  documentId: string | null
  validFrom: Date
  validTo: Date | null
}

/** A subject `product:SKU` is that product; any other is a topic of its own. */
export function factChange(row: FactRow): Change {
  const held = provenance(row, row.validFrom, row.validTo)
  const fact = ref('fact', row.key)
  const sku = /^product:(.+)$/.exec(row.subject)?.[1]
  const subject = sku === undefined ? ref('topic', row.subject) : ref('product', sku)
  return {
    node: { ...fact, label: row.statement, properties: { subject: row.subject, predicate: row.predicate }, ...held },
    edges: [
      edge(fact, 'about', subject, held),
      ...(row.documentId === null ? [] : [edge(ref('document', row.documentId), 'states', fact, held)]),
    ],
  }
}

export type CampaignRow = Origin & { name: string | null; channel: string | null; found: true | null }

export function campaignChange(row: CampaignRow): Change {
  const properties = given({ channel: row.channel })
  return {
    node: { ...ref('campaign', row.key), label: row.name ?? row.key, properties, ...provenance(row) },
    edges: [],
  }
}
