import { z } from 'zod'
import { UsageError } from '#kernel/errors.ts'
import { exponentOf, parseAmount, roundHalfEven } from '#kernel/money.ts'
import type { Cost } from '../canon.ts'
import { amountIn, currency, day, optionalCount, optionalText, readShape, refuse, requiredText, type Reading } from '../cleanse/shape.ts' // prettier-ignore
import { cleanText } from '../cleanse/text.ts'
import { csvTable, rejected, type Table, type TableRow } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'
import { breakdownOf, googleColumns, hasColumn, metaColumns, namesOf, renamed, type Columns } from './ad-columns.ts'
import { restating } from './ad-restatement.ts'

const kind = 'ad-day'

/** What one ad export says in its own columns; `finer`: what tells its rows apart below the campaign. */
type Spend = { day: string; account: string | undefined; campaignId: string; finer: string[]; campaignName: string | undefined; currency: string; amountMinor: number; impressions: number | undefined; clicks: number | undefined } // prettier-ignore

type AdFormat = {
  source: 'google-ads' | 'meta-ads'
  columns: Columns
  needed: readonly string[]
  table: Table
  spend: (row: Record<string, string>) => Reading<Spend>
}

/**
 * The daily report of Google Ads by campaign, ad group or ad (CSV of the web interface, or columns of the API with its
 * `cost_micros`). Title lines and totals are no rows of data: they are passed over and counted aside. A day is a day of
 * the account's zone. What the report covers it restates: see `restating`.
 */
export const googleAds = (): Source => adSource(google)

/** The daily export of Meta by campaign, ad set or ad (CSV); the currency stands in the name of the amount column. */
export const metaAds = (): Source => adSource(meta)

const adSource = (format: AdFormat): Source => ({
  name: format.source,
  endings: ['.csv'],
  read: (input, setting) => readSpend(input, setting, format),
})

async function* readSpend(input: SourceInput, _setting: Setting, format: AdFormat): AsyncGenerator<Item> {
  const report = restating()
  let names = namesOf(input.columns ?? [], format.columns)
  for await (const found of csvTable(input, format.table)) {
    if (found.is === 'header') {
      checkColumns(input.file, found.columns, format)
      names = namesOf(found.columns, format.columns)
    }
    const item = found.is === 'cells' ? spendItem(found, renamed(found.row, names), format) : found
    yield report.checked(item)
  }
  yield* report.ending()
}

function spendItem({ raw, place }: TableRow, row: Record<string, string>, format: AdFormat): Item {
  // The line of Meta's totals names no campaign and no day, wherever its columns stand.
  if (row['Campaign ID']?.trim() === '' && row['Day']?.trim() === '') return { is: 'aside', what: 'total' }
  const read = format.spend(row)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  const spend = { ...read.value, finer: [...read.value.finer, ...breakdownOf(row)] }
  return { is: 'row', kind, externalId: keyOf(spend), raw, place, canon: [costOf(spend, format)] }
}

function checkColumns(file: string, columns: readonly string[], { columns: known, needed }: AdFormat): void {
  const missing = needed.filter((name) => !hasColumn(columns, known, name))
  const cost = hasColumn(columns, known, 'Cost') || hasColumn(columns, known, 'Cost in micros') || hasColumn(columns, known, 'Amount spent') // prettier-ignore
  const lacks = [...missing, ...(cost ? [] : [known === googleColumns ? 'Cost' : 'Amount spent'])]
  if (lacks.length === 0) return
  const [wanted, has] = [lacks, columns].map((all) => all.map((name) => `"${name}"`).join(', '))
  throw new UsageError(
    `${file} has no column ${wanted}. Its columns are: ${has || 'none'}. Check that it is the daily report, with its header`,
  )
}

/** Never the name, which people change: a day of a campaign is one cost, and a restated one replaces it. */
const keyOf = ({ account, campaignId, finer, day: on }: Spend): string =>
  `${[...(account === undefined ? [] : [`account-${account}`]), campaignId, ...finer].join('/')}:${on}`

const costOf = (spend: Spend, format: AdFormat): Cost => ({
  is: 'cost',
  externalId: keyOf(spend),
  kind: 'ads',
  channel: format.source,
  campaignRef: spend.campaignId,
  campaignName: spend.campaignName,
  day: spend.day,
  currency: spend.currency,
  amountMinor: spend.amountMinor,
  impressions: spend.impressions,
  clicks: spend.clicks,
})

