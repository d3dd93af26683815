import { z } from 'zod'
import type { Happening } from '../canon.ts'
import { channelOf, hostOf } from '../cleanse/channel.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { instant, readShape, requiredText } from '../cleanse/shape.ts'
import type { IdentifierRef } from '../identifiers.ts'
import { jsonLines } from '../reading/json-rows.ts'
import { rejected } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

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
  for await (const found of jsonLines(input, kind)) {
    if (found.is !== 'json') {
      yield found
      continue
    }
    const { raw, place } = found
    const read = readShape(eventShape, found.value)
    if (read.kind === 'unreadable') yield rejected(kind, raw, place, read)
    else yield { is: 'row', kind, externalId: read.value.id, raw, place, canon: [happeningOf(read.value, setting)] }
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
