import { DateTime } from 'luxon'
import type { Queryable } from '#kernel/db.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { PersonId } from '#kernel/ids.ts'
import type { CampaignDefinition } from '../definition.ts'
import type { Members } from '../journeys/enrol.ts'
import { datedOn } from '../journeys/dated.ts'

type Entries = {
  /** Whom the audience selects now, and how many of them come in while it is looked. */
  audience: number
  entering: number
  /** Those who are told of, evenly drawn and always the same, and when each comes in. */
  drawn: Map<PersonId, Date>
  /** What of it is supposed and not known, or null. */
  supposed: string | null
}

/** Who would come into a campaign between two instants, and when: all at once, or each on their day. */
export async function entriesOf(
  deps: { db: Queryable; members: Members; zone: string },
  { audience: { rule }, enter, startAt }: CampaignDefinition,
  { from, until, people }: { from: Date; until: Date; people: number },
): Promise<Entries> {
  const audience = await deps.members(rule, from)
  const starts = new Date(Math.max(from.getTime(), startAt === null ? 0 : Date.parse(startAt)))
  const dates = enter && 'onDate' in enter ? await datedOn(deps, enter.onDate, daysBetween(from, until, deps.zone)) : null // prettier-ignore
  const theirs = dates && new Map(dates.map((one) => [one.personId, one.from]))
  // Whose day is today comes in also where its time has passed.
  const entering = audience.flatMap((id) => {
    const at = theirs ? theirs.get(id) : starts
    return at === undefined || at > until ? [] : [{ id, at: at < starts ? starts : at }]
  })
  const drawn = entering.toSorted((a, b) => (sha256(a.id) < sha256(b.id) ? -1 : 1)).slice(0, people)
  return {
    audience: audience.length,
    entering: entering.length,
    drawn: new Map(drawn.map(({ id, at }) => [id, at])),
    supposed: enter && !('onDate' in enter) ? 'Who comes in, and when, cannot be foretold: it is told as if each of them came in at once' : null, // prettier-ignore
  }
}

function daysBetween(from: Date, until: Date, zone: string): DateTime[] {
  const first = DateTime.fromJSDate(from, { zone }).startOf('day')
  const count = Math.ceil(DateTime.fromJSDate(until, { zone }).diff(first, 'days').days) + 1
  return Array.from({ length: count }, (_, index) => first.plus({ days: index }))
}
