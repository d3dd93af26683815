import type { Product, Variant } from './catalogue.ts'

type Coffee = {
  code: string
  handle: string
  title: string
  roast: 'filter' | 'espresso'
  origin: string
  body: string
  small: readonly [eurMinor: number, gbpMinor: number, stock: number]
  kilo?: readonly [eurMinor: number, gbpMinor: number, stock: number]
}

const list: readonly Coffee[] = [
  {
    code: 'HOU',
    handle: 'alder-house-espresso',
    title: 'Alder House Espresso',
    roast: 'espresso',
    origin: 'Brazil and Guatemala',
    body: 'Blend of 60% Brazil Boa Sombra and 40% Guatemala Tres Fuentes. Hazelnut, milk chocolate, orange peel. Our café espresso.',
    small: [980, 890, 240],
    kilo: [3400, 3100, 85],
  },
  {
    code: 'ASH',
    handle: 'ash-filter-blend',
    title: 'Ash Filter Blend',
    roast: 'filter',
    origin: 'Colombia and Ethiopia',
    body: 'Blend of 70% Colombia San Agustín and 30% Ethiopia Aricha. Caramel, red apple, black tea.',
    small: [1040, 940, 210],
    kilo: [3650, 3300, 60],
  },
  {
    code: 'ARI',
    handle: 'ethiopia-aricha',
    title: 'Ethiopia Aricha',
    roast: 'filter',
    origin: 'Yirgacheffe, Ethiopia',
    body: 'Washed heirloom varieties, 1,950–2,100 m. Jasmine, bergamot, apricot.',
    small: [1320, 1190, 74],
    kilo: [4700, 4250, 12],
  },
  {
    code: 'HAM',
    handle: 'ethiopia-hambela-natural',
    title: 'Ethiopia Hambela Natural',
    roast: 'filter',
    origin: 'Guji, Ethiopia',
    body: 'Natural, dried 18 days on raised beds, 2,000–2,200 m. Strawberry, cocoa nib, lime.',
    small: [1380, 1250, 52],
    kilo: [4900, 4450, 9],
  },
  {
    code: 'GIC',
    handle: 'kenya-gichatha',
    title: 'Kenya Gichatha',
    roast: 'filter',
    origin: 'Nyeri, Kenya',
    body: 'Washed SL28 and SL34, AA, 1,800 m. Blackcurrant, grapefruit, brown sugar. Only sold in 250 g bags.',
    small: [1560, 1410, 38],
  },
  {
    code: 'SAN',
    handle: 'colombia-san-agustin',
    title: 'Colombia San Agustín',
    roast: 'filter',
    origin: 'Huila, Colombia',
    body: 'Washed Caturra and Castillo from 42 growers, 1,650–1,850 m. Caramel, red apple, almond.',
    small: [1240, 1120, 96],
    kilo: [4400, 3980, 22],
  },
  {
    code: 'DEC',
    handle: 'colombia-decaf-narino',
    title: 'Colombia Decaf Nariño',
    roast: 'filter',
    origin: 'Nariño, Colombia',
    body: 'Decaffeinated with ethyl acetate from sugar cane, then washed, 1,900 m. Panela, plum, cocoa.',
    small: [1290, 1160, 88],
    kilo: [4550, 4100, 18],
  },
  {
    code: 'TRE',
    handle: 'guatemala-tres-fuentes',
    title: 'Guatemala Tres Fuentes',
    roast: 'espresso',
    origin: 'Huehuetenango, Guatemala',
    body: 'Washed Bourbon and Caturra, 1,600–1,800 m. Dark chocolate, orange, toffee.',
    small: [1220, 1100, 67],
    kilo: [4350, 3950, 15],
  },
  {
    code: 'BOA',
    handle: 'brazil-boa-sombra',
    title: 'Brazil Boa Sombra',
    roast: 'espresso',
    origin: 'Cerrado Mineiro, Brazil',
    body: 'Natural Yellow Catuaí, 1,100 m. Hazelnut, milk chocolate, date.',
    small: [1090, 980, 130],
    kilo: [3850, 3490, 40],
  },
  {
    code: 'GIT',
    handle: 'rwanda-gitwe-hill',
    title: 'Rwanda Gitwe Hill',
    roast: 'filter',
    origin: 'Nyamasheke, Rwanda',
    body: 'Washed Red Bourbon, 1,700–1,900 m. Orange blossom, honey, black tea.',
    small: [1280, 1160, 59],
    kilo: [4500, 4050, 11],
  },
  {
    code: 'HEL',
    handle: 'costa-rica-los-helechos',
    title: 'Costa Rica Los Helechos',
    roast: 'filter',
    origin: 'Tarrazú, Costa Rica',
    body: 'Red honey Catuaí, 1,750 m. Peach, brown sugar, almond. Only sold in 250 g bags.',
    small: [1440, 1300, 31],
  },
  {
    code: 'CHI',
    handle: 'peru-chirinos',
    title: 'Peru Chirinos',
    roast: 'filter',
    origin: 'Cajamarca, Peru',
    body: 'Washed Caturra and Bourbon, 1,700–1,850 m. Milk chocolate, pear, vanilla.',
    small: [1210, 1090, 81],
    kilo: [4250, 3850, 20],
  },
]

const variants = ({ code, small, kilo }: Coffee): Variant[] => [
  { sku: `CF-${code}-250`, option: '250 g', eurMinor: small[0], gbpMinor: small[1], stock: small[2] },
  ...(kilo ? [{ sku: `CF-${code}-1KG`, option: '1 kg', eurMinor: kilo[0], gbpMinor: kilo[1], stock: kilo[2] }] : []),
]

/** The twelve coffees on the shelf. */
export const coffees: readonly Product[] = list.map((coffee) => ({
  handle: coffee.handle,
  title: coffee.title,
  type: 'Coffee',
  tags: ['coffee', coffee.roast, coffee.origin],
  body: coffee.body,
  taxClass: 'food',
  optionName: 'Size',
  variants: variants(coffee),
}))

/** What was paid for a kilogram of green coffee, minor units of EUR: the figures of the post on buying. */
export const greenPaidMinor: Record<string, number> = {
  'Colombia San Agustín': 810,
  'Ethiopia Aricha': 860,
  'Rwanda Gitwe Hill': 790,
  'Kenya Gichatha': 1040,
}
