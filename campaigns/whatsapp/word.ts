import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { phoneOfWhatsAppId } from '#ingest/cleanse/whatsapp-id.ts'
import { recordConsents, suppress } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { recordOnce } from '../delivery/ledger-events.ts'
import { house } from '../delivery/outbox.ts'
import { applyProviderEvent } from '../heard/provider-events.ts'
import { selectByProviderId, selectLastOf, type LedgerRow } from '../queries/ledger-rows.ts'
import { updateLimit } from '../queries/whatsapp-numbers.ts'
import { asksToStop } from '../heard/stop-words.ts'
import { categories } from './meta.ts'
import { limitOf } from './ramp.ts'
import { statusShape, takeStatus } from './statuses.ts'
import { noteTemplate } from './templates.ts'

const changeShape = z.object({ field: z.string(), value: z.looseObject({}) })
const webhookShape = z.object({
  entry: z.array(z.object({ id: z.string(), changes: z.array(z.unknown()) })),
})

type Value = Record<string, unknown>
/** What was told: of which account, and to whom to turn with a STOP of somebody whom nobody can find. */
type About = { account: string; lost: Lost }
type Take = (tx: Tx, clock: Clock, value: Value, about: About) => Promise<void>

/** Hears of a word to stop that is nobody's: the id of its message, or what stands for one. */
export type Lost = (messageId: string) => void

/**
 * What a webhook of Meta means for the ledger and for who may be written to, in the transaction that ingest takes it in.
 * Its bytes were verified by then. Said twice, or in any order, it comes to the same; what cannot be read is left to ingest,
 * which keeps it.
 * @param lost called within the transaction, and again where that is tried again
 */
export const whatsappWord =
  (clock: Clock, lost: Lost = () => {}) =>
  async (tx: Tx, body: Uint8Array): Promise<void> => {
    const told = webhookShape.safeParse(parsed(body))
    if (!told.success) return
    for (const { id: account, changes } of told.data.entry) {
      for (const one of changes) {
        const change = changeShape.safeParse(one)
        if (change.success) await taking[change.data.field]?.(tx, clock, change.data.value, { account, lost })
      }
    }
  }

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return undefined
  }
}

const takeMessages: Take = async (tx, clock, value, { lost }) => {
  for (const status of listed(statusShape, value['statuses'])) await takeStatus(tx, clock, status)
  for (const message of listed(messageShape, value['messages'])) await takeMessage(tx, clock, message, lost)
}

/** What of a list can be read. */
const listed = <T>(shape: z.ZodType<T>, value: unknown): T[] =>
  (Array.isArray(value) ? value : []).flatMap((one) => {
    const read = shape.safeParse(one)
    return read.success ? [read.data] : []
  })

const moment = z.coerce.number().transform((seconds) => new Date(seconds * 1_000))
const said = z.looseObject({ body: z.string().optional(), text: z.string().optional(), title: z.string().optional() }).optional() // prettier-ignore
const messageShape = z.looseObject({
  id: z.string(),
  /** A WhatsApp id; without one, or by one that is no number, somebody may write who shows none. */
  from: z.string().optional(),
  timestamp: moment,
  text: said,
  button: said,
  interactive: z.looseObject({ button_reply: said }).optional(),
  context: z.looseObject({ id: z.string().optional() }).optional(),
})

/** Somebody wrote: an answer is told to the message it answers, and a word to stop counts at once. */
async function takeMessage(tx: Tx, clock: Clock, message: z.infer<typeof messageShape>, lost: Lost): Promise<void> {
  const { id, from, timestamp: at, text, button, interactive, context } = message
  const row = context?.id === undefined ? null : await selectByProviderId(tx, context.id)
  if (row) await applyProviderEvent(tx, clock, { row, event: { kind: 'replied', subject: '' }, at })
  const words = text?.body ?? button?.text ?? interactive?.button_reply?.title ?? ''
  if (asksToStop(words)) await stop(tx, clock, { from, row, id, at, basis: 'a STOP by WhatsApp', lost })
}

/** `row`: our message that it answers. */
type Stop = { from: string | undefined; row: LedgerRow | null; id: string; at: Date; basis: string; lost: Lost }

