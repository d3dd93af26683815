import type { Figure } from '#governance/metrics/figure.ts'
import { figureRows } from '#governance/metrics/figure-rows.ts'
import { ownerReport } from '#governance/metrics/owner-report.ts'
import { registerMetrics } from '#governance/metrics/register.ts'
import { recordedPeriod } from '#governance/metrics/recorded-period.ts'
import { formatMoney } from '#kernel/money.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const report: Verb = {
  name: 'report',
  about: 'The owner’s report: CAC, LTV, payback; --figure opens one number into its rows',
  usage: [
    'report [--from DAY] [--to DAY] [--margin PERCENT] [--json]',
    'report --figure ID [--from DAY] [--to DAY] [--json]',
  ],
  options: { from: { type: 'string' }, to: { type: 'string' }, figure: { type: 'string' }, margin: { type: 'string' } },
  explains: {
    from: 'first day, such as 2026-01-01; unless told, the month of the first order or cost',
    to: 'the day after the last one; unless told, the day after the last order or cost',
    margin: 'what is left of net revenue after the cost of goods, in percent; kept for every later report',
    figure: 'a figure’s id, such as paid-cac:google-ads: prints the rows it was made of',
  },
  run: (call) =>
    withHouse(call.config, async (house) => {
      const { zone, currency } = house.business
      const recorded = await recordedPeriod(house, zone)
      const period = { zone, currency, from: call.text('from') ?? recorded.from, to: call.text('to') ?? recorded.to }
      const margin = call.text('margin')
      if (margin !== undefined)
        await registerMetrics(house, { by: 'millrace', parameters: { grossMarginPercent: Number(margin) } })
      const id = call.text('figure')
      if (id !== undefined) {
        const opened = await figureRows(house, id, period)
        answer(call, opened, [line(opened.figure), `made of ${opened.rowCount} rows, by ${opened.figure.formula}`])
        return exit.done
      }
      const made = await ownerReport(house, period)
      answer(call, made, [
        `${house.business.name}: ${period.from} up to, not including, ${period.to}`,
        ...made.figures.map(line),
        ...made.byChannel.map(
          ({ channel, spend, newCustomers, paidCac }) =>
            `  ${channel}: spend ${valueOf(spend)}, new customers ${valueOf(newCustomers)}, paid CAC ${valueOf(paidCac)}`,
        ),
        ...made.notes.map((note) => `  note: ${note}`),
      ])
      return exit.done
    }),
}

const line = (figure: Figure): string => `${figure.label}: ${valueOf(figure)}`

function valueOf({ value, why, unit }: Figure): string {
  if (value === null) return `none (${why ?? 'not known'})`
  if (typeof value === 'object') return formatMoney(value)
  return unit === 'share' ? `${(value * 100).toFixed(1)} %` : String(value)
}
