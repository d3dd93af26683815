import type { Random } from '#examples/roastery/random.ts'
import { isImproved } from './desk.ts'
import type { House } from './house.ts'

/** Something that people do to a campaign before the n-th kill. */
type Plan = { before: number; what: string; does: () => Promise<void> }

/**
 * Campaigns start one after the other through three quarters of the storm. Each is held for a while soon after its start;
 * some get a second version first, and lose it again.
 */
export function plansOf(houses: readonly House[], random: Random, count: number): Plan[] {
  const campaigns = random.shuffle(houses.flatMap((house) => house.campaigns.map((campaign) => ({ house, campaign }))))
  const apart = (count * 3) / 4 / campaigns.length
  const plans = campaigns.flatMap(({ house: { name, desk }, campaign }, place) => {
    const begins = 1 + Math.floor(place * apart)
    const plan = (kills: number, deed: 'launch' | 'improve' | 'goBack' | 'hold' | 'lift'): Plan => ({
      before: begins + kills,
      what: `${name}: ${deed} ${campaign}`,
      does: () => desk[deed](campaign),
    })
    const second = isImproved(campaign) ? [plan(1, 'improve'), plan(2, 'goBack')] : []
    return [plan(0, 'launch'), ...second, plan(1, 'hold'), plan(2, 'lift')]
  })
  return plans.toSorted((one, other) => one.before - other.before)
}

/** Lifts every hold that stands. */
export const liftAll = async (houses: readonly House[]): Promise<void> => {
  for (const { desk } of houses)
    for (const { campaign } of desk.held.filter(({ until }) => until === null)) await desk.lift(campaign)
}