async function stop(tx: Tx, clock: Clock, { from, row, id, at, basis, lost }: Stop): Promise<void> {
  const readers = await readersOf(tx, clock, from, row)
  if (readers.length === 0) return lost(id)
  for (const [n, identifierId] of readers.entries()) {
    const externalId = `whatsapp:${id}:stop${n === 0 ? '' : `:${n}`}`
    const word = { source: house, externalId, identifierId, channel, occurredAt: at }
    await suppress(tx, [{ identifierId, channel, reason: 'unsubscribed', occurredAt: at }])
    await recordConsents(tx, clock, [{ ...word, basis, state: 'withdrawn' }])
    const left = row?.identifierId === identifierId ? row : await selectLastOf(tx, identifierId, channel)
    if (left) await recordOnce(tx, clock, left, 'message_unsubscribed', at, { how: basis })
  }
}

const channel = 'whatsapp'

/** Whose word it is: the number's that wrote, and the reader's whom it answers, who may be known by another number. */
async function readersOf(
  tx: Tx,
  clock: Clock,
  from: string | undefined,
  row: LedgerRow | null,
): Promise<IdentifierId[]> {
  const number = from === undefined ? undefined : phoneOfWhatsAppId(from)
  const writer = number === undefined ? [] : await identifierIds(tx, clock, [{ kind: 'phone', value: number }])
  return [...new Set([...writer, ...(row?.channel === channel ? [row.identifierId] : [])])]
}

const preferenceShape = z.looseObject({
  wa_id: z.string().optional(),
  category: z.string(),
  value: z.string(),
  timestamp: z.coerce.number(),
})

/** What a reader chose in WhatsApp itself. A wish to go on is no consent: nobody gave it to this business. */
const takePreferences: Take = async (tx, clock, value, { lost }) => {
  for (const one of listed(preferenceShape, value['user_preferences'])) {
    if (one.category !== 'marketing_messages' || one.value !== 'stop') continue
    const at = new Date(one.timestamp * 1_000)
    await stop(tx, clock, {
      from: one.wa_id,
      row: null,
      id: `${one.wa_id}:${one.timestamp}`,
      at,
      basis: 'WhatsApp’s own settings',
      // Who it was stays out of what people are told.
      lost: () => lost(`settings of ${at.toISOString()}`),
    })
  }
}

const templateShape = z.looseObject({ message_template_name: z.string(), message_template_language: z.string() })
const small = z.string().transform((text) => text.toLowerCase())

const takeTemplate =
  (toldBy: (value: Value) => Parameters<typeof noteTemplate>[2] | null): Take =>
  async (tx, _clock, value, { account }) => {
    const which = templateShape.safeParse(value)
    const told = toldBy(value)
    if (!which.success || told === null) return
    await noteTemplate(tx, { account, name: which.data.message_template_name, language: which.data.message_template_language }, told) // prettier-ignore
  }

/** What events of a template come to that its list calls by another name. */
const statusOf: Readonly<Record<string, string>> = { reinstated: 'approved', flagged: 'approved', unpaused: 'approved' }

const takeTemplateStatus = takeTemplate((value) => {
  const read = z.looseObject({ event: small, reason: small.nullish() }).safeParse(value)
  if (!read.success) return null
  const { event, reason } = read.data
  return { status: statusOf[event] ?? event, rejectedFor: reason === undefined || reason === null || reason === 'none' ? null : reason } // prettier-ignore
})

const takeTemplateQuality = takeTemplate((value) => {
  const read = z.looseObject({ new_quality_score: small }).safeParse(value)
  return read.success ? { quality: read.data.new_quality_score } : null
})

/** A change that Meta only announces is none yet: the category of now is in `new_category` all the same. */
const takeTemplateCategory = takeTemplate((value) => {
  const read = z.looseObject({ new_category: small }).safeParse(value)
  const category = categories.find((one) => one === read.data?.new_category)
  return category === undefined ? null : { category }
})

const takeLimit: Take = async (tx, _clock, value, { account }) => {
  const limit = value['max_daily_conversations_per_business'] ?? value['current_limit']
  const mostADay = typeof limit === 'string' ? limitOf(limit) : typeof limit === 'number' ? (limit < 0 ? null : limit) : undefined // prettier-ignore
  if (mostADay !== undefined) await updateLimit(tx, account, mostADay)
}

const taking: Readonly<Record<string, Take>> = {
  messages: takeMessages,
  user_preferences: takePreferences,
  message_template_status_update: takeTemplateStatus,
  message_template_quality_update: takeTemplateQuality,
  template_category_update: takeTemplateCategory,
  phone_number_quality_update: takeLimit,
  business_capability_update: takeLimit,
}
