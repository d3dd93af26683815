/** What the roastery says of itself. The content files state the same; a test compares them. */
export const shop = {
  name: 'Alder & Ash Coffee Roasters',
  site: 'https://alderandash.example',
  email: 'hello@alderandash.example',
  phone: '+31612345000',
  street: 'Elzenkade 14',
  postalCode: '3500 ZZ',
  city: 'Utrecht',
  country: 'NL',
  openingHours: [
    ['Wednesday', '09:00', '17:00'],
    ['Thursday', '09:00', '17:00'],
    ['Friday', '09:00', '18:00'],
    ['Saturday', '10:00', '17:00'],
  ],
  roastingDays: ['Monday', 'Wednesday'],
  dispatchDays: ['Tuesday', 'Thursday'],
  tasteGuaranteeDays: 30,
  gearReturnDays: 30,
  trialDays: 14,
  friendCredit: { EUR: 500, GBP: 450 },
  welcomePercent: 10,
  /** What is left of net revenue after green coffee, roasting, packing, postage and payment fees. */
  grossMargin: 0.6,
} as const

export type Country = 'NL' | 'BE' | 'DE' | 'GB' | 'JP'
export type Currency = 'EUR' | 'GBP' | 'JPY'
export type TaxClass = 'food' | 'standard'

/** Delivery price in minor units, and the order value from which delivery is free. */
export const delivery: Record<
  Country,
  { currency: Currency; priceMinor: number; freeFromMinor: number; days: string }
> = {
  NL: { currency: 'EUR', priceMinor: 495, freeFromMinor: 3500, days: '1–2' },
  BE: { currency: 'EUR', priceMinor: 795, freeFromMinor: 6000, days: '2–3' },
  DE: { currency: 'EUR', priceMinor: 795, freeFromMinor: 6000, days: '2–3' },
  GB: { currency: 'GBP', priceMinor: 695, freeFromMinor: 5000, days: '4–6' },
  JP: { currency: 'JPY', priceMinor: 2400, freeFromMinor: 20000, days: '7–10' },
}

const taxPercent: Record<Country, Record<TaxClass, number>> = {
  NL: { food: 9, standard: 21 },
  BE: { food: 6, standard: 21 },
  DE: { food: 7, standard: 19 },
  GB: { food: 0, standard: 20 },
  JP: { food: 0, standard: 0 },
}

export const taxRate = (country: Country, taxClass: TaxClass): number => taxPercent[country][taxClass]

/** The tax inside a price that includes it, rounded half up to a minor unit. */
export const includedTax = (grossMinor: number, percent: number): number =>
  Math.round((grossMinor * percent) / (100 + percent))

/** `1240` EUR is `12.40`; yen have no decimals. */
export const decimal = (minor: number, currency: Currency): string =>
  currency === 'JPY' ? String(minor) : (minor / 100).toFixed(2)
