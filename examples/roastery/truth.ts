import type { Aftermaths } from './aftermath.ts'
import type { AdDay } from './ads-export.ts'
import { localMonth, year } from './calendar.ts'
import { campaigns, type Channel, channels } from './campaigns.ts'
import { type Cost, costs } from './costs-export.ts'
import type { BadRow, ExportFile, SourceRecord } from './export-file.ts'
import type { Entanglement } from './households.ts'
import type { Consent, Kind, Person } from './people.ts'
import type { Payment } from './sales.ts'
import { type Currency, shop } from './shop.ts'
import { identifierGroups } from './truth-identity.ts'
import { addMoney, moneyOf, type Money, netMinor } from './truth-money.ts'
import { namedEmail, type Visit } from './visits.ts'

type PersonTruth = {
  id: string
  firstName: string
  lastName: string
  emails: readonly string[]
  phone: string | null
  country: string
  kind: Kind
  /** What really brought them: their first touch, seen or not. */
  channel: Channel
  campaignId: string | null
  /** What first touch their identified devices show; `unknown` when they never used the web. */
  observedChannel: Channel | 'unknown'
  /** Touches that came from somewhere, in order. */
  touches: readonly { at: string; channel: string; campaignId: string | null }[]
  /** Their first payment that stayed net-positive. */
  customerSince: string | null
  paid: Partial<Record<Currency, Money>>
  emailConsent: Consent['status']
  whatsappConsent: Consent['status']
  /** Granted, and nobody who shares the address has withdrawn. */
  mayEmail: boolean
  records: Record<SourceRecord['source'], readonly string[]>
}

export type Truth = {
  business: { name: string; zone: string; currency: 'EUR'; firstDay: string; lastDay: string; grossMargin: number }
  people: readonly PersonTruth[]
  totals: Record<Currency, Money>
  totalsBySystem: Record<Payment['system'], Record<Currency, Money>>
  /** By true channel and by what can be observed, with the month (business zone) of the first net-positive payment. */
  newCustomers: readonly { month: string; channel: Channel; count: number }[]
  newCustomersObserved: readonly { month: string; channel: Channel | 'unknown'; count: number }[]
  ads: readonly { campaignId: string; name: string; platform: string; spentMinor: number; newCustomers: number }[]
  costs: Partial<Record<Cost['kind'], Partial<Record<Currency, number>>>>
  economics: { newCustomers: number; adSpendMinor: number; blendedCacMinor: number }
  identity: {
    neverMerge: readonly Entanglement[]
    /** People whose records no e-mail, phone, account or device joins: only a name and a street do, or nothing. */
    splitByIdentifiers: readonly { person: string; groups: readonly (readonly string[])[] }[]
  }
  files: readonly Omit<ExportFile, 'bytes' | 'badRows'>[]
  badRows: readonly BadRow[]
}

export type Known = {
  people: readonly Person[]
  entanglements: readonly Entanglement[]
  payments: readonly Payment[]
  aftermaths: Aftermaths
  visits: readonly Visit[]
  spend: readonly AdDay[]
  files: readonly ExportFile[]
  records: readonly SourceRecord[]
}

/** Everything the generator knows and the exports hide. */
export function tellTruth(known: Known): Truth {
  const people = peopleTruth(known)
  const adSpendMinor = known.spend.reduce((sum, { costMinor }) => sum + costMinor, 0)
  const customers = people.filter(({ customerSince }) => customerSince !== null)
  const totals = (payments: readonly Payment[]) => totalsOf(payments, known.aftermaths)
  return {
    business: {
      name: shop.name,
      zone: year.zone,
      currency: 'EUR',
      firstDay: year.firstDay,
      lastDay: year.lastDay,
      grossMargin: shop.grossMargin,
    },
    people,
    totals: totals(known.payments),
    totalsBySystem: {
      stripe: totals(known.payments.filter(({ system }) => system === 'stripe')),
      shopify: totals(known.payments.filter(({ system }) => system === 'shopify')),
    },
    newCustomers: countBy(customers, ({ channel }) => channel, channels),
    newCustomersObserved: countBy(customers, ({ observedChannel }) => observedChannel, [
      ...channels,
      'unknown' as const,
    ]),
    ads: campaigns.map(({ id, name, platform }) => ({
      campaignId: id,
      name,
      platform,
      spentMinor: known.spend.reduce((sum, { campaign, costMinor }) => sum + (campaign.id === id ? costMinor : 0), 0),
      newCustomers: customers.filter(({ campaignId }) => campaignId === id).length,
    })),
    costs: costTotals(),
    economics: {
      newCustomers: customers.length,
      adSpendMinor,
      blendedCacMinor: Math.round(adSpendMinor / customers.length),
    },
    identity: { neverMerge: known.entanglements, splitByIdentifiers: identifierGroups(known.records) },
    files: known.files.map(({ path, rows, records, repeated }) => ({ path, rows, records, repeated })),
    badRows: known.files.flatMap(({ badRows }) => badRows),
  }
}

