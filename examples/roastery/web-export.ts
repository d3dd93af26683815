import { plus, year } from './calendar.ts'
import { strayByte } from './csv.ts'
import {
  type BadReason,
  type Entry,
  type Export,
  good,
  jsonLinesFile,
  repeatSome,
  scatter,
  type SourceRecord,
} from './export-file.ts'
import { hexId, type Random } from './random.ts'
import { shop } from './shop.ts'
import { landing } from './touches.ts'
import { namedEmail, type Visit } from './visits.ts'

type WebEvent = {
  id: string
  type: string
  anonymousId: string
  userId?: string
  email?: string
  timestamp: string
} & Record<string, unknown>

/** The `/collect` log in the order it arrived: by time, but for some events that came late. */
export function exportWeb(visits: readonly Visit[], random: Random): Export {
  const events = visits
    .flatMap((visit) => eventsOf(visit, random))
    .filter(({ timestamp }) => new Date(timestamp) < year.end)
    .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : a.id < b.id ? -1 : 1))
  const late = arriveLate(events, random.fork('late'))
  const entries = late.map((event): Entry<object | string> => good(event, event.id))
  const mixed = scatter(repeatSome(entries, 14, random.fork('repeat')), badEvents(), random.fork('bad'))
  return { files: [jsonLinesFile('web/events.jsonl', mixed)], records: devices(visits) }
}

/** The first page carries the touch; what identifies the person is only on identify, signup and checkout. */
function eventsOf(visit: Visit, random: Random): WebEvent[] {
  const { touch } = visit
  let when = visit.at
  return visit.actions.map(({ type, path, properties }, index) => {
    if (index > 0) when = plus(when, random.int(8, 90) * 1000)
    const first = index === 0
    return {
      id: `ev_${hexId(random, 20)}`,
      type,
      anonymousId: visit.anonymousId,
      ...(type !== 'page' && visit.userId ? { userId: visit.userId } : {}),
      ...(type === 'identify' && visit.email ? { email: visit.email } : {}),
      timestamp: when.toISOString(),
      url: first ? landing(shop.site, path, touch) : `${shop.site}${path}`,
      referrer: first ? touch.referrer : shop.site,
      ...(first && touch.utm ? { utm: touch.utm } : {}),
      ...(first && touch.clickId ? { clickId: touch.clickId } : {}),
      properties: properties ?? {},
    }
  })
}

/** About one in two hundred was held back by a phone without a connection. */
function arriveLate(events: readonly WebEvent[], random: Random): WebEvent[] {
  const [late, onTime] = [[] as WebEvent[], [] as WebEvent[]]
  for (const event of events) (random.chance(0.005) ? late : onTime).push(event)
  for (const event of late) onTime.splice(random.int(Math.floor(onTime.length / 2), onTime.length), 0, event)
  return onTime
}

/** A device is a record of whoever uses it; those that never named anybody carry no identifier. */
function devices(visits: readonly Visit[]): SourceRecord[] {
  const found = new Map<string, SourceRecord>()
  for (const visit of visits) {
    const { anonymousId, personId } = visit
    if (personId === undefined) continue
    const email = namedEmail(visit)
    const userId = visit.actions.some(({ type }) => type !== 'page') ? visit.userId : undefined
    const before = found.get(anonymousId)
    const emails = [...new Set([...(before?.emails ?? []), ...(email ? [email] : [])])]
    const account = userId ?? before?.userId
    found.set(anonymousId, {
      source: 'web',
      id: anonymousId,
      personId,
      emails,
      ...(account ? { userId: account } : {}),
    })
  }
  return [...found.values()]
}

const plainEvent = (id: string, change: object) => ({
  id,
  type: 'page',
  anonymousId: 'anon-bad0000000000000',
  timestamp: '2026-03-03T10:00:00.000Z',
  url: `${shop.site}/`,
  referrer: '',
  properties: {},
  ...change,
})

const bad = (reason: BadReason, id: string, content: object | string): Entry<object | string> => ({
  bad: reason,
  id,
  content,
})

function badEvents(): Entry<object | string>[] {
  const { id: _dropped, ...withoutId } = plainEvent('', {})
  return [
    { bad: 'missing_id', content: withoutId },
    bad('missing_id', 'ev_bad_device', plainEvent('ev_bad_device', { anonymousId: '' })),
    bad('invalid_date', 'ev_bad_date', plainEvent('ev_bad_date', { timestamp: 'yesterday' })),
    bad('future_date', 'ev_bad_future', plainEvent('ev_bad_future', { timestamp: '2031-01-01T00:00:00.000Z' })),
    bad('invalid_utf8', 'ev_bad_byte', plainEvent('ev_bad_byte', { properties: { search: `caf${strayByte}` } })),
    bad('broken_json', 'ev_bad_json', JSON.stringify(plainEvent('ev_bad_json', {})).slice(0, 70)),
  ]
}
