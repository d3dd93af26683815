import { readFileSync } from 'node:fs'
import { computeScores } from '#graph/scores/compute.ts'
import { liveScoring, releaseScoring, scoring as scoringSchema } from '#graph/scores/scoring.ts'
import { nextBest, scoresOf, type NextProduct, type Scores } from '#graph/scores/scores-of.ts'
import { messageOf, UsageError } from '#kernel/errors.ts'
import { parseId } from '#kernel/ids.ts'
import { formatMoney } from '#kernel/money.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

const by = 'command line'
const mostNext = 5

export const scores: Verb = {
  name: 'scores',
  about: 'What a person’s deeds add up to, with reasons and the rows behind them',
  usage: [
    'scores PERSON [--json]',
    'scores --refresh [--json]',
    'scores --scoring',
    'scores --release FILE --because WHY [--json]',
  ],
  takes: 1,
  options: {
    refresh: { type: 'boolean' },
    scoring: { type: 'boolean' },
    release: { type: 'string' },
    because: { type: 'string' },
  },
  explains: {
    refresh: 'compute the scores of everybody now',
    scoring: 'print the weights, points and windows scores are computed with',
    release: 'make the scoring in this file the live one',
    because: 'why, for the audit',
  },
  run: (call) =>
    withHouse(call.config, async (house) => {
      if (call.flag('refresh')) return refresh(call, house)
      if (call.flag('scoring')) {
        call.printJson((await liveScoring(house.db)).live)
        return exit.done
      }
      const file = call.text('release')
      return file === undefined ? ofPerson(call, house) : release(call, house, file)
    }),
}

async function refresh(call: Call, house: House): Promise<number> {
  const done = await computeScores(house, { full: true })
  if (done.kind === 'busy') {
    answer(call, done, [done.why])
    return exit.refused
  }
  const { digits, pairs } = done.buyers
  answer(call, done, [
    `${done.people} people looked at, ${done.written} scored otherwise than before; ${digits} digits of buyers and ${pairs} pairs of products changed`,
  ])
  return exit.done
}

async function release(call: Call, house: House, file: string): Promise<number> {
  const reason = call.text('because')
  if (reason === undefined) throw new UsageError('Say why: --because WHY')
  const hash = await releaseScoring(house, { scoring: scoringIn(pathOf(call, file)), by, reason })
  answer(call, { hash }, [`Scores go by version ${hash.slice(0, 12)} from the next computation on`])
  return exit.done
}

function scoringIn(path: string): ReturnType<typeof scoringSchema.parse> {
  try {
    return scoringSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (fault) {
    throw new UsageError(`${path} holds no scoring (millrace scores --scoring prints one): ${messageOf(fault)}`, { cause: fault }) // prettier-ignore
  }
}

async function ofPerson(call: Call, house: House): Promise<number> {
  const id = parseId<'person'>(call.positionals[0])
  if (id === null) throw new UsageError('Say whose scores, by the id of the person, or --refresh')
  const found = await scoresOf(house.db, id, house.clock())
  if (!found)
    throw new UsageError(`Nothing is reckoned of a person ${id}: millrace scores --refresh looks at everybody`)
  const next = await nextBest(house.db, id, mostNext)
  answer(call, { ...found, next }, linesOf(found, next, house.business.currency))
  return exit.done
}

function linesOf({ engagement, lead, rfm }: Scores, next: readonly NextProduct[], currency: string): string[] {
  return [
    engagement === null ? 'Engagement: nothing done yet' : `Engagement: ${engagement.points.toFixed(1)} points, ${engagement.words}`, // prettier-ignore
    ...(engagement?.deeds ?? []).map(({ what, at, points, kind, id }) => `  ${points.toFixed(1)} ${what} ${at.toISOString()} (${kind} ${id})`), // prettier-ignore
    `Lead score: ${lead.score} of 100, ${lead.words}`,
    ...lead.reasons.map(({ points, words, evidence }) => `  ${points > 0 ? '+' : ''}${points} ${words} (${evidence.map(({ kind, id }) => `${kind} ${id}`).join(', ')})`), // prettier-ignore
    ...(rfm === null ? ['Never bought'] : [`Recency ${rfm.recency}, frequency ${rfm.frequency}, monetary ${rfm.monetary}: ${rfm.words}; ${rfm.orders} orders, ${formatMoney({ amountMinor: rfm.spentMinor, currency })}`]), // prettier-ignore
    ...next.map(({ label, product, because }) => `May buy ${label} (${product}): ${because.map((one) => `${one.people} people bought it with ${one.label}, lift ${one.lift.toFixed(2)}`).join('; ')}`), // prettier-ignore
  ]
}
