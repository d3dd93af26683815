type Word = string | number | null | undefined

/** The fields of an event that are read, whether they came nested or as columns. */
export type FlatEvent = {
  event_name: string
  event_timestamp: string | number
  user_pseudo_id?: Word
  user_id?: Word
  analytics_storage?: Word
  event_bundle_sequence_id?: Word
  batch_page_id?: Word
  batch_ordering_id?: Word
  batch_event_index?: Word
  manual_source?: Word
  manual_medium?: Word
  manual_campaign_id?: Word
  manual_campaign_name?: Word
  gclid?: Word
  google_ads_campaign_id?: Word
  transaction_id?: Word
  purchase_revenue?: Word
  params: Record<string, string | number>
}

type Json = Readonly<Record<string, unknown>>

const objectAt = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

/** An event as BigQuery exports it; null when it is none. */
export function flatEvent(event: Json): Json | null {
  if (event['event_name'] === undefined && event['event_timestamp'] === undefined) return null
  const params = paramsOf(event['event_params'])
  const shop = objectAt(event['ecommerce'])
  const lastClick = objectAt(objectAt(event['session_traffic_source_last_click'])['google_ads_campaign'])
  const { user_pseudo_id, user_id, event_bundle_sequence_id, event_name, event_timestamp } = event
  const { batch_page_id, batch_ordering_id, batch_event_index } = { ...params, ...event }
  const { manual_source, manual_medium, manual_campaign_id, manual_campaign_name, gclid } = objectAt(event['collected_traffic_source']) // prettier-ignore
  return {
    event_name, event_timestamp, user_pseudo_id, user_id, event_bundle_sequence_id, batch_page_id, batch_ordering_id,
    batch_event_index, manual_source, manual_medium, manual_campaign_id, manual_campaign_name, gclid,
    analytics_storage: objectAt(event['privacy_info'])['analytics_storage'],
    google_ads_campaign_id: lastClick['campaign_id'],
    transaction_id: shop['transaction_id'],
    purchase_revenue: shop['purchase_revenue'],
    params,
  } // prettier-ignore
}

/** `[{ key, value: { string_value | int_value | float_value | double_value } }]` as one object. */
function paramsOf(list: unknown): Record<string, string | number> {
  if (!Array.isArray(list)) return {}
  const pairs = list.flatMap((entry): [string, string | number][] => {
    const { key, value } = objectAt(entry)
    const { string_value: text, int_value: whole, float_value: float, double_value: double } = objectAt(value)
    const found = text ?? whole ?? double ?? float
    return typeof key === 'string' && (typeof found === 'string' || typeof found === 'number') ? [[key, found]] : []
  })
  return Object.fromEntries(pairs)
}

const prefix = /^(event_params|collected_traffic_source|privacy_info|ecommerce)_/

/** `event_params.page_location` and `page_location` are the same column, however the query named it. */
export const plainName = (column: string): string =>
  column.trim().toLowerCase().replaceAll(/[.\s-]+/g, '_').replace(prefix, '').replace(/_(string|int|float|double)_value$/, '') // prettier-ignore

const ownColumns = new Set([
  'event_name', 'event_timestamp', 'user_pseudo_id', 'user_id', 'analytics_storage', 'event_bundle_sequence_id',
  'batch_page_id', 'batch_ordering_id', 'batch_event_index', 'manual_source', 'manual_medium', 'manual_campaign_id',
  'manual_campaign_name', 'gclid', 'google_ads_campaign_id', 'transaction_id', 'purchase_revenue',
]) // prettier-ignore

/** Columns that say nothing of this event: how the person first came, what Google derives, the table itself. */
const aboutOthers = /^(traffic_source|user_first_touch|user_ltv|session_traffic_source|user_properties|event_date$|event_previous|event_server|device_|geo_|app_info|stream_id$|platform$|is_active_user$)/ // prettier-ignore

/** An event of a flattened table: every column that is no field of the export is a parameter. */
export function flatColumns(row: Json): Json {
  const named = Object.entries(row).flatMap(([column, cell]): [string, string][] =>
    typeof cell === 'string' && cell.trim() !== '' ? [[plainName(column), cell]] : [],
  )
  const own = Object.fromEntries(named.filter(([name]) => ownColumns.has(name)))
  const params = Object.fromEntries(named.filter(([name]) => !ownColumns.has(name) && !aboutOthers.test(name)))
  return { ...own, params }
}
