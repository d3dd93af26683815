import { days, localDay, weekday } from './calendar.ts'
import { type AdCampaign, campaigns } from './campaigns.ts'
import { type Cell, row } from './csv.ts'
import { type BadReason, csvFile, type Entry, type Export, good, scatter } from './export-file.ts'
import type { Random } from './random.ts'
import type { Visit } from './visits.ts'

/** Spend of one campaign on one day, minor units of EUR. */
export type AdDay = {
  campaign: AdCampaign
  day: string
  costMinor: number
  impressions: number
  clicks: number
  conversions: number
}

/** Daily spend of every campaign while it ran. A platform counts at least the clicks the site saw, and more conversions than there were. */
export function spendAds(visits: readonly Visit[], random: Random): AdDay[] {
  const seen = new Map<string, number>()
  for (const { touch, at } of visits) {
    if (touch.campaignId === undefined) continue
    const key = `${touch.campaignId} ${localDay(at)}`
    seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  return campaigns.flatMap((campaign) => {
    const own = random.fork(campaign.id)
    return days
      .filter((day) => day >= campaign.firstDay && day <= campaign.lastDay)
      .map((day) => adDay(campaign, day, seen.get(`${campaign.id} ${day}`) ?? 0, own))
  })
}

function adDay(campaign: AdCampaign, day: string, seen: number, random: Random): AdDay {
  const busy = day.slice(5, 7) === '12' || day.slice(5, 7) === '11' ? 1.25 : day.slice(5, 7) === '07' ? 0.8 : 0.98
  const weekend = weekday(day) % 6 === 0 ? 0.85 : 1.06
  const costMinor = Math.round(campaign.dailyMinor * busy * weekend * (0.8 + random.next() * 0.4))
  const clicks = Math.max(seen, Math.round((costMinor / campaign.clickMinor) * (0.85 + random.next() * 0.3)))
  const impressions = Math.round((clicks / campaign.clickRate) * (0.85 + random.next() * 0.3))
  const conversions = Math.floor(random.wait(clicks * 0.045))
  return { campaign, day, costMinor, impressions, clicks, conversions }
}

export function exportAds(spend: readonly AdDay[], random: Random): Export {
  return { files: [googleFile(spend, random), metaFile(spend, random)], records: [] }
}

const byDay = (spend: readonly AdDay[], platform: AdCampaign['platform']): AdDay[] =>
  spend
    .filter(({ campaign }) => campaign.platform === platform)
    .toSorted((a, b) => a.day.localeCompare(b.day) || a.campaign.id.localeCompare(b.campaign.id))

const money = (minor: number): string => (minor / 100).toFixed(2)
/** Google writes whole numbers with a comma between thousands. */
const grouped = (value: number): string => value.toLocaleString('en-US')

const googleHeader = ['Day', 'Campaign ID', 'Campaign', 'Currency code', 'Cost', 'Impr.', 'Clicks', 'Conversions']

/** The Google Ads daily campaign report: two title lines, the header, the rows, two totals. */
function googleFile(spend: readonly AdDay[], random: Random): ReturnType<typeof csvFile> {
  const rows = byDay(spend, 'google')
  const line = ({ campaign, day, costMinor, impressions, clicks, conversions }: AdDay): Record<string, Cell> => ({
    Day: day,
    'Campaign ID': campaign.id,
    Campaign: campaign.name,
    'Currency code': 'EUR',
    Cost: money(costMinor),
    'Impr.': grouped(impressions),
    Clicks: grouped(clicks),
    Conversions: conversions.toFixed(2),
  })
  const entries = rows.map((one) => good([row(googleHeader, line(one))]))
  const bad = (reason: BadReason, change: Record<string, Cell>): Entry<Cell[][]> => ({
    bad: reason,
    content: [
      row(googleHeader, {
        Day: '2026-01-20',
        'Campaign ID': '21034000199',
        Campaign: 'NL | Test',
        'Currency code': 'EUR',
        Cost: '4.10',
        'Impr.': '120',
        Clicks: '5',
        Conversions: '0.00',
        ...change,
      }),
    ],
  })
  const sum = (pick: (one: AdDay) => number): number => rows.reduce((total, one) => total + pick(one), 0)
  const total = (name: string): Cell[] => [
    name,
    ' --',
    ' --',
    'EUR',
    sum(({ costMinor }) => costMinor / 100).toLocaleString('en-US', {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    }),
    grouped(sum(({ impressions }) => impressions)),
    grouped(sum(({ clicks }) => clicks)),
    sum(({ conversions }) => conversions).toFixed(2),
  ]
  return csvFile(
    'ads/google.csv',
    googleHeader,
    scatter(
      entries,
      [bad('unknown_currency', { 'Currency code': 'XXQ' }), bad('broken_number', { Cost: '4.l0' })],
      random.fork('google'),
    ),
    {
      before: [['Campaign performance report'], ['1 September 2025 - 31 August 2026']],
      after: [total('Total: Campaigns'), total('Total: Account')],
    },
  )
}

const metaHeader = [
  'Day',
  'Campaign ID',
  'Campaign name',
  'Amount spent (EUR)',
  'Impressions',
  'Link clicks',
  'Results',
  'Reporting starts',
  'Reporting ends',
]

function metaFile(spend: readonly AdDay[], random: Random): ReturnType<typeof csvFile> {
  const line = ({ campaign, day, costMinor, impressions, clicks, conversions }: AdDay): Record<string, Cell> => ({
    Day: day,
    'Campaign ID': campaign.id,
    'Campaign name': campaign.name,
    'Amount spent (EUR)': money(costMinor),
    Impressions: impressions,
    'Link clicks': clicks,
    Results: conversions === 0 ? '' : conversions,
    'Reporting starts': day,
    'Reporting ends': day,
  })
  const model: Record<string, Cell> = {
    Day: '2026-01-20',
    'Campaign ID': '120210000000000199',
    'Campaign name': 'NL | Test',
    'Amount spent (EUR)': '4.10',
    Impressions: 900,
    'Link clicks': 9,
    'Reporting starts': '2026-01-20',
    'Reporting ends': '2026-01-20',
  }
  const extras: Entry<Cell[][]>[] = [
    { bad: 'missing_id', content: [row(metaHeader, { ...model, 'Campaign ID': '' })] },
    { bad: 'broken_number', content: [row(metaHeader, { ...model, 'Amount spent (EUR)': '4,1O' })] },
  ]
  return csvFile(
    'ads/meta.csv',
    metaHeader,
    scatter(
      byDay(spend, 'meta').map((one) => good([row(metaHeader, line(one))])),
      extras,
      random.fork('meta'),
    ),
  )
}
