import type { Clock } from '#kernel/clock.ts'
import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { channelsOf, sendsOf, type CampaignDefinition, type SendStep } from '../definition.ts'
import { selectAnsweredBy } from '../queries/answers.ts'
import { drawnByChannel, insertChannelDraws, selectToOrder, type ChannelDraw } from '../queries/channel-draws.ts'
import { countArms } from '../queries/experiments.ts'
import { learntChannels, plus, tellingSpan, weightOf } from './answers.ts'
import type { HourCount } from './best-hour.ts'
import { compared, type Compared } from './compared.ts'
import { answer } from './goals.ts'
import { drawBeta, lot, lots } from './lot.ts'

type Counts = ReadonlyMap<string, HourCount>
type ChosenStep = SendStep & { bestChannel: NonNullable<SendStep['bestChannel']> }

const chosenSteps = (definition: Pick<CampaignDefinition, 'journey'>): ChosenStep[] =>
  sendsOf(definition).filter((step): step is ChosenStep => step.bestChannel !== undefined)

/** As many messages does what everybody does weigh against what one person did. */
const populationWeight = 12
/** A channel before anything is known of it: one of five messages is answered, and it is known badly. */
const unknown: HourCount = { sent: 5, answered: 1 }
const none: HourCount = { sent: 0, answered: 0 }

/**
 * The channels in the order in which one person's message is to be tried: Beta-Bernoulli of each channel, what they
 * answered shrunk to what everybody does, by Thompson sampling. The same words draw the same order.
 */
export function orderOfChannels(
  known: { population: Counts; own: Counts },
  channels: readonly string[],
  words: string,
): string[] {
  const next = lots(words)
  const drawn = channels.map((channel) => {
    const all = plus(known.population.get(channel) ?? none, unknown)
    const { sent, answered } = known.own.get(channel) ?? none
    const weight = Math.min(populationWeight, all.sent)
    const rate = all.answered / all.sent
    const draw = drawBeta(answered + weight * rate, Math.max(0, sent - answered) + weight * (1 - rate), next)
    return { channel, draw }
  })
  return drawn.toSorted((one, other) => other.draw - one.draw).map(({ channel }) => channel)
}

/**
 * Draws the order of channels for rows that were just planned, where their step goes by each reader's best; a share of
 * people keep the order that is written down. Returns the order of each such row.
 */
export async function drawChannels(
  tx: Tx,
  clock: Clock,
  definition: Pick<CampaignDefinition, 'journey'>,
  ids: readonly DeliveryId[],
): Promise<ReadonlyMap<DeliveryId, readonly string[]>> {
  const steps = new Map(chosenSteps(definition).map((step) => [step.key, step]))
  if (steps.size === 0) return new Map()
  const at = clock()
  const rows = await selectToOrder(tx, { ids, stepKeys: [...steps.keys()] })
  const people = [...new Set(rows.flatMap(({ personId }) => (personId === null ? [] : [personId])))]
  const history = Map.groupBy(await selectAnsweredBy(tx, { ...tellingSpan(at), people }), ({ personId }) => personId)
  const population = await learntChannels(tx)
  const draws = rows.map((row): ChannelDraw => {
    const step = steps.get(row.stepKey)!
    const declared = channelsOf(step)
    const words = `best channel ${row.campaign} ${row.stepKey} ${row.drawnBy}`
    if (lot(`control of ${words}`) < step.bestChannel.control)
      return { id: row.id, arm: 'declared', channels: declared }
    const own = countsOf(row.personId === null ? [] : (history.get(row.personId) ?? []), at)
    return { id: row.id, arm: 'best', channels: orderOfChannels({ population, own }, declared, `${words} ${row.id}`) }
  })
  await insertChannelDraws(tx, draws, at)
  return new Map(draws.map(({ id, channels }) => [id, channels]))
}

function countsOf(rows: readonly { channel: string; hour: Date; sent: number; answered: number }[], at: Date): Counts {
  const counts = new Map<string, HourCount>()
  for (const { channel, hour, sent, answered } of rows) {
    const weight = weightOf(hour, at)
    counts.set(channel, plus(counts.get(channel) ?? none, { sent: weight * sent, answered: weight * answered }))
  }
  return counts
}

/** Best channels read as an experiment against the order that is written down. */
export type ChannelReadout = Compared & { stepKey: string; goal: { event: string; withinDays: number } }

/** What going by each reader's best channel brings; by the goal, or by clicks where the campaign has none. */
export async function readChannels(db: Queryable, definition: CampaignDefinition): Promise<ChannelReadout[]> {
  const { name: campaign, goalReachedBy: goal = answer } = definition
  const read: ChannelReadout[] = []
  for (const step of chosenSteps(definition)) {
    const counts = await countArms(db, { campaign, goal, drawn: drawnByChannel({ campaign, stepKey: step.key }) })
    const { control } = step.bestChannel
    const planned = [
      { counted: 'declared', name: channelsOf(step).join(', then '), weight: control },
      { counted: 'best', name: 'by their best channel', weight: 1 - control },
    ]
    read.push({ ...compared(planned, counts), stepKey: step.key, goal })
  }
  return read
}
