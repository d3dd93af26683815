import { createHmac } from 'node:crypto'
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
import { isOnItsWay } from '../queries/ledger-rows.ts'
import type { News } from '../tell-people.ts'
import { valueAt } from './sms.ts'

/** `fields`: what the provider calls `id`, `reference`, `status`, `from`, `text` and `time`, or the path there. `tell`: tells people of the house. */
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
 * it is taken in with; where nobody can read the number, people are told. What is neither is told of in the log. A fault is
 * thrown behind all that could be taken, so that the provider says it again.
 */
export function smsWebhook(ingest: IngestDeps, settings: SmsWebhookSettings): (request: Request) => Promise<Response> {
  return async (request) => {
    const body = Buffer.from(await request.arrayBuffer())
    if (!isTrusted(request, body, settings.secret)) return answer(401, 'neither signed nor with the token')
    const said = entriesOf(request, body.toString('utf8').trim())
    if (said === null) ingest.log.warn('a provider of SMS told of something that is neither JSON nor a form')
    const told = (said ?? []).flatMap((entry) => toldBy(entry, settings.fields))
    const faults: unknown[] = []
    for (const one of told) await take(ingest, settings, one).catch((fault: unknown) => void faults.push(fault))
    if (faults.length > 0) throw faults[0]
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

/** JSON, one object or several, or a form; null where it is none of them. */
function entriesOf(request: Request, body: string): unknown[] | null {
  if (request.headers.get('content-type')?.includes('x-www-form-urlencoded'))
    return [Object.fromEntries(new URLSearchParams(body))]
  try {
    return body === '' ? [] : [JSON.parse(body) as unknown].flat()
  } catch {
    return null
  }
}

/** The first of a list, in a path: it stands for each of them. */
const firstOfList = /\.0(?=\.|$)/

/** What the fields lead to in an entry: by their own name, or by a path. `results.0.text` is told for each of the results. */
function toldBy(entry: unknown, fields: Readonly<Record<string, string>>): Told[] {
  const counts = Object.values(fields).map((path) => {
    const [before, behind] = path.split(firstOfList)
    const list = behind === undefined ? null : valueAt(entry, before ?? '')
    return Array.isArray(list) ? list.length : 1
  })
  return Array.from({ length: Math.max(1, ...counts) }, (_, n) =>
    Object.fromEntries(Object.entries(fields).map(([name, path]) => [name, wordAt(entry, path, n)])),
  )
}

function wordAt(entry: unknown, path: string, n: number): string | undefined {
  const own = typeof entry === 'object' && entry !== null && Object.hasOwn(entry, path)
  const value = own ? (entry as Record<string, unknown>)[path] : valueAt(entry, path.replace(firstOfList, `.${n}`))
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

async function take(ingest: IngestDeps, settings: SmsWebhookSettings, told: Told): Promise<void> {
  if (isText(told)) return takeText(ingest, settings, told)
  if (await takeReport(ingest, told, settings.sender)) return
  const has = Object.keys(told).filter((name) => told[name] !== undefined).join(', ') // prettier-ignore
  ingest.log.warn({ message: told['id'], status: told['status']?.slice(0, 60), has }, 'a provider of SMS told of something that is neither a text nor a report: are the fields of its webhook right?') // prettier-ignore
}

/**
 * Whether somebody wrote. Providers may give a text that came in a status, as they do reports, and reports the words of our
 * message; but none of ours asks for no more SMS, so that who does is heard whatever stands beside it.
 */
const isText = ({ from, text, status = '' }: Told): boolean =>
  from !== undefined && text !== undefined && (/^(?:received|receiving|inbound|mo)?$/i.test(status) || asksToStop(text))

/**
 * What a status means. That there is no such number ends SMS to it, and so does who wants none; that nobody answered does
 * not, nor does an operator that lets it not through.
 */
const outcomes: readonly [RegExp, (why: string) => ProviderEvent][] = [
  [
    /^(?:delivered|delivrd)(?!.*(?:operator|carrier|gateway|smsc|network))|^(?:read|success)$/,
    () => ({ kind: 'delivered' }),
  ],
  [/opt(?:ed)?.?out|blacklist|blist|unsubscribed|stop/, (why) => ({ kind: 'unwanted', why })],
  [/(?:invalid|unknown|unallocated|no.?such).?(?:number|subscriber|destination|recipient|msisdn)/, (why) => ({ kind: 'bounced', permanent: true, why })], // prettier-ignore
  [/fail|undeliv|not.?deliver|no.?route|reject|expired|deleted|abort|cancel|block|(?<!no.?)error|^absent/, (why) => ({ kind: 'undeliverable', why })], // prettier-ignore
]
/** Of a message that is on its way, or of which nobody will know. */
const underWay = /^(?:delivered.|accept|queue|sent|sending|submit|schedul|pending|process|buffer|en.?route|unknown|delivery.?unconfirmed)/ // prettier-ignore

/** A report that is older is of none that is on its way. */
const earlyMs = 10 * 60_000

/** Whether it was a report: a status that is known, of a message that is named. */
async function takeReport(ingest: IngestDeps, told: Told, sender: string): Promise<boolean> {
  const status = (told['status'] ?? '').toLowerCase()
  const event = outcomes.find(([pattern]) => pattern.test(status))?.[1](`the operator says ${status}`)
  if (event === undefined) return underWay.test(status)
  const deliveryId = parseId<'delivery'>(told['reference'])
  const message = deliveryId ? { deliveryId } : { providerId: told['id'] ?? '', sender }
  if (!('deliveryId' in message) && message.providerId === '') return false
  // The id that a provider gave is known here once its group is recorded: until then a fresh report may be of any of them.
  const [at, now] = [timeOf(told, ingest.clock()), ingest.clock()]
  const mayBeEarly = !deliveryId && now.getTime() - at.getTime() < earlyMs && (await isOnItsWay(ingest.db, sender))
  const heard = await recordProviderEvent(ingest, { message, occurredAt: at, event, channel: 'sms' })
  if (heard.kind === 'not-ours' && mayBeEarly)
    throw new Error('A report of a text that may be one of those on their way: it is taken when it is told again')
  return true
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
