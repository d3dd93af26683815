import { z } from 'zod'
import { canonicalJson, sha256 } from '#kernel/crypto.ts'
import { UsageError } from '#kernel/errors.ts'
import { exponentOf, isCurrency, roundHalfEven } from '#kernel/money.ts'
import type { Happening } from '../canon.ts'
import { channelOf, hostOf } from '../cleanse/channel.ts'
import { plainProperties } from '../cleanse/properties.ts'
import { readShape, refuse, requiredText } from '../cleanse/shape.ts'
import { rejected } from '../reading/csv-table.ts'
import { exportRows } from '../reading/export-rows.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'
import { flatColumns, flatEvent, plainName, type FlatEvent } from './ga4-fields.ts'

const kind = 'event'

/**
 * Events of Google Analytics 4 as BigQuery has them: JSON lines of the export, or a CSV that a query has flattened. An
 * event that carries a user id ties the device to that account. Events of people who refused to be measured have no
 * device; they are counted aside and not kept.
 */
export function ga4(): Source {
  return { name: 'ga4', endings: ['.json', '.jsonl', '.ndjson', '.csv'], read: readEvents }
}

/** A report of the web interface starts with remarks. */
const isHeader = (cells: readonly string[]): boolean => !(cells[0] ?? '').startsWith('#')

async function* readEvents(input: SourceInput, _setting: Setting): AsyncGenerator<Item> {
  if (input.columns) checkColumns(input.file, input.columns)
  for await (const found of exportRows(input, { kind, needed: [], isHeader })) {
    if (found.is === 'header') checkColumns(input.file, found.columns)
    if (found.is !== 'fields') {
      yield found
      continue
    }
    const { raw, place } = found
    const flat = found.table ? flatColumns(found.fields) : flatEvent(found.fields)
    const read = flat === null ? notGa4 : readShape(eventShape, flat)
    if (read.kind === 'unreadable') yield rejected(kind, raw, place, read)
    else if (isUnmeasured(read.value)) yield { is: 'aside', what: 'event without consent' }
    else yield { is: 'row', kind, externalId: idOf(read.value), raw, place, canon: [happeningOf(read.value)] }
  }
}

const notGa4 = {
  kind: 'unreadable',
  reason: 'The row is no event of the BigQuery export',
  fix: 'Export the events_ tables as JSON lines, or flatten them to columns',
} as const

/** Throws a UsageError for a table that is not of single events of single users. */
function checkColumns(file: string, columns: readonly string[]): void {
  const has = new Set(columns.map(plainName))
  const missing = ['user_pseudo_id', 'event_timestamp', 'event_name'].filter((name) => !has.has(name))
  if (missing.length === 0) return
  throw new UsageError(
    `${file} has no column ${missing.join(', ')}, so it is a report that adds people up and cannot say who did what. ` +
      'Export the events of BigQuery instead: as JSON lines, or as CSV with user_pseudo_id, event_timestamp and event_name',
  )
}

const text = z.union([z.string(), z.number()]).transform(String).nullish().transform((value) => said(value)) // prettier-ignore

/** What Google writes where it knows nothing. */
const said = (value: string | null | undefined): string | undefined => {
  const trimmed = (value ?? '').trim()
  return /^(\(direct\)|\(none\)|\(not set\)|\(not provided\)|\(data not available\)|)$/.test(trimmed)
    ? undefined
    : trimmed
}

const eventShape = z.object({
  event_name: requiredText,
  event_timestamp: z.union([z.string(), z.number()]).transform((value, context): string => {
    const micros = String(value).trim()
    if (/^\d{15,16}$/.test(micros)) return micros
    return refuse(context, undefined, 'is no date', 'It is in microseconds since 1970: export the column as it is')
  }),
  user_pseudo_id: text,
  user_id: text,
  analytics_storage: text,
  event_bundle_sequence_id: text,
  batch_page_id: text,
  batch_ordering_id: text,
  batch_event_index: text,
  manual_source: text,
  manual_medium: text,
  manual_campaign_id: text,
  manual_campaign_name: text,
  gclid: text,
  google_ads_campaign_id: text,
  transaction_id: text,
  purchase_revenue: text,
  params: z.record(z.string(), z.union([z.string(), z.number()])),
}) satisfies z.ZodType<unknown, FlatEvent>
type Ga4Event = z.infer<typeof eventShape>

const isUnmeasured = ({ user_pseudo_id: device, analytics_storage: storage }: Ga4Event): boolean =>
  device === undefined || storage?.toLowerCase() === 'no'

/**
 * Google gives its events no id. Device, time, name and place in the bundle are one in the export; an older export
 * without the place in the batch tells two events of a bundle apart by what they say.
 */
