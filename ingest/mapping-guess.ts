import { guessColumns } from './columns/guess.ts'
import { dateColumn } from './columns/dates.ts'
import type { Field } from './columns/field.ts'
import { canonicalEmail } from './cleanse/email.ts'
import { isInstantFormat, readInstant } from './cleanse/instant.ts'
import { columnNames, type MappingKind } from './mapping.ts'
import type { Sample } from './reading/sample.ts'

/** What one column is taken for, how surely (0 to 1), and why. */
export type ColumnGuess = { what: string; column: string; confidence: number; why: string; format?: string }

/**
 * A mapping as it was guessed from the beginning of a file: `mapping` is the line to use, `left` the columns that are
 * not taken, `missing` what still must be named before anything can be read.
 */
export type MappingGuess = { kind: MappingKind; guesses: ColumnGuess[]; left: string[]; missing: string[]; mapping: string } // prettier-ignore

/** What each column of orders, events and people may be called, beside what `columns/` knows of people. */
const names: Record<MappingKind, Readonly<Record<string, RegExp>>> = {
  orders: {
    id: /^(order|invoice|transaction|receipt)?[ _-]?(id|no|nr|number|nummer|name|#)$|^(order|ordernummer|bestelnummer|rechnungsnummer|factuurnummer|invoice|transaction|receipt)$/,
    customer: /^(customer|client|klant|kunde|member|user|account|card)[ _-]?(id|no|nr|number|nummer|code)?$/,
    date: /date|datum|fecha|^(at|when|created|ordered|paid|placed|purchased)([ _-]?(at|on))?$|time/,
    amount: /amount|total|bedrag|betrag|importe|montant|gross|revenue|omzet|umsatz|paid|sum|price|spend/,
    currency: /^(currency|valuta|währung|devise|moneda)([ _-]?code)?$/,
    quantity: /^(quantity|qty|aantal|menge|cantidad|units|number of (items|cds))$/,
    sku: /sku|article|artikel|product[ _-]?(id|code)/,
    title: /^(product|item|title|description|omschrijving|artikelnaam)([ _-]?name)?$/,
    tax: /tax|vat|btw|mwst|iva/,
    discount: /discount|korting|rabatt/,
    shipping: /shipping|verzend|versand|delivery[ _-]?(cost|fee)/,
  },
  events: {
    id: /^(event|row|message)?[ _-]?(id|uuid)$/,
    date: /date|datum|time|^(at|when|occurred|happened|created)([ _-]?(at|on))?$/,
    event: /^(event|action|activity|type|kind|what)([ _-]?(name|type))?$/,
    customer: /^(customer|client|klant|kunde|member|user|account|contact)[ _-]?(id|no|nr|number)?$/,
    device: /anonymous|device|client[ _-]?id|visitor|cookie/,
    channel: /^(channel|kanaal|medium|utm[ _-]?medium)$/,
    campaign: /campaign|campagne|kampagne/,
  },
  people: {
    language: /^(preferred )?(language|locale|taal|sprache|lang)$/,
    organisation: /^(company|organi[sz]ation|employer|firma|bedrijf)([ _-]?(name|naam))?$|^(firmen|bedrijfs)na(me|am)$/,
    lifecycle: /lifecycle|^(status|stage|segment)$/,
    created: /^(created|registered|joined|signed up|signup|aangemaakt)([ _-]?(at|on|date))?$|(create|creation|registration|sign-?up|join)[ _-]?date/,
    updated: /(updated|modified|changed|gewijzigd)([ _-]?(at|on|date))?$|last[ _-]?(update|modified|change)/,
    'consent-email': /(email|e-mail|newsletter|nieuwsbrief|marketing).*(consent|opt[ _-]?in|permission|subscri|accepts|toestemming)|(consent|opt[ _-]?in|accepts|subscribed).*(email|e-mail|newsletter|marketing)|^(newsletter|nieuwsbrief|opt[ _-]?in|subscribed|consent)$/,
    'consent-whatsapp': /whatsapp.*(consent|opt)|(consent|opt[ _-]?in).*whatsapp/,
    'consent-sms': /sms.*(consent|opt)|(consent|opt[ _-]?in).*sms/,
    'consent-date': /(consent|opt[ _-]?in)[ _-]?(date|at|time|moment)/,
  },
} // prettier-ignore

const contact: Readonly<Record<string, RegExp>> = {
  email: /e-?mail/,
  phone: /phone|mobile|telefoon|telefon|^(tel|gsm|mobiel)$/,
  'full-name': /^(full |customer |billing |shipping )?(name|naam)$/,
  'given-name': /^(first|given)[ _-]?name$|voornaam|vorname/,
  'family-name': /^(last|family|sur)[ _-]?name$|achternaam|nachname/,
  city: /^(billing |shipping )?(city|town|stad|plaats|ort|woonplaats)$/,
  country: /^(billing |shipping )?(country|land)([ _-]?code)?$/,
}

const moments = new Set(['date', 'created', 'updated', 'consent-date', 'born'])
const numbers = new Set(['amount', 'quantity', 'tax', 'discount', 'shipping'])

/** Guesses which column holds what, from names and contents. Nothing is read in by it: a person says yes first. */
export function guessMapping(sample: Sample, kind: MappingKind): MappingGuess {
  const byName = claims(sample, kind)
  const guesses = settled(kind === 'people' ? [...peopleClaims(sample), ...byName] : byName, kind)
  const taken = new Set(guesses.map(({ column }) => column))
  const left = sample.columns.filter((column) => !taken.has(column))
  return { kind, guesses, left, missing: missingOf(guesses, kind), mapping: mappingText(sample, guesses) }
}

/** Every claim a column name has, stronger where its values bear it out; what they contradict is no claim. */
function claims(sample: Sample, kind: MappingKind): ColumnGuess[] {
  const wanted = Object.entries({ ...contact, ...names[kind] })
  const possible = new Set(columnNames(kind))
  return sample.columns.flatMap((column, index) => {
    const name = column.toLowerCase().replaceAll(/[_.]+/g, ' ').trim()
    const values = sample.rows.map((row) => row[index] ?? '').filter((value) => value.trim() !== '')
    return wanted.flatMap(([what, pattern]): ColumnGuess[] => {
      if (!possible.has(what) || !pattern.test(name)) return []
      const { fits, format } = bornOut(what, values, sample.zone)
      if (values.length > 0 && fits < 0.5) return []
      // Customers who are named by their address are known by it elsewhere too: as a mere name it would join nobody.
      if (what === 'customer' && possible.has('email') && bornOut('email', values, sample.zone).fits > 0.8)
        return [{ what: 'email', column, confidence: 0.9, why: 'its values are e-mail addresses' }]
      const exact = name === what || name === what.replace('-', ' ')
      const confidence = Math.round((0.5 + (exact ? 0.2 : 0) + 0.29 * fits) * 100) / 100
      const why = values.length === 0 ? 'by its name; the first rows are empty' : 'by its name and its values'
      return [{ what, column, confidence, why, ...(format === undefined ? {} : { format }) }]
    })
  })
}

/** Which share of the values can be what the column is taken for, from 0 to 1. */
function bornOut(what: string, values: readonly string[], zone: string): { fits: number; format?: string } {
  const share = (fits: (value: string) => boolean): number => values.length === 0 ? 0 : values.filter(fits).length / values.length // prettier-ignore
  if (what === 'email') return { fits: share((value) => canonicalEmail(value) !== undefined) }
  if (numbers.has(what)) return { fits: share((value) => /^[-+]?[\s\d.,']*\d$/.test(value.trim())) }
  if (what === 'currency') return { fits: share((value) => /^[A-Za-z]{3}$/.test(value.trim())) }
  if (what === 'phone') return { fits: share((value) => value.replaceAll(/\D/g, '').length >= 7) }
  if (!moments.has(what)) return { fits: share((value) => value.length <= 200) }
  const format = momentFormat(values, zone)
  return format === null ? { fits: 0 } : { fits: share((value) => readInstant(value, [format], zone) !== null), format }
}

const clocks = ['', ' HH:mm', ' HH:mm:ss', ' H:mm', ' h:mm a', "'T'HH:mm", "'T'HH:mm:ss"]

/** The format that reads most of the values, or null where none reads half of them. */
function momentFormat(values: readonly string[], zone: string): string | null {
  const digits = dateColumn(values)?.format
  const unix = values.every((value) => /^\d{10}$/.test(value.trim())) ? ['unix'] : values.every((value) => /^\d{13}$/.test(value.trim())) ? ['unix-ms'] : [] // prettier-ignore
  const written = digits === undefined ? [] : clocks.map((clock) => `${digits}${clock}`)
  // A comma or semicolon would end the format in a mapping of one line.
  const candidates = ['iso', ...unix, ...written].filter((format) => isInstantFormat(format) && !/[,;]/.test(format))
  const reads = (format: string): number => values.filter((value) => readInstant(value, [format], zone) !== null).length
  const best = candidates.map((format) => ({ format, read: reads(format) })).toSorted((a, b) => b.read - a.read)[0]
  return best && best.read > 0 && best.read >= values.length / 2 ? best.format : null
}

const personColumns: Partial<Record<Field, string>> = {
  'record-id': 'id', 'user-id': 'id', email: 'email', phone: 'phone', full: 'full-name', given: 'given-name', family: 'family-name',
  street: 'street', city: 'city', postcode: 'postcode', country: 'country', dob: 'born',
} // prettier-ignore

function peopleClaims(sample: Sample): ColumnGuess[] {
  return guessColumns({ header: sample.columns, rows: sample.rows }).flatMap((guess): ColumnGuess[] => {
    const what = personColumns[guess.field]
    if (what === undefined) return []
    const index = sample.columns.indexOf(guess.column)
    const values = sample.rows.map((row) => row[index] ?? '').filter((value) => value.trim() !== '')
    const format = what === 'born' ? momentFormat(values, 'utc') : undefined
    if (format === null) return []
    const { column, confidence, why } = guess
    return [{ what, column, confidence, why, ...(format === undefined ? {} : { format }) }]
  })
}

/** The surest claim takes its meaning and its column; what comes later goes without. */
function settled(all: readonly ColumnGuess[], kind: MappingKind): ColumnGuess[] {
  const [meanings, columns] = [new Set<string>(), new Set<string>()]
  const chosen = all.toSorted((a, b) => b.confidence - a.confidence).filter(({ what, column }) => {
    if (meanings.has(what) || columns.has(column)) return false
    meanings.add(what)
    columns.add(column)
    return true
  }) // prettier-ignore
  const order = columnNames(kind)
  return chosen.toSorted((a, b) => order.indexOf(a.what) - order.indexOf(b.what))
}

const required: Record<MappingKind, readonly (readonly string[])[]> = {
  orders: [['date'], ['amount'], ['customer', 'email', 'phone']],
  people: [['id', 'email', 'phone']],
  events: [['date'], ['event'], ['customer', 'email', 'phone', 'device']],
}

const missingOf = (guesses: readonly ColumnGuess[], kind: MappingKind): string[] =>
  required[kind].filter((any) => !guesses.some(({ what }) => any.includes(what))).map((any) => any.join(' or '))

/** The mapping in one line, as `--map` takes it. */
function mappingText(sample: Sample, guesses: readonly ColumnGuess[]): string {
  const columns = guesses.map(({ what, column, format }) => {
    const suffix = format === undefined || format === 'iso' ? '' : `:${format}`
    return `${what}=${referenceTo(sample, column)}${suffix}`
  })
  const about = [
    ...(sample.delimiter === 'comma' ? [] : [`delimiter=${sample.delimiter}`]),
    ...(sample.header ? [] : ['header=no']),
    ...(sample.encoding === 'utf-8' ? [] : [`encoding=${sample.encoding}`]),
  ]
  return [columns.join(','), ...about].join(';')
}

/** A column by its name, quoted where it must be; by its number where its name cannot be written. */
function referenceTo(sample: Sample, column: string): string {
  const twice = sample.columns.indexOf(column) !== sample.columns.lastIndexOf(column)
  if (!sample.header || column.includes('"') || column === '' || twice)
    return String(sample.columns.indexOf(column) + 1)
  return /^[\p{L}_][\p{L}\d_. ]*$/u.test(column) && !/^[A-Z]{2,3}$/.test(column) ? column : `"${column}"`
}
