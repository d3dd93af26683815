import { z } from 'zod'
import type { Happening } from '../canon.ts'
import { instant, readShape, requiredText, type Reading } from '../cleanse/shape.ts'
import { phoneOfWhatsAppId } from '../cleanse/whatsapp-id.ts'
import { rejected } from '../reading/csv-table.ts'
import { jsonEntries } from '../reading/json-rows.ts'
import type { Item, Place, Setting, Source, SourceInput } from '../source.ts'

/**
 * What the WhatsApp Cloud API tells by webhook: each message that came in, and each step of one that went out. A webhook
 * may tell of several: each becomes a record of its own, a webhook of one, and is known by the message and its step, so
 * that what is told twice is the same. What a message says stays in its sealed record; its event has ids and types only.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
 */
export function whatsappEvents(): Source {
  return { name: 'whatsapp', endings: ['.json', '.jsonl', '.ndjson'], read: readWebhooks }
}

async function* readWebhooks(input: SourceInput, _setting: Setting): AsyncGenerator<Item> {
  for await (const found of jsonEntries(input, 'webhook')) {
    if (found.is !== 'json') {
      yield found
      continue
    }
    const read = readShape(webhookShape, found.value)
    if (read.kind === 'unreadable') yield rejected('webhook', found.raw, found.place, read)
    else for (const part of partsOf(read.value)) yield itemOf(part, found.place)
  }
}

const someObject = z.record(z.string(), z.unknown())
const change = z.looseObject({ field: requiredText, value: someObject })
const webhookShape = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(z.looseObject({ id: requiredText, changes: z.array(change) })).min(1),
})
type Webhook = z.infer<typeof webhookShape>
type Entry = Webhook['entry'][number]
type Part = { kind: 'message' | 'status' | 'notice'; told: unknown; webhook: Webhook }

/** The webhook as webhooks of one message, one status, or one notice about the account each. */
function partsOf({ object, entry }: Webhook): Part[] {
  return entry.flatMap((one) =>
    one.changes.flatMap(({ field, value, ...rest }): Part[] => {
      const alone = (own: Record<string, unknown>): Webhook => ({ object, entry: [entryOf(one, { ...rest, field, value: own })] }) // prettier-ignore
      const { messages, statuses, contacts, ...about } = value
      const listed = [
        ...listOf(messages).map((told): Part => ({ kind: 'message', told, webhook: alone({ ...about, ...contactOf(contacts, told), messages: [told] }) })), // prettier-ignore
        ...listOf(statuses).map((told): Part => ({ kind: 'status', told, webhook: alone({ ...about, statuses: [told] }) })), // prettier-ignore
      ]
      return listed.length > 0 ? listed : [{ kind: 'notice', told: value, webhook: alone(value) }]
    }),
  )
}

const entryOf = ({ changes: _all, ...entry }: Entry, own: Entry['changes'][number]): Entry => ({ ...entry, changes: [own] }) // prettier-ignore

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Of those who wrote, the one who wrote this. */
function contactOf(contacts: unknown, told: unknown): { contacts?: unknown[] } {
  const from = someObject.safeParse(told).data?.['from']
  const own = listOf(contacts).filter((contact) => someObject.safeParse(contact).data?.['wa_id'] === from)
  return own.length === 0 ? {} : { contacts: own }
}

function itemOf({ kind, told, webhook }: Part, place: Place): Item {
  const raw = Buffer.from(JSON.stringify(webhook))
  // About the account and its templates: kept, and no event of anybody.
  if (kind === 'notice') return { is: 'row', kind, externalId: { unnamedIn: 'notice' }, raw, place, canon: [] }
  const read = kind === 'message' ? readMessage(told) : readStatus(told)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  const { externalId, ...event } = read.value
  const number = someObject.safeParse(webhook.entry[0]?.changes[0]?.value['metadata']).data?.['phone_number_id']
  const properties = { channel: 'whatsapp', ...event.properties, ...(typeof number === 'string' ? { ownNumberId: number } : {}) } // prettier-ignore
  return { is: 'row', kind, externalId, raw, place, canon: [{ is: 'event', externalId, ...event, properties }] }
}

const phone = z.string().transform((text, context): string => {
  const number = phoneOfWhatsAppId(text)
  if (number !== undefined) return number
  context.addIssue({ code: 'custom', message: 'is no phone number', params: { fix: 'It was not sent by a number: look at the record' } }) // prettier-ignore
  return z.NEVER
})
const moment = instant('utc', ['unix'])

const messageShape = z.looseObject({
  id: requiredText,
  from: phone,
  timestamp: moment,
  type: requiredText,
  context: z.looseObject({ id: z.string().optional() }).optional(),
})

type Told = Omit<Happening, 'is'> & { externalId: string }

function readMessage(told: unknown): Reading<Told> {
  const read = readShape(messageShape, told)
  if (read.kind === 'unreadable') return read
  const { id, from, timestamp, type, context } = read.value
  const answers = context?.id === undefined ? {} : { answerTo: context.id }
  const properties = { messageId: id, type, ...answers }
  return { kind: 'read', value: { kind: 'message_received', externalId: id, by: { kind: 'phone', value: from }, occurredAt: timestamp, properties } } // prettier-ignore
}

const statusShape = z.looseObject({
  id: requiredText,
  status: z.enum(['sent', 'delivered', 'read', 'played', 'failed', 'deleted', 'warning']),
  timestamp: moment,
  recipient_id: phone,
  pricing: z.looseObject({ category: z.string().optional(), billable: z.boolean().optional() }).optional(),
  errors: z.array(z.looseObject({ code: z.number().optional() })).optional(),
})

function readStatus(told: unknown): Reading<Told> {
  const read = readShape(statusShape, told)
  if (read.kind === 'unreadable') return read
  const { id, status, timestamp, recipient_id: to, pricing, errors } = read.value
  const codes = (errors ?? []).flatMap(({ code }) => code ?? [])
  const properties = {
    messageId: id,
    ...(codes.length === 0 ? {} : { errorCodes: codes }),
    ...(pricing?.category === undefined ? {} : { category: pricing.category }),
    ...(pricing?.billable === undefined ? {} : { billable: pricing.billable }),
  }
  return { kind: 'read', value: { kind: `message_${status}`, externalId: `${id}:${status}`, by: { kind: 'phone', value: to }, occurredAt: timestamp, properties } } // prettier-ignore
}
