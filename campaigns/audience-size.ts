import type { Clock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import { peopleCount } from '#ingest/identity/people.ts'
import type { CampaignDefinition } from './definition.ts'
import type { Members } from './enrol.ts'

/** Fewer than this are nobody's accident. */
const manyPeople = 100

/**
 * Why a campaign may not start as it is: it is for nobody, or it is for everybody there is and nobody typed how many
 * that are. Null where it may. A campaign that people come into one by one may start empty.
 * @param typed the number somebody typed
 */
export async function audienceRefusal(
  { db, clock, members }: { db: Queryable; clock: Clock; members: Members },
  { audience, enter }: CampaignDefinition,
  typed?: number,
): Promise<{ kind: 'refused'; rule: 'nobody' | 'everybody'; why: string } | null> {
  const count = (await members(audience.rule, clock())).length
  if (count === 0 && enter === undefined) {
    const why = `Nobody is in “${audience.segment}” now: choose another segment, or let people come in one by one`
    return { kind: 'refused', rule: 'nobody', why }
  }
  if (count < manyPeople || typed === count) return null
  const { people } = await peopleCount(db)
  if (count < people) return null
  const why = `This goes to everybody there is, ${count} people: type the number ${count} to say that you mean it`
  return { kind: 'refused', rule: 'everybody', why }
}