const isTotal = (cells: readonly string[]): string | null => (/^((grand )?total\b|results from \d)/i.test(cells[0]?.trim() ?? '') ? 'total' : null) // prettier-ignore

/** `123-456-7890` and `1234567890` are one account. */
const accountId = optionalText.transform((text) => text?.replace(/^act_/, '').replaceAll('-', ''))
const zone = optionalText.transform((text, context) => {
  if (text === undefined || isZone(text)) return text
  return refuse(context, undefined, 'is no time zone', 'Use a name such as Europe/Amsterdam, or leave the column out')
})

const isZone = (name: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

const googleShape = z
  .object({
    Day: day(['iso', 'yyyy/MM/dd']),
    'Customer ID': accountId,
    'Time zone': zone,
    'Campaign ID': requiredText,
    Campaign: optionalText,
    'Ad group ID': optionalText,
    'Ad ID': optionalText,
    'Currency code': currency,
    Cost: z.string().optional(),
    'Cost in micros': z.string().optional(),
    'Impr.': optionalCount,
    Clicks: optionalCount,
  }) // prettier-ignore
  .transform((row, context): Spend => {
    const code = row['Currency code']
    const micros = row.Cost === undefined ? row['Cost in micros'] : undefined
    const amountMinor = micros === undefined ? spent(context, 'Cost', row.Cost, code) : spentMicros(context, micros, code) // prettier-ignore
    return {
      day: row.Day, account: row['Customer ID'], campaignId: row['Campaign ID'],
      finer: finerOf(row['Ad group ID'], row['Ad ID']), campaignName: cleanText(row.Campaign), currency: code,
      amountMinor, impressions: row['Impr.'], clicks: row.Clicks,
    }
  }) // prettier-ignore

const finerOf = (group: string | undefined, ad: string | undefined): string[] => [
  ...(group === undefined ? [] : [`group-${group}`]),
  ...(ad === undefined ? [] : [`ad-${ad}`]),
]

/** Platforms divide a click's price and write more decimals than the currency has: those are rounded, half to even. */
function spent(context: z.RefinementCtx, column: string, text: string | undefined, code: string): number {
  const plain = (text ?? '').trim()
  const long = /^\d+\.\d{4,}$/.test(plain) && parseAmount(plain, code) === null
  const amount = long ? roundHalfEven(Number(plain) * 10 ** exponentOf(code)) : amountIn(context, column, text, code)
  return amount < 0 ? refuse(context, column, 'is negative') : amount
}

function spentMicros(context: z.RefinementCtx, text: string, code: string): number {
  if (!/^\d{1,15}$/.test(text.trim())) return refuse(context, 'Cost in micros', 'is no whole number', 'Export the column as the API gives it') // prettier-ignore
  return roundHalfEven((Number(text) * 10 ** exponentOf(code)) / 1_000_000)
}

const google: AdFormat = {
  source: 'google-ads',
  columns: googleColumns,
  needed: ['Day', 'Campaign ID', 'Currency code'],
  table: {
    kind,
    needed: [],
    isHeader: (cells) => hasColumn(cells, googleColumns, 'Day') && hasColumn(cells, googleColumns, 'Campaign ID'),
    asideOf: isTotal,
  },
  spend: (row) => readShape(googleShape, row),
}

const metaShape = z
  .object({
    Day: day(),
    'Account ID': accountId,
    'Time zone': zone,
    'Campaign ID': requiredText,
    'Campaign name': optionalText,
    'Ad set ID': optionalText,
    'Ad ID': optionalText,
    Currency: currency,
    'Amount spent': z.string(),
    Impressions: optionalCount,
    'Link clicks': optionalCount,
  }) // prettier-ignore
  .transform((row, context): Spend => ({
    day: row.Day,
    account: row['Account ID'],
    campaignId: row['Campaign ID'],
    finer: finerOf(row['Ad set ID'], row['Ad ID']),
    campaignName: cleanText(row['Campaign name']),
    currency: row.Currency,
    amountMinor: spent(context, 'Amount spent', row['Amount spent'], row.Currency),
    impressions: row.Impressions,
    clicks: row['Link clicks'],
  }))

const meta: AdFormat = {
  source: 'meta-ads',
  columns: metaColumns,
  needed: ['Day', 'Campaign ID'],
  table: {
    kind,
    needed: [],
    asideOf: (cells) => (cells[0] === '' && cells[1] === '' ? 'total' : isTotal(cells)),
  },
  spend: (row) => readShape(metaShape, row),
}
