import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, vendorId } from '#examples/roastery/random.ts'
import { csv, row } from '#examples/roastery/csv.ts'
import { ordersHeader } from '#examples/roastery/shopify-columns.ts'
import { titled } from './pool.ts'
import { setTraps, type Trace } from './traps.ts'

/** Which human a record of a system is of: `hubspot:51001`, `stripe:cus_…`, `shopify:612…`, `web:d-…`. */
export type HouseTruth = Readonly<Record<string, { human: string; trap: string }>>

const contactColumns = [
  'Record ID', 'First Name', 'Last Name', 'Email', 'Phone Number', 'Street Address', 'City', 'Postal Code', 'Country/Region',
  'Create Date', 'Last Modified Date',
] // prettier-ignore

type Written = { key: string; system: 'hubspot' | 'stripe' | 'shopify'; trace: Trace; id: string }

/**
 * The same traps as exports of a business: HubSpot contacts, Stripe customers, Shopify orders and web events, to be read
 * with `millrace ingest`, and `truth.json`. A device that two humans used is of neither, and not in the truth.
 */
export function writeTrapExports(folder: string, input: { each: number; seed: string }): HouseTruth {
  const random = createRandom(`traps house ${input.seed}`)
  const traces = setTraps(input)
  const written = traces.map((trace, index): Written => {
    // A contact of HubSpot carries no account; whoever has one shows it in Stripe, and on the web.
    const system = trace.userId !== null ? 'stripe' : random.chance(0.5) ? 'hubspot' : 'shopify'
    const id = { hubspot: String(51_001 + index), stripe: vendorId(random, 'cus_', 14), shopify: String(6_120_480_000_000 + index * 32_768) }[system] // prettier-ignore
    return { key: `${system}:${id}`, system, trace, id }
  })
  const of = (system: Written['system']): Written[] => written.filter((one) => one.system === system)
  const files: Record<string, string> = {
    'hubspot/contacts.csv': csv([contactColumns, ...of('hubspot').map(contact)]),
    'stripe/customers.json': `${JSON.stringify({ object: 'list', url: '/v1/customers', has_more: false, data: of('stripe').map(customer) })}\n`,
    'shopify/orders.csv': csv([[...ordersHeader], ...of('shopify').map(order)]),
    'web/events.jsonl': traces.flatMap(visit).map((event) => `${JSON.stringify(event)}\n`).join(''),
  } // prettier-ignore
  const truth: Record<string, { human: string; trap: string }> = {}
  for (const { key, trace } of written) truth[key] = { human: trace.human, trap: trace.trap }
  for (const [device, users] of Map.groupBy(traces, (trace) => trace.device)) {
    const [first] = users
    if (device !== null && first && users.every(({ human }) => human === first.human)) truth[`web:${device}`] = { human: first.human, trap: first.trap } // prettier-ignore
  }
  files['truth.json'] = `${JSON.stringify(truth, undefined, 1)}\n`
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, path)
    mkdirSync(join(target, '..'), { recursive: true })
    writeFileSync(target, text)
  }
  return truth
}

const clockTime = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ')

function contact({ id, trace }: Written): string[] {
  const cells: Record<string, string> = {
    'Record ID': id,
    'First Name': titled(trace.given),
    'Last Name': titled(trace.surname),
    Email: trace.email ?? '',
    'Phone Number': trace.phone ?? '',
    'Street Address': streetOf(trace),
    City: trace.home.town,
    'Postal Code': trace.home.postcode,
    'Country/Region': 'United Kingdom',
    'Create Date': clockTime(trace.at),
    'Last Modified Date': clockTime(trace.at),
  }
  return contactColumns.map((column) => cells[column] ?? '')
}

const streetOf = ({ home }: Trace): string => `${home.number} ${home.street}`
const nameOf = (trace: Trace): string => `${titled(trace.given)} ${titled(trace.surname)}`

const customer = ({ id, trace }: Written) => ({
  id,
  object: 'customer',
  created: trace.at.getTime() / 1000,
  livemode: true,
  name: nameOf(trace),
  email: trace.email,
  phone: trace.phone,
  address: { line1: streetOf(trace), line2: null, city: trace.home.town, postal_code: trace.home.postcode, country: 'GB', state: null }, // prettier-ignore
  metadata: trace.userId === null ? {} : { user_id: trace.userId },
})

function order({ id, trace }: Written) {
  const amounts = { Currency: 'EUR', Subtotal: '20.00', Shipping: '0.00', Taxes: '0.00', Total: '20.00' }
  const line = { 'Lineitem quantity': 1, 'Lineitem name': 'House blend', 'Lineitem price': '20.00' }
  const address = { Name: nameOf(trace), Street: streetOf(trace), City: trace.home.town, Zip: trace.home.postcode, Country: 'GB' } // prettier-ignore
  const billing = Object.fromEntries(Object.entries(address).map(([part, value]) => [`Billing ${part}`, value]))
  return row(ordersHeader, {
    Name: `#${id.slice(-7)}`,
    Id: id,
    Email: trace.email ?? '',
    Phone: trace.phone ?? '',
    'Financial Status': 'paid',
    'Created at': `${clockTime(trace.at)}:00 +0000`,
    'Paid at': `${clockTime(trace.at)}:00 +0000`,
    ...amounts,
    ...line,
    ...billing,
  })
}

/** A page before anything is known of the device, and then somebody signs in. */
function visit(trace: Trace, index: number): object[] {
  if (trace.device === null) return []
  const event = (nth: number, type: string, more: object) => ({
    id: `ev-${index}-${nth}`,
    type,
    anonymousId: trace.device,
    timestamp: new Date(trace.at.getTime() + nth * 60_000).toISOString(),
    url: 'https://shop.example/',
    ...more,
  })
  const named = { ...(trace.userId === null ? {} : { userId: trace.userId }), ...(trace.email === null ? {} : { email: trace.email }) } // prettier-ignore
  return [event(0, 'page', {}), event(1, 'identify', named)]
}
