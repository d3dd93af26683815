import { isCurrency, parseAmount } from '#kernel/money.ts'

/** Something in a text that is right or wrong: an amount, a share, a day, a time, a number. */
export type Figure = { text: string; start: number; end: number } & (
  | { kind: 'money'; amountMinor: number; currency: string; per?: string }
  | { kind: 'percent'; value: number }
  | { kind: 'date'; year: number | null; month: number; day: number | null }
  | { kind: 'numeric-date'; value: string }
  | { kind: 'weekday'; value: number }
  | { kind: 'time'; minutes: number }
  | { kind: 'quantity'; value: number; unit: string | null }
  | { kind: 'deal'; value: string }
) & { bound?: Bound }

/** What stands before a figure and changes what it says: from €13, up to 15%, about 20. */
export type Bound = 'from' | 'to' | 'about'

type Value = Figure extends infer One
  ? One extends Figure
    ? Omit<One, 'text' | 'start' | 'end' | 'bound'>
    : never
  : never
type Reader = { pattern: RegExp; read: (match: RegExpExecArray) => Value | null }

const symbols: Record<string, string> = {
  '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY', euro: 'EUR', dollar: 'USD', pound: 'GBP', cent: 'cent',
} // prettier-ignore
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']

const month =
  'Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?'
const number = String.raw`\d+(?:[.,']\d+)*`
const word = `(?:(?:${tens.filter(Boolean).join('|')})(?:[ -](?:${small.slice(1, 10).join('|')}))?|${small.slice(2).toReversed().join('|')}|(?:a |one )?(?:hundred|thousand|dozen))`
const units: Record<string, string> = {
  g: 'g', gram: 'g', gramme: 'g', kg: 'kg', kilo: 'kg', kilogram: 'kg', ml: 'ml', cl: 'cl', l: 'l', litre: 'l', liter: 'l', oz: 'oz', lb: 'lb',
  cm: 'cm', mm: 'mm', m: 'm', metre: 'm', meter: 'm', km: 'km', second: 'second', minute: 'minute', min: 'minute', hour: 'hour', hr: 'hour', day: 'day',
  week: 'week', month: 'month', year: 'year', degree: '°', '°c': '°', '°': '°',
} // prettier-ignore

const unit = Object.keys(units)
  .toSorted((a, b) => b.length - a.length)
  .join('|')

/** In the order of precedence: what one reader took, a later one does not see. */
const readers: Reader[] = [
  { pattern: new RegExp(String.raw`(€|\$|£|¥|\b[A-Z]{3}\b)\s?(${number})`, 'g'), read: (match) => money(match[2]!, match[1]!) },
  { pattern: new RegExp(String.raw`(${number}|\b${word})\s?(€|£|\$|euros?\b|dollars?\b|pounds?\b|cents?\b|[A-Z]{3}\b)`, 'gi'), read: (match) => money(match[1]!, match[2]!) },
  { pattern: new RegExp(String.raw`(${number}|\b${word})\s?(?:%|percent\b|per cent\b)`, 'gi'), read: (match) => ({ kind: 'percent', value: valueOf(match[1]!) }) },
  { pattern: /\bhalf[ -](?:the )?(?:price|off)\b/gi, read: () => ({ kind: 'percent', value: 50 }) },
  { pattern: /\b(?:a|one)[ -](third|quarter|fifth|tenth)(?: of the price)? (?:off|less|cheaper)\b/gi, read: (match) => ({ kind: 'percent', value: fractions[match[1]!.toLowerCase()]! }) },
  { pattern: /\b(?:(?:two|2|three|3|four|4)[ -]?for[ -]?(?:the price of )?(?:one|1|two|2|three|3)|buy (?:one|two|three|[1-3]),? (?:and )?get (?:one|two|[12]|the second)(?: (?:more|free|half price))?|bogof?|double points)\b/gi, read: (match) => ({ kind: 'deal', value: dealOf(match[0]) }) },
  { pattern: new RegExp(String.raw`\b(${word})[ -]((?:${tens.filter(Boolean).join('|')})(?:[ -](?:${small.slice(1, 10).join('|')}))?|oh[ -](?:${small.slice(1, 10).join('|')})|ten|eleven|twelve|\w{3,5}teen)\b(?!\s?(?:%|percent|per cent|g\b|grams?|kg|ml|minutes?|hours?|days?|metres?|meters?))`, 'gi'), read: (match) => spoken(match[1]!, match[2]!) },
  { pattern: /\b(\d{4})-(\d{2})-(\d{2})(?!\d)/g, read: (match) => ({ kind: 'date', year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }) },
  { pattern: new RegExp(String.raw`\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? (${month})\b\.?(?:,? (\d{4})\b)?`, 'g'), read: (match) => date(match[3], match[2]!, match[1]) },
  { pattern: new RegExp(String.raw`\b(${month})\b\.? (\d{1,2})(?:st|nd|rd|th)?\b(?!:)(?:,? (\d{4})\b)?`, 'g'), read: (match) => date(match[3], match[1]!, match[2]) },
  { pattern: new RegExp(String.raw`\b(${month})\b,? (\d{4})\b`, 'g'), read: (match) => date(match[2], match[1]!) },
  { pattern: new RegExp(String.raw`(?<=\b(?:in|of|until|till|by|since|from|this|next|last|through|for|every|and|to) )(${month})\b`, 'g'), read: (match) => date(undefined, match[1]!) },
  { pattern: /\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b/g, read: (match) => ({ kind: 'numeric-date', value: match[0].replaceAll('/', '.') }) },
  { pattern: /\b(Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)days?\b/g, read: (match) => ({ kind: 'weekday', value: weekdays.indexOf(match[1]!.slice(0, 3).toLowerCase()) }) },
  { pattern: /\b(\d{1,2}):(\d{2})(?:\s?([ap])\.?m\b)?/gi, read: (match) => time(match[1]!, match[2], match[3]) },
  { pattern: /\b(\d{1,2})\s?([ap])\.?m\b/gi, read: (match) => time(match[1]!, '0', match[2]) },
  { pattern: /\b(noon|midday|midnight)\b/gi, read: (match) => ({ kind: 'time', minutes: /midnight/i.test(match[0]) ? 0 : 720 }) },
  { pattern: new RegExp(String.raw`(${number}|\b${word}\b)(?:[\s-]?((?:${unit})s?)(?![\p{L}\p{N}]))?`, 'giu'), read: (match) => quantity(match[1]!, match[2]) },
] // prettier-ignore

