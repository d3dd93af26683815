import { z } from 'zod'
import { currency, day, readShape, refuse } from '../cleanse/shape.ts'
import { csvTable, rejected } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'rate'

/** Exchange rates (CSV): date, base, quote, rate: one unit of base is so many of quote. Read them before what they value. */
export function fxCsv(): Source {
  return { name: 'fx', endings: ['.csv'], read: readRates }
}

const rateShape = z.object({ date: day(), base: currency, quote: currency, rate: z.string() }).transform((row, context) => {
  const rate = row.rate.trim()
  const isRate = /^\d{1,12}(\.\d{1,12})?$/.test(rate) && Number(rate) > 0
  if (!isRate) refuse(context, 'rate', 'is no rate above zero', 'Write it as a decimal with a point, such as 1.1562')
  if (row.base === row.quote) refuse(context, 'quote', 'is the same currency as base')
  return { ...row, rate }
}) // prettier-ignore

async function* readRates(input: SourceInput, _setting: Setting): AsyncGenerator<Item> {
  for await (const found of csvTable(input, { kind, needed: ['date', 'base', 'quote', 'rate'] })) {
    if (found.is !== 'cells') {
      yield found
      continue
    }
    const { raw, place } = found
    const read = readShape(rateShape, found.row)
    if (read.kind === 'unreadable') {
      yield rejected(kind, raw, place, read)
      continue
    }
    const { date, base, quote, rate } = read.value
    const canon = [{ is: 'fx', day: date, base, quote, rate } as const]
    yield { is: 'row', kind, externalId: `${base}:${quote}:${date}`, raw, place, canon }
  }
}
