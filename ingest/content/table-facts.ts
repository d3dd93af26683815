import { formatMoney } from '#kernel/money.ts'
import { amountsIn } from './amounts.ts'
import { dayOf } from './catalogue.ts'
import { dateOf } from './dates.ts'
import type { Found } from './fact.ts'
import { slug, tableOf, type Block, type Table } from './markdown.ts'
import { hoursIn, openingHours } from './opening-hours.ts'

/** What tables of known shapes state: opening hours, delivery, dates. An unknown table states nothing. */
export function factsInTable(body: string, block: Block, isWorkshopPage: boolean): Found[] {
  const table = tableOf(body, block)
  const heading = block.headings.at(-1) ?? ''
  return [...openingHours(body, block), ...delivery(table), ...dates(table, heading, isWorkshopPage)]
}

/** Rows named by destinations: how long delivery takes, what it costs, and from when it is free. */
function delivery(table: Table): Found[] {
  const first = table.columns[0] ?? ''
  if (!/^(country|destination|where|region|land|bestemming)$/i.test(first)) return []
  const column = (pattern: RegExp): number => table.columns.findIndex((name, index) => index > 0 && pattern.test(name))
  const [time, price, free] = [
    column(/after|time|takes|days|levertijd|lieferzeit/i),
    column(/price|cost|prijs|preis|kosten/i),
    column(/free|gratis|kostenlos/i),
  ]
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
  if (!/^(date|day|when|datum|dag|tag|wann|wanneer)$/i.test(table.columns[0] ?? '') || heading === '') return []
  const left = table.columns.findIndex((name) => /places|seats|spots|tickets|plaatsen|plätze/i.test(name))
  return table.rows.flatMap((row) => {
    const date = dateOf(row.cells[0] ?? '')
    if (date === null) return []
    const subject = `${isWorkshop ? 'workshop' : 'event'}:${slug(heading)}/${date}`
    const { from, to } = hoursIn(row.cells.slice(1).join(' '))[0] ?? { from: null, to: null }
    const when = from === null ? '' : `, ${from}–${to}`
    const places = /\d+/.exec(row.cells[left] ?? '')?.[0]
    const starts = { subject, predicate: 'starts-at', value: { date, from, to }, statement: `${heading} takes place on ${dayOf(date)}${when}.`, span: row } // prettier-ignore
    if (places === undefined) return [starts]
    const count = Number(places)
    const statement = `${heading} on ${dayOf(date)} has ${count} ${count === 1 ? 'place' : 'places'} left.`
    return [starts, { subject, predicate: 'places-left', value: count, statement, span: row }]
  })
}
