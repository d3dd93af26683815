import { z } from 'zod'
import { channels } from '../cleanse/channel.ts'
import { amountIn, currency, day, optionalText, readShape, refuse, requiredText } from '../cleanse/shape.ts'
import { cleanText } from '../cleanse/text.ts'
import { csvTable, rejected } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'cost'

/**
 * What marketing costs beside ads (CSV): month (or day), kind (salary, tool, agency, creative …), name, amount,
 * currency, and, where it belongs to one, a channel. A month's cost counts from its first day; month, kind and name
 * tell one cost from another.
 */
export function costsCsv(): Source {
  return { name: 'costs', endings: ['.csv'], read: readCosts }
}

const costShape = z
  .object({
    month: day(['yyyy-MM', 'iso']),
    kind: requiredText,
    name: requiredText,
    amount: z.string(),
    currency,
    channel: optionalText,
  }) // prettier-ignore
  .transform((row, context) => {
    const channel = row.channel?.toLowerCase()
    if (channel !== undefined && !channels.some((known) => known === channel)) {
      refuse(context, 'channel', 'is no channel of the house', `Use one of ${channels.join(', ')}, or leave it empty`)
    }
    const amountMinor = amountIn(context, 'amount', row.amount, row.currency)
    return { ...row, channel, amountMinor, name: cleanText(row.name) ?? row.name, kind: row.kind.toLowerCase() }
  })

async function* readCosts(input: SourceInput, _setting: Setting): AsyncGenerator<Item> {
  const needed = ['month', 'kind', 'name', 'amount', 'currency']
  for await (const found of csvTable(input, { kind, needed })) {
    if (found.is !== 'cells') {
      yield found
      continue
    }
    const { raw, place } = found
    const read = readShape(costShape, found.row)
    if (read.kind === 'unreadable') {
      yield rejected(kind, raw, place, read)
      continue
    }
    const cost = read.value
    const externalId = `${cost.month}:${cost.kind}:${cost.name}`
    const canon = { is: 'cost', externalId, kind: cost.kind, channel: cost.channel, campaignName: cost.name, day: cost.month, currency: cost.currency, amountMinor: cost.amountMinor } as const // prettier-ignore
    yield { is: 'row', kind, externalId, raw, place, canon: [canon] }
  }
}