const bounds: readonly [Bound, RegExp][] = [
  [
    'from',
    /\b(?:from(?: only| just)?|starting (?:at|from)|starts at|at least|more than|over|above|minimum(?: of)?|no less than|as low as)\s+$/i,
  ],
  ['to', /\b(?:up to|at most|less than|under|below|maximum(?: of)?|no more than|as much as|as high as)\s+$/i],
  ['about', /\b(?:about|around|roughly|almost|nearly|approximately|some)\s+$/i],
]

const boundBefore = (text: string, start: number): Bound | undefined => {
  const before = text.slice(Math.max(0, start - 20), start)
  return bounds.find(([, pattern]) => pattern.test(before))?.[0]
}

/** Of what one costs that much: by time and weight first, then by the piece; in the languages of the house. */
const each: readonly [string, string][] = [
  ['hour', 'hours?|uur|stunde|heure|hora|ora'], ['day', 'days?|dag|tag|jour|día|giorno'], ['week', 'weeks?|woche|semaine|semana|settimana'], ['month', 'months?|maand|monat|mois|mes|mese'],
  ['quarter', 'quarters?|kwartaal|quartal|trimestre'], ['year', 'years?|jaar|jahr|an|année|año|anno'], ['kg', 'kg|kilos?|kilograms?'], ['l', 'litres?|liters?'], ['piece', 'bags?|box(?:es)?|cups?|persons?|people|pieces?|seats?|places?|packs?|tins?'],
] // prettier-ignore
const rates: readonly [string, RegExp][] = [
  ...each.map(([name, words]): [string, RegExp] => [
    name,
    new RegExp(String.raw`^\s?(?:\/|per|an?|each|every|pro|par|por|al|all['’]|elke|jede\w*|chaque|cada|ogni)\s?(?:${words})(?!\p{L})`, 'iu'),
  ]),
  ...each.map(([name]): [string, RegExp] => [name, new RegExp(String.raw`^\s(?:${name}|${name === 'day' ? 'dai' : name})ly\b`, 'i')]),
  ['year', /^\s(?:annually|per annum|a yr)\b/i],
  ['2 week', /^\s(?:every (?:two|2|other) weeks?|(?:every|a|per) fortnight|fortnightly|biweekly)\b/i],
  ['2 month', /^\s(?:every (?:two|2|other) months?|bimonthly)\b/i],
] // prettier-ignore

const rateAfter = (text: string, end: number): string | undefined =>
  rates.find(([, pattern]) => pattern.test(text.slice(end, end + 24)))?.[0]

/** A price by the piece may stand for a plain one; any other must be by the same measure. A copy may leave it out. */
const sameRate = (evidence: string | undefined, copy: string | undefined): boolean =>
  copy === undefined || copy === evidence || (copy === 'piece' && evidence === undefined)

