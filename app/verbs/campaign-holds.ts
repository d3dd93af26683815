import { inWords as untrueInWords } from '#campaigns/content/citations.ts'
import { holdCampaign, holdsOf, liftHold, openHolds, type Hold, type Standing } from '#campaigns/content/holds.ts'
import { userByEmail } from '#governance/access.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call } from '../verb.ts'
import { withHouse } from '../wire.ts'

/** Open holds of all campaigns, or every hold of one; of those that bind now, what is wrong at this moment. */
export const tellHolds = (call: Call, campaign: string | null): Promise<number> =>
  withHouse(call.config, async ({ db, clock }) => {
    const holds = await holdsOf(db, campaign)
    const open = new Set(holds.filter(({ liftedAt }) => liftedAt === null).map((hold) => hold.campaign))
    const standing = (await Promise.all([...open].map((name) => openHolds({ db, clock }, name)))).flat()
    const now = new Map(standing.map((hold) => [hold.id, hold]))
    const told = holds.map((hold) => now.get(hold.id) ?? hold)
    answer(
      call,
      told,
      told.length === 0 ? ['Nothing is held'] : told.flatMap((hold) => [inWords(hold), ...toLift(hold)]),
    )
    return exit.done
  })

/** What is wrong now, and what whoever lifts it shows to have read. */
function toLift(hold: Hold | Standing): string[] {
  if (!('seen' in hold)) return []
  const wrong = hold.findings.length === 0 ? [] : [`  now: ${untrueInWords(hold.findings)}`]
  return [...(hold.mended ? ['  now: all of it is mended'] : wrong), `  to lift it: --seen ${hold.seen}`]
}

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

/** Lifts one hold of a campaign, for what was read, as a person who may: it prints what they take on them. */
export function liftOne(call: Call, campaign: string): Promise<number> {
  const [reason, address, seen] = [call.text('reason'), call.text('as'), call.text('seen')]
  if (reason === undefined || address === undefined)
    throw new UsageError(
      'Who lifts it, and why? millrace campaign lift NAME --reason WORDS --as ADDRESS --seen VERSION',
    )
  if (seen === undefined)
    throw new UsageError(`Say what you read: --seen, as millrace campaign holds ${campaign} printed it`)
  return withHouse(call.config, async (house) => {
    const user = await userByEmail(house.db, address)
    if (!user) throw new RefusedError('Nobody of this address may lift a hold: add them with millrace sign-in ADDRESS')
    const holds = await openHolds(house, campaign)
    const hold = holds.find((one) => one.seen === seen)
    if (holds.length === 0) throw new RefusedError(`Nothing holds "${campaign}"`)
    if (!hold) throw new RefusedError(`Something else holds it than you read: millrace campaign holds ${campaign}`)
    const done = await liftHold(house, { id: hold.id, campaign, by: user.id, reason, seen })
    if (done.kind === 'refused') throw new RefusedError(done.why)
    const left = holds.length - 1
    answer(call, { why: hold.why, tooLate: done.tooLate, left }, [
      `Lifted: ${hold.why}`,
      ...(left > 0 ? [`${left} more hold it: millrace campaign holds ${campaign}`] : []),
      ...(done.tooLate > 0 ? [`${done.tooLate} messages came too late by it, and will not be sent`] : []),
    ])
    return exit.done
  })
}
