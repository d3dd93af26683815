import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { addressKindOf } from '#governance/consent.ts'
import { dayOfReturn, refund } from './caps.ts'
import { channelsOf, mailsOnly, sendsOf, type CampaignDefinition } from '../definition.ts'
import { drawChannels } from '../experiments/best-channel.ts'
import { waysOut } from '../journeys/leaving.ts'
import { selectGoingOn } from '../queries/listening.ts'
import { selectOrders } from '../queries/channel-draws.ts'
import { endDetour } from '../queries/ledger-rows.ts'
import {
  chooseAddresses,
  takeDetours,
  type Reach,
  type StepReach,
  type Unreached,
} from '../queries/channel-addresses.ts'

/** By what each step of a campaign is sent, the preferred first, and what an address of it is. */
const reachOfSteps = (definition: Pick<CampaignDefinition, 'journey'>): StepReach[] =>
  sendsOf(definition).map((step) => ({
    stepKey: step.key,
    reach: channelsOf(step).map((channel) => ({ channel, kind: addressKindOf(channel) })),
  }))

/** Rows by the order of channels they are tried in: that which was drawn for them, else that of their steps. */
function inOrder<Row>(
  definition: Pick<CampaignDefinition, 'journey'>,
  rows: readonly Row[],
  orderOf: (row: Row) => readonly string[] | undefined,
): { rows: Row[]; steps: StepReach[] }[] {
  const groups = Map.groupBy(rows, (row) => orderOf(row)?.join(' ') ?? '')
  return [...groups].map(([order, group]) => {
    const channels = order.split(' ')
    const steps = reachOfSteps(definition).map(({ stepKey, reach }) => ({
      stepKey,
      reach: reach.toSorted((one, other) => channels.indexOf(one.channel) - channels.indexOf(other.channel)),
    }))
    return { rows: group, steps: order === '' ? reachOfSteps(definition) : steps }
  })
}

/** By what a campaign writes to people at all; null where it is all e-mail. */
export function reachOfCampaign(definition: CampaignDefinition): Reach[] | null {
  if (mailsOnly(definition)) return null
  const all = reachOfSteps(definition).flatMap(({ reach }) => reach)
  return [...new Map(all.map((one) => [one.channel, one])).values()]
}

/** Chooses by what rows that were just planned are sent, and where to; of a campaign that is all e-mail that is known. */
export async function addressPlanned(
  tx: Tx,
  clock: Clock,
  { definition, ids }: { definition: Pick<CampaignDefinition, 'journey'>; ids: readonly DeliveryId[] },
): Promise<void> {
  if (ids.length === 0 || mailsOnly(definition)) return
  const orders = await drawChannels(tx, clock, definition, ids)
  for (const { rows, steps } of inOrder(definition, ids, (id) => orders.get(id)))
    await chooseAddresses(tx, { ids: rows, steps, at: clock() })
}

/** Ended without having reached anybody. */
const unreached = ['suppressed', 'bounced', 'failed']

/** Of ledger rows, those that may leave once more: their readers did not leave the journey or reach its goal meanwhile. */
export async function whoseJourneyGoesOn(
  tx: Tx,
  definition: CampaignDefinition,
  ids: readonly DeliveryId[],
): Promise<ReadonlySet<DeliveryId>> {
  const listened = waysOut(definition).map(({ occasion: { event, where = {} }, withinMs, reason }) => ({ event, where, withinMs, reason })) // prettier-ignore
  return new Set(await selectGoingOn(tx, { campaign: definition.name, ids, listened }))
}

/**
 * Takes rows that certainly reached nobody by their channel on to the next one of their step; those without one stay as
 * they ended. The place under the cap is given back: it is taken again at the claim.
 * @param input.from the channel they went by
 * @returns how many went on
 */
export async function detour(
  tx: Tx,
  clock: Clock,
  { definition, from, rows: all }: { definition: CampaignDefinition; from: string; rows: readonly Unreached[] },
): Promise<number> {
  if (all.length === 0 || mailsOnly(definition)) return 0
  const goOn = await whoseJourneyGoesOn(tx, definition, all.map(({ id }) => id)) // prettier-ignore
  const rows = all.filter(({ id }) => goOn.has(id))
  if (rows.length === 0) return 0
  const orders = await selectOrders(tx, rows.map(({ id }) => id)) // prettier-ignore
  const moved: Awaited<ReturnType<typeof takeDetours>> = []
  for (const group of inOrder(definition, rows, ({ id }) => orders.get(id)))
    moved.push(...(await takeDetours(tx, { ...group, from, states: unreached, at: clock() })))
  await refund(tx, moved.map(({ campaign, capDay }) => ({ campaign, capDay, count: 1 }))) // prettier-ignore
  return moved.length
}

/** Nothing more of a message whose reader shut the channel it went by before; the place it had taken is given back. */
export const endOfDetour = async (tx: Tx, ended: Parameters<typeof endDetour>[1]): Promise<void> =>
  refund(tx, dayOfReturn(await endDetour(tx, ended)))