/** The figures of a text, in order of place, without overlaps. Numbers in words count from two on. */
export function figuresOf(text: string): Figure[] {
  const found: Figure[] = []
  for (const { pattern, read } of readers) {
    for (const match of text.matchAll(pattern)) {
      const place = { text: match[0].trim(), start: match.index, end: match.index + match[0].length }
      if (found.some((other) => place.start < other.end && other.start < place.end)) continue
      const value = read(match)
      const bound = boundBefore(text, place.start)
      const per = value?.kind === 'money' ? rateAfter(text, place.end) : undefined
      if (value) found.push({ ...place, ...value, ...(bound && { bound }), ...(per && { per }) })
    }
  }
  return found.toSorted((a, b) => a.start - b.start)
}

const fractions: Record<string, number> = { third: 33, quarter: 25, fifth: 20, tenth: 10 }

const dealOf = (words: string): string =>
  words
    .toLowerCase()
    .replace(/\btwo\b/g, '2')
    .replace(/\b(?:one|the second)\b/g, '1')
    .replace(/\bthree\b/g, '3')
    .replace(/[^a-z0-9]+/g, '')

/** "thirteen fifty" is a price; of which currency, the evidence says. Twenty five, said as one number, is none. */
function spoken(whole: string, cents: string): Value | null {
  if (/^(?:a |one )?(?:hundred|thousand|dozen)$/i.test(whole)) return null
  const rest = valueOf(cents.replace(/^oh[ -]/i, ''))
  return rest < 1 || rest > 99 ? null : { kind: 'money', amountMinor: valueOf(whole) * 100 + rest, currency: '' }
}

function money(amount: string, sign: string): Value | null {
  const name = sign.toLowerCase().replace(/s$/, '')
  const currency = symbols[sign] ?? symbols[name] ?? sign
  if (currency === 'cent') return { kind: 'money', amountMinor: valueOf(amount), currency: '' }
  if (!isCurrency(currency)) return null
  const parsed = parseAmount(/^\d/.test(amount) ? amount : String(valueOf(amount)), currency)
  return parsed ? { kind: 'money', ...parsed } : { kind: 'money', amountMinor: Number.NaN, currency }
}

const monthOf = (name: string): number => months.indexOf(name.slice(0, 3).toLowerCase()) + 1

const date = (year: string | undefined, name: string, day?: string): Value => ({
  kind: 'date',
  year: year === undefined ? null : Number(year),
  month: monthOf(name),
  day: day === undefined ? null : Number(day),
})

function time(hours: string, minutes = '0', half?: string): Value {
  const twelve = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  return { kind: 'time', minutes: twelve * 60 + Number(minutes) }
}

function quantity(amount: string, of?: string): Value {
  const name = of?.toLowerCase() ?? ''
  return { kind: 'quantity', value: valueOf(amount), unit: units[name] ?? units[name.replace(/s$/, '')] ?? null }
}

function valueOf(amount: string): number {
  if (/^\d/.test(amount)) return Number(amount.replace(/[,'](?=\d{3}(?:\D|$))/g, '').replace(',', '.'))
  const words = amount.toLowerCase()
  if (words.endsWith('dozen')) return 12
  if (words.endsWith('hundred')) return 100
  if (words.endsWith('thousand')) return 1000
  const [first = '', second = ''] = words.split(/[ -]/)
  const ten = tens.indexOf(first)
  return ten > 0 ? ten * 10 + Math.max(0, small.indexOf(second)) : small.indexOf(first)
}

/** True when the evidence's figure says what the copy's figure says. A copy may say less (no year), never more. */
export function supports(evidence: Figure, copy: Figure): boolean {
  if (copy.kind === 'weekday') return weekdayOf(evidence) === copy.value
  if (copy.kind === 'quantity' && evidence.kind === 'date') return copy.unit === null && copy.value === evidence.year
  // A price or a share that the evidence states as such may not become a bound, nor a bound a price.
  if ((copy.kind === 'money' || copy.kind === 'percent') && copy.bound !== evidence.bound) return false
  if (copy.kind === 'money' && evidence.kind === 'money') {
    const same = copy.currency === evidence.currency || copy.currency === ''
    return copy.amountMinor === evidence.amountMinor && same && sameRate(evidence.per, copy.per)
  }
  if (copy.kind === 'date' && evidence.kind === 'date') {
    const said = (field: 'year' | 'day') => copy[field] === null || copy[field] === evidence[field]
    return copy.month === evidence.month && said('year') && said('day')
  }
  if (copy.kind === 'time' && evidence.kind === 'time') return copy.minutes === evidence.minutes
  if (copy.kind === 'quantity' && evidence.kind === 'quantity') {
    return copy.value === evidence.value && copy.unit === evidence.unit
  }
  const value = (figure: Figure) => ('value' in figure ? figure.value : null)
  return copy.kind === evidence.kind && value(copy) !== null && value(copy) === value(evidence)
}

function weekdayOf(figure: Figure): number | null {
  if (figure.kind === 'weekday') return figure.value
  if (figure.kind !== 'date' || figure.year === null || figure.day === null) return null
  return new Date(Date.UTC(figure.year, figure.month - 1, figure.day)).getUTCDay()
}
