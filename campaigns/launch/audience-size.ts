import type { Clock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import type { ChannelName } from '../channel.ts'
import { copiesOf, type CampaignDefinition } from '../definition.ts'
import type { Members } from '../journeys/enrol.ts'
import { countReachable } from '../queries/reachable.ts'

/** Fewer than this are nobody's accident. */
const manyPeople = 20
/** From this share on of all who may be written to, leaving some out was an afterthought. */
const nearlyAll = 0.9

type SizeRefused = { kind: 'refused'; rule: 'nobody' | 'everybody'; why: string }

/**
 * Why a campaign may not start as it is: it is for nobody, or it is for nearly everybody who may be written to by its
 * channels and nobody typed how many that are. Null where it may. A campaign that people come into one by one may start
 * empty.
 * @param typed the number somebody typed
 */
export async function audienceRefusal(
  { db, clock, members }: { db: Queryable; clock: Clock; members: Members },
  definition: Pick<CampaignDefinition, 'audience' | 'enter' | 'journey'>,
  typed?: number,
): Promise<SizeRefused | null> {
  const { audience, enter } = definition
  const count = (await members(audience.rule, clock())).length
  if (count === 0 && enter === undefined)
    return refused('nobody', `Nobody is in “${audience.segment}” now: choose another segment, or let people come in one by one`) // prettier-ignore
  if (count < manyPeople || typed === count) return null
  const channels = [...new Set(copiesOf(definition).map(({ channel }) => channel))]
  const reachable = await countReachable(db, channels, clock())
  if (count < reachable * nearlyAll) return null
  return refused('everybody', everybodyWords(count, reachable, channels))
}

const refused = (rule: SizeRefused['rule'], why: string): SizeRefused => ({ kind: 'refused', rule, why })

const everybodyWords = (count: number, reachable: number, channels: readonly ChannelName[]): string =>
  `This goes to ${count} people, and ${reachable} may be written to by ${channels.join(' or ')} at all: type the number ${count} to say that you mean everybody`