function idOf(event: Ga4Event): string {
  const { batch_page_id: page, batch_ordering_id: order, batch_event_index: index } = event
  const batch = [page, order, index].map((part) => part ?? '').join('.')
  const apart = index === undefined ? sha256(canonicalJson([event.params, event.transaction_id ?? ''])).slice(0, 16) : batch // prettier-ignore
  const id = [
    event.user_pseudo_id,
    event.event_timestamp,
    event.event_name,
    event.event_bundle_sequence_id ?? '',
    apart,
  ].join(':')
  return id.length <= 400 ? id : sha256(id)
}

function happeningOf(event: Ga4Event): Happening {
  const { params } = event
  const page = wordOf(params['page_location'])
  const address = page !== undefined && URL.canParse(page) ? new URL(page) : undefined
  const touch = touchOf(event, address)
  const referrer = hostOf(wordOf(params['page_referrer']) ?? '')
  const user = event.user_id
  return {
    is: 'event',
    kind: event.event_name === 'page_view' ? 'page' : event.event_name,
    externalId: idOf(event),
    by: { kind: 'device', value: `ga4:${event.user_pseudo_id ?? ''}` },
    ...(user === undefined ? {} : { links: [{ kind: 'user', value: user }] }),
    occurredAt: new Date(Math.floor(Number(event.event_timestamp) / 1000)),
    channel: touch.channel,
    campaignRef: touch.campaignRef,
    properties: {
      ...plainProperties(ownParams(params)),
      ...(address ? { path: address.pathname } : {}),
      ...(referrer === undefined ? {} : { referrer }),
      ...(params['ga_session_id'] === undefined ? {} : { sessionId: String(params['ga_session_id']) }),
      ...moneyOf(event),
    },
  }
}

/** Where the parameters of the platform say nothing that is not said elsewhere, or better. */
const ownParams = (params: Ga4Event['params']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).filter(([name]) => !platformParams.has(name)))

const platformParams = new Set([
  'page_location', 'page_referrer', 'ga_session_id', 'value', 'currency', 'transaction_id', 'batch_page_id', 'batch_ordering_id',
  'batch_event_index', 'engaged_session_event', 'session_engaged', 'engagement_time_msec', 'entrances', 'ignore_referrer',
  'source', 'medium', 'campaign', 'campaign_id', 'term', 'content', 'gclid', 'dclid', 'srsltid', 'debug_mode',
]) // prettier-ignore

/**
 * The channel that brought the visit, said on the events that begin one or that carry a campaign of their own. Never
 * traffic_source: that is how the person first came, whenever this event was.
 */
function touchOf(event: Ga4Event, address: URL | undefined): { channel?: string; campaignRef?: string } {
  const { params } = event
  const query = (name: string): string | undefined => said(address?.searchParams.get(name))
  const gclid = event.gclid ?? wordOf(params['gclid']) ?? query('gclid')
  const utmSource = event.manual_source ?? wordOf(params['source']) ?? query('utm_source')
  const utmMedium = event.manual_medium ?? wordOf(params['medium']) ?? query('utm_medium')
  const begins = event.event_name === 'session_start' || params['entrances'] !== undefined
  if (!begins && gclid === undefined && utmSource === undefined && utmMedium === undefined) return {}
  const clickIds = [...(gclid === undefined ? [] : ['gclid']), ...(query('fbclid') === undefined ? [] : ['fbclid'])]
  const referrer = wordOf(params['page_referrer'])
  const channel = channelOf({ utmSource, utmMedium, clickIds, referrer, ownHost: address?.hostname })
  const campaignRef = event.google_ads_campaign_id ?? event.manual_campaign_id ?? wordOf(params['campaign_id']) ?? event.manual_campaign_name ?? wordOf(params['campaign']) ?? query('utm_campaign') // prettier-ignore
  return { ...(channel === undefined ? {} : { channel }), ...(campaignRef === undefined ? {} : { campaignRef }) }
}

const wordOf = (param: string | number | undefined): string | undefined =>
  param === undefined ? undefined : said(String(param))

/** What a purchase says of itself. Revenue is what the shop and the payments say; this ties the visit to the order. */
function moneyOf(event: Ga4Event): Record<string, string | number> {
  const transactionId = event.transaction_id ?? wordOf(event.params['transaction_id'])
  const currency = (wordOf(event.params['currency']) ?? '').toUpperCase()
  const value = Number(event.params['value'] ?? event.purchase_revenue ?? Number.NaN)
  const amount = isCurrency(currency) && Number.isFinite(value) ? { amountMinor: roundHalfEven(value * 10 ** exponentOf(currency)), currency } : {} // prettier-ignore
  return { ...(transactionId === undefined ? {} : { transactionId }), ...amount }
}
