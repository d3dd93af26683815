import { z } from 'zod'
import type { Happening } from '../canon.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { instant, optionalText, readShape, requiredText } from '../cleanse/shape.ts'
import { cleanText } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import type { EventMapping } from '../mapping.ts'
import { rejected } from '../reading/csv-table.ts'
import { mappedEndings, mappedRows, type MappedRow } from '../reading/mapped-rows.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'event'

/**
 * Events from any CSV or JSON lines, by a mapping: one row is one thing that happened, done by a device, else by a
 * customer, else by an address. Of other columns only those are kept that the mapping names.
 */
export function eventsCsv(mapping: EventMapping): Source {
  return {
    name: 'events',
    endings: mappedEndings,
    reading: mapping,
    layout: mapping.name,
    read: (input, setting) => readEvents(input, mapping, setting),
  }
}

async function* readEvents(input: SourceInput, mapping: EventMapping, setting: Setting): AsyncGenerator<Item> {
  const reader = { mapping, setting, shape: eventShape(mapping, setting), kept: keptOf(mapping) }
  for await (const row of mappedRows(input, mapping, kind)) yield row.is === 'mapped' ? eventRow(row, reader) : row
}

type Kept = (name: string) => boolean
type Reader = { mapping: EventMapping; setting: Setting; shape: ReturnType<typeof eventShape>; kept: Kept }

/** Which columns are kept as properties: those named, or all that mean nothing else. */
function keptOf({ properties, columns }: EventMapping): Kept {
  const taken = new Set(Object.values(columns).map(String))
  if (properties === 'all') return (name) => !taken.has(name)
  const named = new Set(properties.split('|').map((name) => name.trim()).filter((name) => name !== '')) // prettier-ignore
  return (name) => named.has(name)
}

function eventShape(mapping: EventMapping, setting: Setting) {
  const text = optionalText.transform((cell) => cleanText(cell))
  return z.object({
    id: mapping.columns.id === undefined ? text : requiredText,
    date: instant(mapping.zone ?? setting.zone, [mapping.date]),
    event: mapping.columns.event === undefined ? text : requiredText,
    customer: text,
    email: text,
    phone: text,
    device: text,
    channel: text,
    campaign: text,
  })
}

function eventRow(row: MappedRow, reader: Reader): Item {
  const { raw, place } = row
  const { mapping, setting } = reader
  const read = readShape(reader.shape, row.cells)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  const { id, date, event, customer, device, channel, campaign } = read.value
  const email = canonicalEmail(read.value.email)
  const phone = canonicalPhone(read.value.phone, mapping.country ?? setting.country)
  const named: IdentifierRef[] = [
    ...(device === undefined ? [] : [{ kind: 'device', value: device }]),
    ...(customer === undefined ? [] : [{ kind: mapping.name, value: customer }]),
    ...(email === undefined ? [] : [{ kind: 'email', value: email }]),
    ...(phone === undefined ? [] : [{ kind: 'phone', value: phone }]),
  ]
  const [by = { kind: mapping.name, value: '' }, ...links] = named
  const rest = Object.entries(row.all()).filter(([name, value]) => reader.kept(name) && value !== '')
  const happening: Happening = {
    is: 'event',
    kind: (event ?? mapping.kind ?? '').toLowerCase().replaceAll(/\s+/g, '_'),
    by,
    ...(links.length === 0 ? {} : { links }),
    occurredAt: date,
    channel: channel?.toLowerCase(),
    campaignRef: campaign,
    properties: Object.fromEntries(rest),
  }
  const externalId = id === undefined ? { unnamedIn: mapping.name } : `${mapping.name}:${id}`
  return { is: 'row', kind, externalId, raw, place, canon: [happening] }
}
