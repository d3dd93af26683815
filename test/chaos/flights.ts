import { hostname } from 'node:os'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

/**
 * Most messages of a group, and groups of one process that may stand between first byte and answer together. By a provider
 * that promises once those stand so too that wait to be asked for again.
 */
type Limits = { group: number; groups: number }
export const limitsOf: Readonly<Record<'resend' | 'smtp', Limits>> = {
  resend: { group: 100, groups: Infinity },
  smtp: { group: 200, groups: 2 },
}

type Group = { key: string; claim: string; worker: string; messages: number }

/** What stood between the first byte of a message and its answer whenever somebody was killed. */
export type Flights = {
  /** Keys of every group that a kill struck. */
  keys: ReadonlySet<string>
  /** Groups that were more than may be under way together, in words. */
  objections: readonly string[]
  /** Notes what a kill struck: the groups of one process that sends, or of all. Returns how many. */
  note: (kill: Kill) => Promise<number>
}

/** `sender`: the process that died, or null where all lost their database. It was alive `from`, and dead at `until`. */
export type Kill = { sender: number | null; from: Date; until: Date }

export function openFlights(db: Db, limits: Limits): Flights {
  const keys = new Set<string>()
  const objections: string[] = []
  return {
    keys,
    objections,
    note: async (kill) => {
      const struck = (await standing(db, kill)).filter(({ key }) => !keys.has(key))
      for (const { key } of struck) keys.add(key)
      for (const [worker, groups] of Map.groupBy(struck, (group) => group.worker)) {
        const claims = new Set(groups.map(({ claim }) => claim))
        if (groups.length > limits.groups || claims.size < groups.length)
          objections.push(`${worker} had ${groups.length} groups of ${claims.size} claims under way together`)
      }
      for (const { key, messages } of struck) if (messages > limits.group) objections.push(`the group ${key} has ${messages} messages`) // prettier-ignore
      return struck.length
    },
  }
}

/** The groups that began before a kill and had no answer then: they stand `sending`, or somebody has given them up since. */
const standing = (db: Db, { sender, from, until }: Kill): Promise<Group[]> => {
  const worker = sender === null ? null : `${hostname()}-${sender}`
  return db.query<Group>(sql`
    select d.batch_key as key, d.claim_id as claim, c.worker, count(*) as messages
    from campaigns.deliveries d join campaigns.claims c on c.id = d.claim_id
    where (d.state = 'sending' or (d.state = 'unknown' and d.settled_at >= ${from})) and d.sending_at <= ${until}
      and (${worker}::text is null or c.worker = ${worker})
    group by 1, 2, 3`)
}
