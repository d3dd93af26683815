import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { sameSecret, sha256 } from '#kernel/crypto.ts'
import { parseId } from '#kernel/ids.ts'
import { phoneOfSender } from '#ingest/cleanse/phone.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { takePushed } from '#ingest/push.ts'
import { settingOf, type IngestDeps } from '#ingest/run.ts'
import type { Source } from '#ingest/source.ts'
import { leaveChannel } from '../heard/leave-channel.ts'
import { recordProviderEvent, type ProviderEvent } from '../heard/provider-events.ts'
import { asksToStop } from '../heard/stop-words.ts'
import type { News } from '../tell-people.ts'

/** `fields`: what the provider calls `id`, `reference`, `status`, `from`, `text` and `time`. `tell`: tells people of the house. */
export type SmsWebhookSettings = {
  secret: string
  fields: Readonly<Record<string, string>>
  source: Source
  tell: (news: News) => Promise<void>
  /** What the ledger calls this provider: two may use one id. */
  sender: string
}

/** Reads `id=messageId,status=state`. */
export const fieldsFrom = (words: string): Record<string, string> =>
  Object.fromEntries(words.split(',').flatMap((pair) => {
    const [name, field] = pair.split('=').map((one) => one.trim())
    return name && field ? [[name, field]] : []
  })) // prettier-ignore

/**
 * What a provider of SMS tells: reports on messages of ours, and texts that people sent. It counts only when its raw bytes
 * are signed, or its address carries the token. A text that asks for no more ends SMS to its number in the transaction that
 * it is taken in with; where nobody can read the number, people are told. A fault is thrown, so that the provider says it again.
 */
export function smsWebhook(ingest: IngestDeps, settings: SmsWebhookSettings): (request: Request) => Promise<Response> {
  return async (request) => {
    const body = Buffer.from(await request.arrayBuffer())
    if (!isTrusted(request, body, settings.secret)) return answer(401, 'neither signed nor with the token')
    const told = entriesOf(request, body.toString('utf8')).map((entry) => renamed(entry, settings.fields))
    for (const one of told) {
      if (one['status'] !== undefined) await takeReport(ingest, one, settings.sender)
      else if (one['from'] !== undefined && one['text'] !== undefined) await takeText(ingest, settings, one)
    }
    return answer(200, `${told.length} taken`)
  }
}

function isTrusted(request: Request, body: Buffer, secret: string): boolean {
  const token = new URL(request.url).searchParams.get('token')
  if (token !== null) return sameSecret(token, secret)
  const given = (request.headers.get('x-signature') ?? '').replace(/^sha256=/, '')
  return sameSecret(given.toLowerCase(), createHmac('sha256', secret).update(body).digest('hex'))
}

const answer = (status: number, what: string): Response => Response.json({ what }, { status })

type Told = Readonly<Record<string, string | undefined>>
const entries = z.union([z.array(z.looseObject({})), z.looseObject({})])

/** JSON, one object or several, or a form. */
function entriesOf(request: Request, body: string): Record<string, unknown>[] {
  if (request.headers.get('content-type')?.includes('x-www-form-urlencoded'))
    return [Object.fromEntries(new URLSearchParams(body))]
  try {
    const read = entries.safeParse(JSON.parse(body))
    return read.success ? [read.data].flat() : []
  } catch {
    return []
  }
}

const renamed = (entry: Record<string, unknown>, fields: Readonly<Record<string, string>>): Told =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const value = entry[field]
      return [name, typeof value === 'string' || typeof value === 'number' ? String(value) : undefined]
    }),
  )

/** What a status means. That there is no such number ends SMS to it; that nobody answered does not. */
const outcomes: readonly [RegExp, (why: string) => ProviderEvent][] = [
  [/^(?:delivered|delivrd|read|success)$/, () => ({ kind: 'delivered' })],
  [/opt.?out|blacklist|blocked/, (why) => ({ kind: 'unwanted', why })],
  [/(?:invalid|unknown|unallocated|no.?such).?(?:number|subscriber|destination|recipient|msisdn)/, (why) => ({ kind: 'bounced', permanent: true, why })], // prettier-ignore
  [/^(?:undeliver|undeliv|fail|reject|expired|error|absent)/, (why) => ({ kind: 'undeliverable', why })],
]

async function takeReport(ingest: IngestDeps, told: Told, sender: string): Promise<void> {
  const status = (told['status'] ?? '').toLowerCase()
  const event = outcomes.find(([pattern]) => pattern.test(status))?.[1](`the operator says ${status}`)
  const deliveryId = parseId<'delivery'>(told['reference'])
  const message = deliveryId ? { deliveryId } : { providerId: told['id'] ?? '', sender }
  if (event && ('deliveryId' in message || message.providerId !== ''))
    await recordProviderEvent(ingest, { message, occurredAt: timeOf(told, ingest.clock()), event, channel: 'sms' })
}

async function takeText(ingest: IngestDeps, { source, tell }: SmsWebhookSettings, told: Told): Promise<void> {
  const { from = '', text = '' } = told
  const at = timeOf(told, ingest.clock())
  const id = told['id'] ?? sha256(`${from}\n${text}\n${told['time'] ?? at.toISOString()}`).slice(0, 32)
  const number = phoneOfSender(from, settingOf(ingest).country)
  const asks = asksToStop(text)
  const leaves = number !== undefined && asks
  const row = { id, type: leaves ? 'stop' : 'text', from, at: at.toISOString(), text }
  await takePushed(ingest, source, {
    name: 'webhook',
    body: Buffer.from(`${JSON.stringify(row)}\n`),
    alongside: async (tx) => {
      if (!leaves) return
      const [identifierId] = await identifierIds(tx, ingest.clock, [{ kind: 'phone', value: number }])
      await leaveChannel(tx, ingest.clock, { channel: 'sms', identifierId: identifierId!, externalId: id, at })
    },
  })
  if (!asks || number !== undefined) return
  ingest.log.error({ message: id }, 'a text asks for no more SMS, and its number cannot be read: end it by hand')
  await tell({
    subject: 'Somebody asked for no more SMS, and nobody knows who',
    sentences: [
      `A text that asks for no more came from a number that cannot be read (the provider calls it message ${id}).`,
      'Look at what the provider says of it, and end SMS to its sender by hand.',
    ],
    path: '/ingest/quarantine',
  })
}

/** When the provider says it was, unless that is still to come or nobody can read it. */
function timeOf(told: Told, now: Date): Date {
  const said = new Date(told['time'] ?? Number.NaN)
  return Number.isNaN(said.getTime()) || said > now ? now : said
}
