import { z } from 'zod'
import type { Canonical, Consent, Profile } from '../canon.ts'
import { consentState } from '../cleanse/consent-word.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { readDay } from '../cleanse/instant.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { optionalInstant, optionalText, readShape, refuse } from '../cleanse/shape.ts'
import { cleanText, splitName } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import type { PeopleMapping } from '../mapping.ts'
import { rejected } from '../reading/csv-table.ts'
import { mappedEndings, mappedRows, type MappedRow } from '../reading/mapped-rows.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'person'

/**
 * People from any CSV or JSON lines, by a mapping: one row is what one source says of one person, known by their id, else
 * by their e-mail address, else by their phone number. A row without the moment it was changed was so when it came.
 */
export function peopleCsv(mapping: PeopleMapping): Source {
  return {
    name: 'people',
    endings: mappedEndings,
    reading: mapping,
    layout: mapping.name,
    read: (input, setting) => readPeople(input, mapping, setting),
  }
}

async function* readPeople(input: SourceInput, mapping: PeopleMapping, setting: Setting): AsyncGenerator<Item> {
  const shape = personShape(mapping, setting)
  const consents = consentChannels.filter((channel) => mapping.columns[consentColumns[channel]] !== undefined)
  const reader = { mapping, setting, consents }
  for await (const row of mappedRows(input, mapping, kind))
    yield row.is === 'mapped' ? personRow(row, shape, reader) : row
}

/** `consents`: the channels that the file has a column for. */
type Reader = { mapping: PeopleMapping; setting: Setting; consents: readonly ConsentChannel[] }

function personRow({ cells, raw, place }: MappedRow, shape: ReturnType<typeof personShape>, reader: Reader): Item {
  const read = readShape(shape, cells)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  const { mapping, setting } = reader
  const country = countryCode(read.value.country) ?? mapping.country
  const email = canonicalEmail(read.value.email)
  const phone = canonicalPhone(read.value.phone, country ?? setting.country)
  const known = read.value.id ?? email ?? phone ?? ''
  const canon = canonOf(read.value, { known, email, phone, country }, reader)
  // Nobody is named: the row waits until somebody says who it is about.
  return { is: 'row', kind, externalId: known === '' ? { unnamedIn: mapping.name } : `${mapping.name}:${known}`, raw, place, canon } // prettier-ignore
}

const consentColumns = { email: 'consent-email', tracking: 'consent-tracking', whatsapp: 'consent-whatsapp', sms: 'consent-sms', ads: 'consent-ads' } as const // prettier-ignore
type ConsentChannel = keyof typeof consentColumns
const consentChannels = Object.keys(consentColumns) as ConsentChannel[]

/** How each cell is read that a file may have. */
function cellShapes(mapping: PeopleMapping, setting: Setting) {
  const zone = mapping.zone ?? setting.zone
  const moment = (column: 'created' | 'updated' | 'consent-date') =>
    optionalInstant(zone, [mapping.dates[column] ?? mapping.date])
  const bornAs = [mapping.dates.born ?? mapping.date]
  const text = optionalText.transform((cell) => cleanText(cell))
  const consent = z.string().optional().transform((cell, context) => {
    const state = consentState(cell)
    if (state !== 'unknown') return state
    return refuse(context, undefined, 'is no consent', 'Write yes, no, or nothing where nobody was asked')
  }) // prettier-ignore
  return {
    id: text,
    email: text,
    phone: text,
    'full-name': text,
    'given-name': text,
    'family-name': text,
    street: text,
    city: text,
    postcode: text,
    country: text,
    language: text,
    organisation: text,
    lifecycle: text,
    born: optionalText.transform((cell, context) =>
      cell === undefined ? undefined : (readDay(cell, bornAs) ?? refuse(context, undefined, 'is no date', `Write it as ${bornAs.join(' or ')}`)),
    ),
    created: moment('created'),
    updated: moment('updated'),
    'consent-date': moment('consent-date'),
    'consent-text': text,
    'consent-email': consent,
    'consent-tracking': consent,
    'consent-whatsapp': consent,
    'consent-sms': consent,
    'consent-ads': consent,
  } // prettier-ignore
}

type PersonCells = { [Name in keyof CellShapes]?: z.infer<CellShapes[Name]> }
type CellShapes = ReturnType<typeof cellShapes>

/** Only of the cells that this file has: to read twenty that are not there costs more than the others. */
function personShape(mapping: PeopleMapping, setting: Setting): z.ZodType<PersonCells> {
  const named: Partial<Record<keyof CellShapes, true>> = Object.fromEntries(
    Object.entries(mapping.columns).flatMap(([name, where]) => (where === undefined ? [] : [[name, true]])),
  )
  return z.object(cellShapes(mapping, setting)).pick(named)
}
type Addresses = { known: string; email: string | undefined; phone: string | undefined; country: string | undefined }

function canonOf(row: PersonCells, at: Addresses, { mapping, setting, consents }: Reader): Canonical[] {
  const split = splitName(row['full-name'])
  const updatedAt = row.updated ?? setting.clock()
  const profile: Profile = {
    is: 'profile',
    of: { kind: mapping.name, value: at.known },
    links: linksOf(at),
    givenName: row['given-name'] ?? split.givenName,
    familyName: row['family-name'] ?? split.familyName,
    email: at.email,
    phone: at.phone,
    street: row.street,
    city: row.city,
    postcode: row.postcode,
    country: at.country,
    language: row.language?.toLowerCase().slice(0, 2),
    born: row.born,
    organisation: row.organisation,
    lifecycle: row.lifecycle?.toLowerCase().replaceAll(' ', '-'),
    createdAt: row.created,
    updatedAt,
  }
  return [profile, ...consentsOf(row, at, { name: mapping.name, consents, at: row['consent-date'] ?? updatedAt })]
}

const linksOf = ({ email, phone }: Addresses): IdentifierRef[] => [
  ...(email === undefined ? [] : [{ kind: 'email', value: email }]),
  ...(phone === undefined ? [] : [{ kind: 'phone', value: phone }]),
]

/**
 * Consents are about an address: e-mail and what it may be tracked by about the mailbox, messages about the number, and
 * being matched for ads about the mailbox, or the number where there is none.
 */
function consentsOf(
  row: PersonCells,
  { known, email, phone }: Addresses,
  file: { name: string; consents: readonly ConsentChannel[]; at: Date },
): Consent[] {
  return file.consents.flatMap((channel): Consent[] => {
    const state = row[consentColumns[channel]]
    const value = channel === 'ads' ? (email ?? phone) : channel === 'email' || channel === 'tracking' ? email : phone
    if (state === undefined || value === undefined) return []
    const by = { kind: value === email ? 'email' : 'phone', value }
    const externalId = `${file.name}:${known}:${channel}:${state}:${file.at.toISOString()}`
    const said: Consent = { is: 'consent', externalId, by, channel, state, basis: 'consent', occurredAt: file.at }
    return [row['consent-text'] === undefined ? said : { ...said, textVersion: row['consent-text'] }]
  })
}
