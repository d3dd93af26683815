import { sha256 } from '#kernel/crypto.ts'
import type { Cost } from '../canon.ts'
import { rejected } from '../reading/csv-table.ts'
import type { Item, Restatement, SourceRow } from '../source.ts'

/** So many rows of one report are held; what is missing from a longer one is not taken back. */
const mostRows = 200_000

const brokenDown = {
  reason: 'Another row of this file has the same ids and day, with other figures',
  fix: 'The report is broken down by something more (device, age, placement): export it by campaign, ad set or ad alone',
}

/**
 * Follows the rows of one report, because platforms restate their last weeks: a day they take back is not written as
 * zero but left out. After its last row the report restates the days from its first to its last for the campaigns it
 * names: costs of those that it does not have are set to nothing, and come back when a later report has them again. A
 * campaign that it does not name at all stands: reports are filtered, and leave out deleted campaigns whose money was
 * spent. Nor does a report with unreadable rows take anything back: what is missing may be among them.
 */
export function restating(): { checked: (item: Item) => Item; ending: () => Generator<Item> } {
  const seen = new Map<string, { cost: Cost; hash: string }>()
  let sound = true
  const checked = (item: Item): Item => {
    if (item.is === 'rejected') sound = false
    if (item.is !== 'row') return item
    const cost = costIn(item)
    const hash = sha256(item.raw)
    const before = cost && seen.get(cost.externalId)
    if (before && before.hash !== hash) {
      sound = false
      return rejected(item.kind, item.raw, item.place, brokenDown)
    }
    if (seen.size < mostRows && cost) seen.set(cost.externalId, { cost, hash })
    return item
  }
  function* ending(): Generator<Item> {
    if (seen.size >= mostRows) yield { is: 'aside', what: 'report too long to take back what is missing' }
    else if (sound && seen.size > 0) yield restatementOf([...seen.values()].map(({ cost }) => cost))
  }
  return { checked, ending }
}

const costIn = (row: SourceRow): Cost | undefined => row.canon.find((one) => one.is === 'cost')

function restatementOf(costs: readonly Cost[]): Restatement {
  const days = costs.map(({ day }) => day).toSorted()
  return {
    is: 'restatement',
    from: days[0]!,
    to: days.at(-1)!,
    campaigns: [...new Set(costs.flatMap(({ campaignRef }) => campaignRef ?? []))],
    costs: costs.map(({ externalId, currency, amountMinor, impressions, clicks }) => ({ externalId, currency, amountMinor, impressions, clicks })), // prettier-ignore
  }
}
