import { coffees } from './coffees.ts'
import { at } from './random.ts'
import type { Currency, TaxClass } from './shop.ts'

export type Variant = { sku: string; option: string; eurMinor: number; gbpMinor: number; stock: number }
export type Product = {
  handle: string
  title: string
  type: 'Coffee' | 'Subscription' | 'Workshop' | 'Gear'
  tags: readonly string[]
  body: string
  taxClass: TaxClass
  optionName: string
  variants: readonly Variant[]
}

const subscription = (handle: string, title: string, body: string, variants: readonly Variant[]): Product => ({
  handle,
  title,
  type: 'Subscription',
  tags: ['subscription'],
  body,
  taxClass: 'food',
  optionName: 'Billing',
  variants,
})

export const subscriptions: readonly Product[] = [
  subscription(
    'filter-explorer',
    'Filter Explorer',
    'One 250 g bag of a different filter coffee each month, chosen by our roaster. Delivery included. Starts with a free 14-day trial and a 60 g sample bag.',
    [
      { sku: 'SUB-EXP-M', option: 'Monthly', eurMinor: 1450, gbpMinor: 1300, stock: 0 },
      { sku: 'SUB-EXP-Y', option: 'Yearly', eurMinor: 15950, gbpMinor: 14300, stock: 0 },
    ],
  ),
  subscription(
    'daily-espresso',
    'Daily Espresso',
    'Two 250 g bags of Alder House Espresso each month. Delivery included.',
    [{ sku: 'SUB-DAY-M', option: 'Monthly', eurMinor: 2400, gbpMinor: 2150, stock: 0 }],
  ),
  subscription(
    'household-kilo',
    'Household Kilo',
    'One kilogram each month, in four 250 g bags you choose. Delivery included.',
    [{ sku: 'SUB-KIL-M', option: 'Monthly', eurMinor: 4200, gbpMinor: 3800, stock: 0 }],
  ),
]

export type Session = { sku: string; day: string; from: string; to: string; places: number }

const workshop = (
  handle: string,
  title: string,
  body: string,
  eurMinor: number,
  gbpMinor: number,
  sessions: readonly Session[],
): Product & { sessions: readonly Session[] } => ({
  handle,
  title,
  type: 'Workshop',
  tags: ['workshop', 'utrecht'],
  body,
  taxClass: 'standard',
  optionName: 'Date',
  sessions,
  variants: sessions.map(({ sku, day, places }) => ({ sku, option: day, eurMinor, gbpMinor, stock: places })),
})

/** Workshop dates of autumn 2026; the stock of a date is its free places. */
export const workshops = [
  workshop(
    'filter-brewing-at-home',
    'Filter Brewing at Home',
    'Two hours on grind, water and pouring; you brew six cups.',
    4500,
    3900,
    [
      { sku: 'WS-FIL-0912', day: '2026-09-12', from: '10:00', to: '12:00', places: 3 },
      { sku: 'WS-FIL-1010', day: '2026-10-10', from: '10:00', to: '12:00', places: 7 },
      { sku: 'WS-FIL-1114', day: '2026-11-14', from: '10:00', to: '12:00', places: 8 },
    ],
  ),
  workshop('espresso-basics', 'Espresso Basics', 'Dialling in, milk and cleaning on two-group machines.', 6500, 5700, [
    { sku: 'WS-ESP-0919', day: '2026-09-19', from: '13:00', to: '15:30', places: 1 },
    { sku: 'WS-ESP-1024', day: '2026-10-24', from: '13:00', to: '15:30', places: 5 },
    { sku: 'WS-ESP-1128', day: '2026-11-28', from: '13:00', to: '15:30', places: 6 },
  ]),
  workshop(
    'cupping-six-origins',
    'Cupping Six Origins',
    'Taste six origins side by side and learn to name what you taste.',
    2800,
    2500,
    [
      { sku: 'WS-CUP-1002', day: '2026-10-02', from: '19:00', to: '20:30', places: 9 },
      { sku: 'WS-CUP-1106', day: '2026-11-06', from: '19:00', to: '20:30', places: 12 },
      { sku: 'WS-CUP-1204', day: '2026-12-04', from: '19:00', to: '20:30', places: 12 },
    ],
  ),
] as const

const gearItem = (handle: string, title: string, body: string, variant: Omit<Variant, 'option'>): Product => ({
  handle,
  title,
  type: 'Gear',
  tags: ['gear'],
  body,
  taxClass: 'standard',
  optionName: 'Title',
  variants: [{ ...variant, option: 'Default Title' }],
})

export const gear: readonly Product[] = [
  gearItem('ceramic-dripper-02', 'Ceramic Dripper 02', 'White glazed dripper for one to four cups.', {
    sku: 'GEAR-DRIP',
    eurMinor: 2450,
    gbpMinor: 2200,
    stock: 34,
  }),
  gearItem('paper-filters-02', 'Paper Filters 02', 'One hundred unbleached cone filters.', {
    sku: 'GEAR-FILT',
    eurMinor: 650,
    gbpMinor: 590,
    stock: 300,
  }),
  gearItem('hand-grinder-40', 'Hand Grinder 40', 'Hand grinder with 40 mm steel burrs, 30 g capacity.', {
    sku: 'GEAR-GRIN',
    eurMinor: 8900,
    gbpMinor: 8000,
    stock: 14,
  }),
  gearItem('gooseneck-kettle', 'Gooseneck Kettle', 'Stove-top kettle, 0.9 litre, with a thermometer in the lid.', {
    sku: 'GEAR-KETT',
    eurMinor: 6400,
    gbpMinor: 5750,
    stock: 19,
  }),
  gearItem('airtight-tin', 'Airtight Tin', 'Tin with an inner lid for 250 g of beans.', {
    sku: 'GEAR-TIN',
    eurMinor: 1200,
    gbpMinor: 1080,
    stock: 45,
  }),
]

export const products: readonly Product[] = [...coffees, ...subscriptions, ...workshops, ...gear]

/** Price in minor units; yen are converted at a fixed 164 a euro and rounded up to a hundred. */
export function priceMinor(variant: Variant, currency: Currency): number {
  if (currency === 'EUR') return variant.eurMinor
  if (currency === 'GBP') return variant.gbpMinor
  return Math.ceil((variant.eurMinor * 1.64) / 100) * 100
}

/** The variant with this SKU, with its product. */
export function variantOf(sku: string): { product: Product; variant: Variant } {
  const product = products.find(({ variants }) => variants.some((variant) => variant.sku === sku))
  if (!product) throw new Error(`the catalogue has no SKU ${sku}`)
  return {
    product,
    variant: at(
      product.variants.filter((variant) => variant.sku === sku),
      0,
    ),
  }
}

/** As an order names it: the product, and the variant unless there is only one. */
export const lineName = (product: Product, variant: Variant): string =>
  product.variants.length === 1 && variant.option === 'Default Title'
    ? product.title
    : `${product.title} - ${variant.option}`
