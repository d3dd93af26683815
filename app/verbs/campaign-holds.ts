import { holdCampaign, holdsOf, liftHold, openHolds, type Hold } from '#campaigns/holds.ts'
import { userByEmail } from '#governance/access.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call } from '../verb.ts'
import { withHouse } from '../wire.ts'

/** Open holds of all campaigns, or every hold of one. */
export const tellHolds = (call: Call, campaign: string | null): Promise<number> =>
  withHouse(call.config, async ({ db }) => {
    const holds = await holdsOf(db, campaign)
    answer(call, holds, holds.length === 0 ? ['Nothing is held'] : holds.map(inWords))
    return exit.done
  })

const day = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ')

function inWords({ campaign, placedAt, why, liftedAt, liftReason }: Hold): string {
  const end = liftedAt === null ? 'stands' : `lifted ${day(liftedAt)}: ${liftReason ?? ''}`
  return `${campaign}, held since ${day(placedAt)} UTC: ${why} (${end})`
}

/** Stops one campaign in the name of the house. */
export function holdByHand(call: Call, campaign: string): Promise<number> {
  const reason = call.text('reason')
  if (reason === undefined) throw new UsageError('Say why: whoever lifts the hold reads --reason')
  return withHouse(call.config, async (house) => {
    const held = await holdCampaign(house, { campaign, by: 'millrace', reason })
    if (held.kind === 'refused') throw new RefusedError(held.why)
    answer(call, held, [`${campaign} is held: nothing of it leaves until somebody lifts it`])
    return exit.done
  })
}

/** Lifts what holds a campaign, as a person who may: it prints what they take on them. */
export function liftHolds(call: Call, campaign: string): Promise<number> {
  const [reason, address] = [call.text('reason'), call.text('as')]
  if (reason === undefined || address === undefined)
    throw new UsageError('Who lifts it, and why? millrace campaign lift NAME --reason WORDS --as ADDRESS')
  return withHouse(call.config, async (house) => {
    const user = await userByEmail(house.db, address)
    if (!user) throw new RefusedError('Nobody of this address may lift a hold: add them with millrace sign-in ADDRESS')
    const holds = await openHolds(house, campaign)
    if (holds.length === 0) throw new RefusedError(`Nothing holds "${campaign}"`)
    const lifted: { why: string; tooLate: number }[] = []
    for (const { id, why, seen } of holds) {
      const done = await liftHold(house, { id, campaign, by: user.id, reason, seen })
      if (done.kind === 'refused') throw new RefusedError(done.why)
      lifted.push({ why, tooLate: done.tooLate })
    }
    const late = lifted.at(-1)?.tooLate ?? 0
    answer(call, lifted, [
      ...lifted.map(({ why }) => `Lifted: ${why}`),
      ...(late > 0 ? [`${late} messages came too late by it, and will not be sent`] : []),
    ])
    return exit.done
  })
}
