import { z } from 'zod'
import { instant, optionalInstant, optionalText, readShape, requiredText } from '../cleanse/shape.ts'
import { csvTable, rejected } from '../reading/csv-table.ts'
import { peeked } from '../reading/export-rows.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'
import { readObjects } from './hubspot-api-objects.ts'
import { contactSays, type Contact } from './hubspot-contact.ts'

const kind = 'contact'
const needed = ['Record ID', 'Email', 'Create Date', 'Last Modified Date']
const moments = ['yyyy-MM-dd HH:mm', 'yyyy-MM-dd HH:mm:ss', 'iso']

/**
 * The contacts export of HubSpot (CSV), or objects of its API (JSON). The times of an export are wall-clock times of the
 * portal, taken to be in the business zone; those of the API are in UTC.
 */
export function hubspotContacts(): Source {
  return { name: 'hubspot', endings: ['.csv', '.json', '.jsonl'], read: readEither }
}

async function* readEither(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  const { first, bytes } = await peeked(input.bytes)
  const isJson = input.columns === undefined && (first === '{' || first === '[')
  yield* isJson ? readObjects({ ...input, bytes }, setting) : readContacts({ ...input, bytes }, setting)
}

async function* readContacts(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  const shape = contactShape(setting.zone)
  for await (const found of csvTable(input, { kind, needed })) {
    if (found.is !== 'cells') {
      yield found
      continue
    }
    const { raw, place } = found
    const read = readShape(shape, found.row)
    if (read.kind === 'unreadable') yield rejected(kind, raw, place, read)
    else yield { is: 'row', kind, externalId: read.value.id, raw, place, canon: contactSays(read.value, setting) }
  }
}

const contactShape = (zone: string) =>
  z.object({
    'Record ID': requiredText,
    'First Name': optionalText, 'Last Name': optionalText, Email: optionalText, 'Phone Number': optionalText,
    'Mobile Phone Number': optionalText, 'Street Address': optionalText, City: optionalText, 'Postal Code': optionalText,
    'Country/Region': optionalText, 'Preferred language': optionalText, 'Time Zone': optionalText, 'Company Name': optionalText,
    'Create Date': instant(zone, moments), 'Last Modified Date': instant(zone, moments),
    'Lifecycle Stage': optionalText, 'Original Traffic Source': optionalText,
    'Original Traffic Source Drill-Down 1': optionalText, 'Original Traffic Source Drill-Down 2': optionalText,
    'Additional email addresses': optionalText, 'Merged Contact IDs': optionalText,
    'Marketing email consent': optionalText, 'Marketing email consent date': optionalInstant(zone, moments),
    'Marketing email consent text version': optionalText, 'Email tracking consent': optionalText,
    'WhatsApp consent': optionalText, 'WhatsApp consent date': optionalInstant(zone, moments), 'Unsubscribed from all email': optionalText,
  }).transform((row): Contact => ({
    id: row['Record ID'],
    givenName: row['First Name'], familyName: row['Last Name'], email: row.Email, phone: row['Phone Number'],
    mobile: row['Mobile Phone Number'], street: row['Street Address'], city: row.City, postcode: row['Postal Code'],
    country: row['Country/Region'], language: row['Preferred language'], zone: row['Time Zone'],
    organisation: row['Company Name'], lifecycle: row['Lifecycle Stage'],
    traffic: {
      source: row['Original Traffic Source'], first: row['Original Traffic Source Drill-Down 1'],
      second: row['Original Traffic Source Drill-Down 2'],
    },
    otherEmails: row['Additional email addresses'], mergedIds: row['Merged Contact IDs'],
    consents: {
      email: row['Marketing email consent'], emailAt: row['Marketing email consent date'],
      emailText: row['Marketing email consent text version'], tracking: row['Email tracking consent'],
      whatsapp: row['WhatsApp consent'], whatsappAt: row['WhatsApp consent date'],
      unsubscribed: row['Unsubscribed from all email'],
    },
    createdAt: row['Create Date'], updatedAt: row['Last Modified Date'],
  })) // prettier-ignore
