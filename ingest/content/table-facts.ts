import { formatMoney } from '#kernel/money.ts'
import { amountsIn } from './amounts.ts'
import { dayOf } from './catalogue.ts'
import { slug, tableOf, type Block, type Table } from './markdown.ts'
import type { Found } from './price-facts.ts'

const week = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const months = 'january february march april may june july august september october november december'.split(' ')

/** What tables of known shapes state: opening hours, delivery, dates. An unknown table states nothing. */
export function factsInTable(body: string, block: Block, isWorkshopPage: boolean): Found[] {
  const table = tableOf(body, block)
  const heading = block.headings.at(-1) ?? ''
  return [...openingHours(table, heading), ...delivery(table), ...dates(table, heading, isWorkshopPage)]
}

/** Rows named by weekdays: the opening hours of the business. */
function openingHours(table: Table, heading: string): Found[] {
  const days = table.rows.filter((row) => week.includes((row.cells[0] ?? '').toLowerCase()))
  if (days.length < 5) return []
  const hours = days.map((row) => ({ day: row.cells[0]!.toLowerCase(), ...hoursOf(row.cells[1] ?? '') }))
  const value = Object.fromEntries(hours.map(({ day, from, to }) => [day, from === null ? null : { from, to }]))
  const place = /\bof (the .+)$/i.exec(heading)?.[1] ?? 'the business'
  const open = hours.filter(({ from }) => from !== null).map(({ day, from, to }) => `${titled(day)} ${from}–${to}`)
  const closed = hours.filter(({ from }) => from === null).map(({ day }) => titled(day))
  const statement = `${titled(place)} is open ${listed(open)}${closed.length > 0 ? `, and closed on ${listed(closed)}` : ''}.`
  return [{ subject: 'business', predicate: 'opening-hours', value, statement, span: table }]
}

function hoursOf(cell: string): { from: string | null; to: string | null } {
  const found = /(\d{1,2}:\d{2})\s*(?:–|-|to|until)\s*(\d{1,2}:\d{2})/.exec(cell)
  return { from: found?.[1] ?? null, to: found?.[2] ?? null }
}

/** Rows named by destinations: how long delivery takes, what it costs, and from when it is free. */
function delivery(table: Table): Found[] {
  const first = table.columns[0] ?? ''
  if (!/^(country|destination|where|region)$/i.test(first)) return []
  const column = (pattern: RegExp): number => table.columns.findIndex((name, index) => index > 0 && pattern.test(name))
  const [time, price, free] = [column(/after|time|takes|days/i), column(/price|cost/i), column(/free/i)]
  return table.rows.flatMap((row) => {
    const country = row.cells[0] ?? ''
    const subject = `delivery:${slug(country)}`
    const place = /^(netherlands|united )/i.test(country) ? `the ${country}` : country
    const money = (index: number) => amountsIn(row.cells[index] ?? '')[0]?.money
    const [cost, from, days] = [money(price), money(free), row.cells[time] ?? '']
    const said = (predicate: string, value: unknown, statement: string): Found => ({ subject, predicate, value, statement, span: row }) // prettier-ignore
    return [
      ...(/\d/.test(days) ? [said('time', days, `Delivery to ${place} takes ${days}${/after sending/i.test(table.columns[time]!) ? ' after sending' : ''}.`)] : []), // prettier-ignore
      ...(cost ? [said('price', cost, `Delivery to ${place} costs ${formatMoney(cost)}.`)] : []),
      ...(from ? [said('free-from', from, `Delivery to ${place} is free from ${formatMoney(from)}.`)] : []),
    ]
  })
}

/** Rows named by dates under a heading: when something takes place, and how many places are left. */
function dates(table: Table, heading: string, isWorkshop: boolean): Found[] {
  if (!/^(date|day|when)$/i.test(table.columns[0] ?? '') || heading === '') return []
  const left = table.columns.findIndex((name) => /places|seats|spots/i.test(name))
  return table.rows.flatMap((row) => {
    const date = dateOf(row.cells[0] ?? '')
    if (date === null) return []
    const subject = `${isWorkshop ? 'workshop' : 'event'}:${slug(heading)}/${date}`
    const { from, to } = hoursOf(row.cells.slice(1).join(' '))
    const when = from === null ? '' : `, ${from}–${to}`
    const places = /\d+/.exec(row.cells[left] ?? '')?.[0]
    const starts = { subject, predicate: 'starts-at', value: { date, from, to }, statement: `${heading} takes place on ${dayOf(date)}${when}.`, span: row } // prettier-ignore
    if (places === undefined) return [starts]
    const count = Number(places)
    const statement = `${heading} on ${dayOf(date)} has ${count} ${count === 1 ? 'place' : 'places'} left.`
    return [starts, { subject, predicate: 'places-left', value: count, statement, span: row }]
  })
}

/** `2026-09-19` of `Saturday 19 September 2026`, or of the date itself. */
function dateOf(text: string): string | null {
  const iso = /\d{4}-\d{2}-\d{2}/.exec(text)?.[0]
  if (iso) return dayOf(iso) === null ? null : iso
  const found = /(\d{1,2})(?:st|nd|rd|th)?\s+(\p{L}+)\s+(\d{4})/u.exec(text)
  const month = months.indexOf((found?.[2] ?? '').toLowerCase())
  if (!found || month < 0) return null
  const date = `${found[3]}-${String(month + 1).padStart(2, '0')}-${found[1]!.padStart(2, '0')}`
  return dayOf(date) === null ? null : date
}

const titled = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
