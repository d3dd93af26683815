/** A column by the name the web interface gives it, and what else exports call it (the API, BigQuery, other screens). */
export type Columns = Readonly<Record<string, readonly string[]>>

export const googleColumns: Columns = {
  Day: ['Date', 'segments.date', 'segments_date', 'date'],
  'Customer ID': ['Account ID', 'External customer ID', 'customer.id', 'customer_id'],
  'Time zone': ['Account time zone', 'customer.time_zone', 'customer_time_zone'],
  'Campaign ID': ['campaign.id', 'campaign_id'],
  Campaign: ['Campaign name', 'campaign.name', 'campaign_name'],
  'Ad group ID': ['ad_group.id', 'ad_group_id'],
  'Ad ID': ['ad_group_ad.ad.id', 'ad_group_ad_ad_id', 'ad_id'],
  'Currency code': ['Currency', 'customer.currency_code', 'customer_currency_code', 'currency_code'],
  Cost: [],
  'Cost in micros': ['metrics.cost_micros', 'metrics_cost_micros', 'cost_micros'],
  'Impr.': ['Impressions', 'metrics.impressions', 'metrics_impressions', 'impressions'],
  Clicks: ['metrics.clicks', 'metrics_clicks', 'clicks'],
}

export const metaColumns: Columns = {
  Day: ['Date', 'date_start', 'date'],
  'Account ID': ['account_id'],
  'Time zone': ['Account time zone', 'timezone_name'],
  'Campaign ID': ['campaign_id'],
  'Campaign name': ['Campaign Name', 'campaign_name'],
  'Ad set ID': ['Ad Set ID', 'adset_id'],
  'Ad ID': ['ad_id'],
  Currency: ['Account currency', 'account_currency'],
  'Amount spent': ['Amount Spent', 'spend'],
  Impressions: ['impressions'],
  'Link clicks': ['Link Clicks', 'inline_link_clicks', 'Clicks (all)', 'clicks'],
}

/** What a day of a campaign may be broken down by: each part is then a cost of its own. */
const breakdowns = [
  'Device', 'segments.device', 'Impression device', 'impression_device', 'Network', 'Network (with search partners)',
  'segments.ad_network_type', 'Platform', 'Publisher platform', 'publisher_platform', 'Placement', 'platform_position',
  'Age', 'age', 'Gender', 'gender', 'Country', 'country', 'Region', 'region', 'Hour', 'Hour of the day', 'segments.hour',
  'Conversion device', 'Keyword ID', 'ad_group_criterion.criterion_id', 'Search term', 'search_term_view.search_term',
] // prettier-ignore

export const breakdownOf = (row: Readonly<Record<string, string>>): string[] =>
  breakdowns.flatMap((name) => (row[name]?.trim() ? [row[name].trim()] : []))

const inCurrency = /^Amount [Ss]pent \(([A-Z]{3})\)$/

/** The names by which a row of these columns is read; a column nobody knows keeps its own. */
export function namesOf(columns: readonly string[], known: Columns): ReadonlyMap<string, string> {
  const names = new Map(columns.map((column) => [column, column]))
  for (const [name, others] of Object.entries(known)) {
    const found = columns.includes(name) ? name : others.find((other) => columns.includes(other))
    if (found !== undefined) names.set(found, name)
  }
  return names
}

/** A row under the names of `namesOf`; the currency that stands in the name of Meta's amount becomes a cell. */
export function renamed(
  row: Readonly<Record<string, string>>,
  names: ReadonlyMap<string, string>,
): Record<string, string> {
  // prettier-ignore
  const cells: Record<string, string> = {}
  for (const [column, cell] of Object.entries(row)) {
    const code = inCurrency.exec(column)?.[1]
    cells[code === undefined ? (names.get(column) ?? column) : 'Amount spent'] = cell
    if (code !== undefined) cells['Currency'] = code
  }
  return cells
}

/** True when the columns have one by that name, or by another of its names. */
export const hasColumn = (columns: readonly string[], known: Columns, name: string): boolean =>
  columns.includes(name) || (known[name] ?? []).some((other) => columns.includes(other)) ||
  (name === 'Amount spent' && columns.some((column) => inCurrency.test(column))) // prettier-ignore
