import { z } from 'zod'
import type { Happening } from '../canon.ts'
import { channelOf, hostOf } from '../cleanse/channel.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { instant, readShape, requiredText } from '../cleanse/shape.ts'
import type { IdentifierRef } from '../identifiers.ts'
import { decode } from '../reading/encoding.ts'
import { linesOf, type Line } from '../reading/lines.ts'
import { rejected } from '../reading/csv-table.ts'
import type { Item, Place, Setting, Source, SourceInput } from '../source.ts'

const kind = 'event'

/**
 * Web events as `/collect` keeps them, one JSON object a line: id, type, anonymousId (the device), timestamp, and, where
 * known, userId, email, phone, url, referrer, utm, clickId and properties. An event that names somebody ties the device
 * to them. Of the address only the path is kept.
 */
export function webEvents(): Source {
  return { name: 'web', endings: ['.jsonl', '.ndjson'], read: readEvents }
}

async function* readEvents(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  for await (const line of linesOf(input.bytes)) {
    if (line.bytes !== null && line.bytes.every((byte) => byte <= 0x20)) continue
    yield eventItem(line, input.file, setting)
  }
}

const tooLarge = { reason: 'The row is larger than 1 MB', fix: 'It was not kept, only its place and hash: shorten it' }
const noJson = { reason: 'The row is no JSON object', fix: 'It was cut or mixed with another: send the event again' }

function eventItem(line: Line, file: string, setting: Setting): Item {
  const place: Place = { file, line: line.line, offset: line.offset, length: line.length }
  if (line.bytes === null) return rejected(kind, null, place, tooLarge, line.sha256)
  const raw = line.bytes
  const decoded = decode(raw)
  if (decoded.kind === 'undecodable') return rejected(kind, raw, place, decoded)
  const json = parsed(decoded.text)
  if (json === undefined) return rejected(kind, raw, place, noJson)
  const read = readShape(eventShape, json)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  return { is: 'row', kind, externalId: read.value.id, raw, place, canon: [happeningOf(read.value, setting)] }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const optional = z.string().nullish()
const eventShape = z.object({
  id: requiredText,
  type: requiredText,
  anonymousId: requiredText,
  timestamp: instant('utc', ['iso']),
  userId: optional,
  email: optional,
  phone: optional,
  url: optional,
  referrer: optional,
  utm: z
    .object({ source: optional, medium: optional, campaign: optional, content: optional, term: optional })
    .nullish(),
  clickId: z.record(z.string(), z.string()).nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
})
type WebEvent = z.infer<typeof eventShape>

/** Click ids that platforms add to the address of a page. */
const clickNames = ['gclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'ttclid']

function happeningOf(event: WebEvent, setting: Setting): Happening {
  const address = event.url && URL.canParse(event.url) ? new URL(event.url) : undefined
  const query = (name: string): string | undefined => address?.searchParams.get(name) ?? undefined
  const clickIds = [...Object.keys(event.clickId ?? {}), ...clickNames.filter((name) => query(name) !== undefined)]
  const utmSource = event.utm?.source ?? query('utm_source')
  const utmMedium = event.utm?.medium ?? query('utm_medium')
  const referrer = event.referrer ?? undefined
  const links = linksOf(event, setting)
  return {
    is: 'event',
    kind: event.type,
    externalId: event.id,
    by: { kind: 'device', value: event.anonymousId },
    ...(links.length > 0 ? { links } : {}),
    occurredAt: event.timestamp,
    channel: channelOf({ utmSource, utmMedium, clickIds, referrer, ownHost: address?.hostname }),
    campaignRef: event.utm?.campaign ?? query('utm_campaign'),
    properties: {
      ...event.properties,
      ...(address ? { path: address.pathname } : {}),
      ...(referrer && hostOf(referrer) ? { referrer: hostOf(referrer) } : {}),
      ...(event.utm?.content ? { content: event.utm.content } : {}),
    },
  }
}

/** Whom the event names: an account (kind `user`), an e-mail address, a phone number. */
function linksOf(event: WebEvent, setting: Setting): IdentifierRef[] {
  const email = canonicalEmail(event.email)
  const phone = canonicalPhone(event.phone, setting.country)
  return [
    ...(event.userId ? [{ kind: 'user', value: event.userId }] : []),
    ...(email === undefined ? [] : [{ kind: 'email', value: email }]),
    ...(phone === undefined ? [] : [{ kind: 'phone', value: phone }]),
  ]
}