function peopleTruth({ people, payments, aftermaths, visits, records }: Known): PersonTruth[] {
  const paymentsOf = Map.groupBy(payments, ({ person }) => person.id)
  const visitsOf = Map.groupBy(
    visits.filter(({ personId }) => personId !== undefined),
    ({ personId }) => personId ?? '',
  )
  const recordsOf = Map.groupBy(records, ({ personId }) => personId)
  const withdrawn = new Set(
    people.filter(({ emailConsent }) => emailConsent.status === 'withdrawn').map(({ email }) => email),
  )
  return people.map((person) => {
    const own = (paymentsOf.get(person.id) ?? []).toSorted((a, b) => a.at.getTime() - b.at.getTime())
    const seen = (visitsOf.get(person.id) ?? []).toSorted((a, b) => a.at.getTime() - b.at.getTime())
    const kept = recordsOf.get(person.id) ?? []
    const ids = (source: SourceRecord['source']) =>
      kept.filter((record) => record.source === source).map(({ id }) => id)
    const paid: Partial<Record<Currency, Money>> = {}
    for (const payment of own) paid[payment.currency] = addMoney(paid[payment.currency], moneyOf(payment, aftermaths))
    return {
      id: person.id,
      firstName: person.firstName,
      lastName: person.lastName,
      emails: [person.email, ...(person.newEmail ? [person.newEmail.address] : [])],
      phone: person.phone ?? null,
      country: person.country,
      kind: person.kind,
      channel: person.channel,
      campaignId: person.campaignId ?? null,
      observedChannel: observed(seen),
      touches: touches(seen),
      customerSince: own.find((payment) => netMinor(payment, aftermaths) > 0)?.at.toISOString() ?? null,
      paid,
      emailConsent: person.emailConsent.status,
      whatsappConsent: person.whatsappConsent.status,
      mayEmail: person.emailConsent.status === 'granted' && !withdrawn.has(person.email),
      records: { hubspot: ids('hubspot'), stripe: ids('stripe'), shopify: ids('shopify'), web: ids('web') },
    }
  })
}

/** The first touch of the devices that at some time said who used them. */
function observed(visits: readonly Visit[]): Channel | 'unknown' {
  const identified = new Set(
    visits.filter((visit) => namedEmail(visit) !== undefined).map(({ anonymousId }) => anonymousId),
  )
  const channel = visits.find(({ anonymousId }) => identified.has(anonymousId))?.touch.channel
  return channel === undefined ? 'unknown' : channel === 'email' ? 'direct' : channel
}

const touches = (visits: readonly Visit[]): PersonTruth['touches'] =>
  visits
    .filter(({ touch }) => touch.channel !== 'direct')
    .map(({ at, touch }) => ({ at: at.toISOString(), channel: touch.channel, campaignId: touch.campaignId ?? null }))

function totalsOf(payments: readonly Payment[], aftermaths: Aftermaths): Record<Currency, Money> {
  const of = (currency: Currency): Money =>
    payments
      .filter((payment) => payment.currency === currency)
      .reduce((sum, payment) => addMoney(sum, moneyOf(payment, aftermaths)), addMoney())
  return { EUR: of('EUR'), GBP: of('GBP'), JPY: of('JPY') }
}

function countBy<C extends string>(
  people: readonly PersonTruth[],
  channelOf: (person: PersonTruth) => C,
  order: readonly C[],
) {
  const month = ({ customerSince }: PersonTruth): string =>
    customerSince === null ? '' : localMonth(new Date(customerSince))
  const months = [...new Set(people.map(month))].toSorted()
  return months
    .flatMap((one) =>
      order.map((channel) => ({
        month: one,
        channel,
        count: people.filter((person) => month(person) === one && channelOf(person) === channel).length,
      })),
    )
    .filter(({ count }) => count > 0)
}

function costTotals(): Truth['costs'] {
  const totals: Truth['costs'] = {}
  for (const { kind, currency, amountMinor } of costs) {
    totals[kind] = { ...totals[kind], [currency]: (totals[kind]?.[currency] ?? 0) + amountMinor }
  }
  return totals
}
