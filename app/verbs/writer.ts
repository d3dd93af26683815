import { UsageError } from '#kernel/errors.ts'
import { writerDrift, type Drift } from '#rag/writer/drift.ts'
import { writingCosts } from '#rag/writer/costs.ts'
import { lastDays } from '#rag/writer/weeks.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const writer: Verb = {
  name: 'writer',
  about: 'What writing cost, by draft and campaign, and how what the writer is given and writes has changed',
  usage: ['writer costs [--days N] [--json]', 'writer drift [--weeks N] [--from DAY --to DAY] [--json]'],
  takes: 1,
  options: {
    days: { type: 'string' },
    weeks: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
  },
  explains: {
    days: 'what was spent in so many days up to now; 30 unless told',
    weeks: 'how many weeks to look at, this one among them; 8 unless told',
    from: 'the first day of what they are compared with, such as 2026-03-01; the twelve weeks before them unless told',
    to: 'the day behind the last one',
  },
  run: async (call) => {
    const verbs: Readonly<Record<string, (call: Call, house: House) => Promise<number>>> = { costs, drift }
    const run = verbs[call.positionals[0] ?? '']
    if (!run) throw new UsageError('Say what: costs or drift. millrace writer --help explains')
    return withHouse(call.config, (house) => run(call, house))
  },
}

function counted(call: Call, option: 'days' | 'weeks', standard: number, most: number): number {
  const number = Number(call.text(option) ?? standard)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  throw new UsageError(`--${option} takes a whole number from 1 to ${most}`)
}

const dollars = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(4)}`

const each = (microUsd: number | null): string =>
  microUsd === null ? '' : `: ${dollars(microUsd)} each, with what came to nothing`

async function costs(call: Call, { db, clock }: House): Promise<number> {
  const days = counted(call, 'days', 30, 3650)
  const spent = await writingCosts(db, lastDays(clock(), days))
  answer(call, spent, [
    `${days} days: ${dollars(spent.totalMicroUsd)}`,
    `  drafts       ${dollars(spent.draftsMicroUsd)} for ${spent.drafts.length}, ${spent.accepted} accepted${each(spent.perAcceptedMicroUsd)}`,
    `  campaigns    ${spent.campaigns}${each(spent.perCampaignMicroUsd)}`,
    `  evaluations  ${dollars(spent.rehearsalsMicroUsd)}`,
    ...spent.other.map(({ purpose, calls, costMicroUsd }) => `  ${purpose.padEnd(13)}${dollars(costMicroUsd)} for ${calls} calls`),
    ...spent.briefs.map(({ sentence, drafts, accepted, costMicroUsd }) => `  ${dollars(costMicroUsd)}  ${accepted} of ${drafts.length} accepted: ${sentence}`),
  ]) // prettier-ignore
  return exit.done
}

const day = (at: Date): string => at.toISOString().slice(0, 10)

function dayOf(call: Call, option: 'from' | 'to'): Date | null {
  const text = call.text(option)
  if (text === undefined) return null
  const at = new Date(`${text}T00:00:00Z`)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime())) return at
  throw new UsageError(`--${option} takes a day such as 2026-03-01`)
}

async function drift(call: Call, house: House): Promise<number> {
  const weeks = counted(call, 'weeks', 8, 104)
  const [from, to] = [dayOf(call, 'from'), dayOf(call, 'to')]
  if ((from === null) !== (to === null) || (from && to && from >= to))
    throw new UsageError('Name both --from and --to, the earlier first')
  const report = await writerDrift(house, { weeks, ...(from && to && { reference: { from, to } }) })
  const moved = report.weekly.filter(({ verdict }) => verdict === 'slight' || verdict === 'clear')
  answer(call, report, [
    `${day(report.watched.from)} to ${day(report.watched.to)}, against ${day(report.reference.from)} to ${day(report.reference.to)}`,
    ...report.whole.map(line),
    ...moved.map((one) => `  in the week of ${day(one.window.from)}: ${one.says}`),
    ...report.moves.map((move) => `  ${day(move.movedAt)} a new ${move.kind} went live: ${move.reason}`),
  ])
  return exit.done
}

const line = ({ name, says }: Drift): string => `  ${name.padEnd(22)}${says}`
