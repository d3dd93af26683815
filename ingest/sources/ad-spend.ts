import { z } from 'zod'
import type { Cost } from '../canon.ts'
import { amountIn, currency, day, optionalCount, optionalText, readShape, refuse, requiredText, type Reading } from '../cleanse/shape.ts' // prettier-ignore
import { cleanText } from '../cleanse/text.ts'
import { csvTable, rejected, type Table } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'ad-day'

/** What one ad export says in its own columns. */
type Spend = { day: string; campaignId: string; campaignName: string | undefined; currency: string; amountMinor: number; impressions: number | undefined; clicks: number | undefined } // prettier-ignore

type AdFormat = {
  source: 'google-ads' | 'meta-ads'
  table: Table
  spend: (row: Record<string, string>) => Reading<Spend>
}

/**
 * The daily campaign report of Google Ads (CSV). Its title lines and the totals at its end are no rows of data: they
 * are passed over and counted aside. A day is a day of the account's zone.
 */
export const googleAds = (): Source => adSource(google)

/** The daily campaign report of Meta (CSV); the currency stands in the name of the amount column. */
export const metaAds = (): Source => adSource(meta)

const adSource = (format: AdFormat): Source => ({
  name: format.source,
  endings: ['.csv'],
  read: (input, setting) => readSpend(input, setting, format),
})

async function* readSpend(input: SourceInput, _setting: Setting, format: AdFormat): AsyncGenerator<Item> {
  for await (const found of csvTable(input, format.table)) {
    if (found.is !== 'cells') {
      yield found
      continue
    }
    const read = format.spend(found.row)
    const { raw, place } = found
    if (read.kind === 'unreadable') yield rejected(kind, raw, place, read)
    else yield { is: 'row', kind, externalId: keyOf(read.value), raw, place, canon: [costOf(read.value, format)] }
  }
}

/** Never the name, which people change: a day of a campaign is one cost, and a restated one replaces it. */
const keyOf = ({ campaignId, day: on }: Spend): string => `${campaignId}:${on}`

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

const isTotal = (cells: readonly string[]): string | null => (/^(grand )?total\b/i.test(cells[0]?.trim() ?? '') ? 'total' : null) // prettier-ignore

const googleShape = z
  .object({
    Day: day(['iso', 'yyyy/MM/dd']),
    'Campaign ID': requiredText,
    Campaign: optionalText,
    'Currency code': currency,
    Cost: z.string(),
    'Impr.': optionalCount,
    Clicks: optionalCount,
  }) // prettier-ignore
  .transform((row, context): Spend => ({
    day: row.Day,
    campaignId: row['Campaign ID'],
    campaignName: cleanText(row.Campaign),
    currency: row['Currency code'],
    amountMinor: spent(context, 'Cost', row.Cost, row['Currency code']),
    impressions: row['Impr.'],
    clicks: row.Clicks,
  }))

function spent(context: z.RefinementCtx, column: string, text: string | undefined, code: string): number {
  const amount = amountIn(context, column, text, code)
  return amount < 0 ? refuse(context, column, 'is negative') : amount
}

const google: AdFormat = {
  source: 'google-ads',
  table: {
    kind,
    needed: ['Day', 'Campaign ID', 'Campaign', 'Currency code', 'Cost'],
    isHeader: (cells) => cells.includes('Day') && cells.includes('Campaign ID'),
    asideOf: isTotal,
  },
  spend: (row) => readShape(googleShape, row),
}

const amountColumn = /^Amount spent \(([A-Z]{3})\)$/

const metaShape = z
  .object({
    Day: day(),
    'Campaign ID': requiredText,
    'Campaign name': optionalText,
    Impressions: optionalCount,
    'Link clicks': optionalCount,
  }) // prettier-ignore
  .loose()
  .transform((row, context): Spend => {
    const column = Object.keys(row).find((name) => amountColumn.test(name)) ?? 'Amount spent'
    const code = amountColumn.exec(column)?.[1] ?? ''
    const amount: unknown = row[column]
    return {
      day: row.Day,
      campaignId: row['Campaign ID'],
      campaignName: cleanText(row['Campaign name']),
      currency: code,
      amountMinor: spent(context, column, typeof amount === 'string' ? amount : undefined, code),
      impressions: row.Impressions,
      clicks: row['Link clicks'],
    }
  })

const meta: AdFormat = {
  source: 'meta-ads',
  table: {
    kind,
    needed: ['Day', 'Campaign ID', 'Campaign name', 'Reporting starts'],
    asideOf: (cells) => (cells[0] === '' && cells[1] === '' ? 'total' : isTotal(cells)),
  },
  spend: (row) => readShape(metaShape, row),
}
