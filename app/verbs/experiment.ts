import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { differenceOfMeans } from '#campaigns/experiments/always-valid.ts'
import { adjustedMeans } from '#campaigns/experiments/covariate.ts'
import type { Readout } from '#campaigns/experiments/readout.ts'
import { peopleNeeded } from '#campaigns/experiments/sample-size.ts'
import { readExperiments } from '#campaigns/experiments/of-campaign.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const experiment: Verb = {
  name: 'experiment',
  about:
    'What the splits, contents, best times and holdouts of a campaign say, how many people one needs, and means with what was known before taken out',
  usage: [
    'experiment read CAMPAIGN [--json]',
    'experiment size --rate R [--change C] [--power P] [--json]',
    'experiment means FILE.csv [--json]',
  ],
  takes: 2,
  options: { rate: { type: 'string' }, change: { type: 'string' }, power: { type: 'string' } },
  explains: {
    rate: 'how often it happens today, such as 0.05',
    change: 'the smallest change worth knowing of, as a part of the rate; 0.2 unless told',
    power: 'the chance of finding it; 0.8 unless told',
  },
  run: (call) => {
    const [what, of] = call.positionals
    if (what === 'size') return Promise.resolve(size(call))
    if (what === 'read' && of !== undefined) return read(call, of)
    if (what === 'means' && of !== undefined) return Promise.resolve(means(call, of))
    throw new UsageError('millrace experiment read CAMPAIGN, size --rate R, or means FILE.csv')
  },
}

function size(call: Call): number {
  const number = (option: string, otherwise?: number): number => {
    const value = Number(call.text(option) ?? otherwise)
    if (!(value > 0 && value < 1)) throw new UsageError(`--${option} is a number between 0 and 1`)
    return value
  }
  const [rate, change, power] = [number('rate'), number('change', 0.2), number('power', 0.8)]
  if (rate * (1 + change) >= 1)
    throw new UsageError('So much more than that rate cannot happen: take a smaller --change')
  const people = peopleNeeded({ rate, change, power })
  answer(call, { people }, [`${people} people in each arm`])
  return exit.done
}

const read = (call: Call, campaign: string): Promise<number> =>
  withHouse(call.config, async (house) => {
    const experiments = await readExperiments(house, campaign)
    if (experiments.kind !== 'read') throw new RefusedError(experiments.why)
    if (experiments.unread !== null) throw new RefusedError(experiments.unread)
    const { splits, contents, times, channels, lifts } = experiments
    const lines = [
      ...lifts.flatMap((lift) => linesOf(lift.of === 'global' ? 'held out of everything' : 'held out', lift.readout)),
      ...[...contents, ...splits, ...times, ...channels].flatMap(({ stepKey, readout }) => linesOf(stepKey, readout)),
    ]
    answer(
      call,
      { splits, contents, times, channels, lifts },
      lines.length > 0 ? lines : ['Everybody goes the same way'],
    )
    return exit.done
  })

const linesOf = (title: string, { words, arms }: Readout): string[] => [
  `${title}: ${words}`,
  ...arms.map(({ name, people, converted }) => `  ${name}: ${converted} of ${people}`),
]

const rows = z.array(z.object({ arm: z.string().min(1), before: z.coerce.number(), after: z.coerce.number() }))

/** A table of people: arm, what they did before, what they did after. The first arm is the control. */
function means(call: Call, file: string): number {
  const given = rows.safeParse(
    parse(readFileSync(pathOf(call, file)), { columns: true, skip_empty_lines: true, bom: true }),
  )
  if (!given.success)
    throw new UsageError('The file needs the columns arm, before and after, the last two with numbers')
  const groups = [...Map.groupBy(given.data, ({ arm }) => arm)]
  if (groups.length < 2) throw new UsageError('The file names one arm only: there is nothing to compare')
  const { arms, theta } = adjustedMeans(groups.map(([, people]) => people))
  const errorRate = 0.05 / (arms.length - 1)
  const found = arms.map((mean, at) => {
    const versusFirst = at === 0 ? null : differenceOfMeans(mean, arms[0]!, errorRate)
    return { arm: groups[at]![0], ...mean, versusFirst }
  })
  const lines = found.map(({ arm, people, mean, versusFirst }) => {
    const against = versusFirst
      ? `, ${versusFirst.low.toFixed(2)} to ${versusFirst.high.toFixed(2)} against the first`
      : ''
    return `${arm}: ${people} people, mean ${mean.toFixed(2)}${against}`
  })
  answer(call, { theta, arms: found }, [...lines, `theta ${theta.toFixed(3)}: what was known before is taken out`])
  return exit.done
}
