export type Channel = 'google' | 'meta' | 'organic' | 'referral' | 'direct'
export const channels: readonly Channel[] = ['google', 'meta', 'organic', 'referral', 'direct']

/** An ad campaign and its habits; `utm_campaign` carries the id, as the vendors' URL templates do. */
export type AdCampaign = {
  id: string
  name: string
  platform: 'google' | 'meta'
  medium: 'cpc' | 'paid_social'
  firstDay: string
  lastDay: string
  dailyMinor: number
  clickMinor: number
  clickRate: number
  /** Share of its platform's Dutch customers whose first touch it was. */
  share: number
}

const whole = { firstDay: '2025-09-01', lastDay: '2026-08-31' }

export const campaigns: readonly AdCampaign[] = [
  {
    id: '21034000101',
    name: 'NL | Search | Brand',
    platform: 'google',
    medium: 'cpc',
    ...whole,
    dailyMinor: 160,
    clickMinor: 34,
    clickRate: 0.16,
    share: 0.27,
  },
  {
    id: '21034000102',
    name: 'NL | Search | Coffee subscription',
    platform: 'google',
    medium: 'cpc',
    ...whole,
    dailyMinor: 850,
    clickMinor: 108,
    clickRate: 0.052,
    share: 0.43,
  },
  {
    id: '21034000103',
    name: 'UK | Search | Speciality coffee',
    platform: 'google',
    medium: 'cpc',
    firstDay: '2025-10-15',
    lastDay: '2026-08-31',
    dailyMinor: 390,
    clickMinor: 128,
    clickRate: 0.041,
    share: 0,
  },
  {
    id: '21034000104',
    name: 'NL | Performance Max',
    platform: 'google',
    medium: 'cpc',
    ...whole,
    dailyMinor: 610,
    clickMinor: 61,
    clickRate: 0.019,
    share: 0.3,
  },
  {
    id: '120210000000000101',
    name: 'NL | Trial | Prospecting',
    platform: 'meta',
    medium: 'paid_social',
    ...whole,
    dailyMinor: 880,
    clickMinor: 74,
    clickRate: 0.012,
    share: 0.66,
  },
  {
    id: '120210000000000102',
    name: 'NL | Beans | Lookalike',
    platform: 'meta',
    medium: 'paid_social',
    ...whole,
    dailyMinor: 290,
    clickMinor: 63,
    clickRate: 0.014,
    share: 0.34,
  },
  {
    id: '120210000000000103',
    name: 'NL | Giveaway | Win an espresso machine',
    platform: 'meta',
    medium: 'paid_social',
    firstDay: '2026-02-02',
    lastDay: '2026-04-26',
    dailyMinor: 1690,
    clickMinor: 31,
    clickRate: 0.029,
    share: 0,
  },
]

export const ukSearchId = '21034000103'
/** Spends, gathers addresses, brings no customer. */
export const giveawayId = '120210000000000103'

export function campaignOf(id: string): AdCampaign {
  const campaign = campaigns.find((one) => one.id === id)
  if (!campaign) throw new Error(`no ad campaign ${id}`)
  return campaign
}
