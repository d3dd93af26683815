import { stoppedClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { releaseJourney, send } from './journey-world.ts'
import { expireAfterHours, reentry, window, type Version } from './journeys-model.ts'
import { aBody, addPeople, anOwner, memoryChannel, workerOver } from './world.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

/** The last lives nobody knows where: the business's clock counts. */
export const zones = ['Europe/Amsterdam', 'America/New_York', undefined] as const
export const businessZone = 'Europe/Amsterdam'

export const address = (who: number): string => `p${who}@example.com`

/** The journey of `journeys-model.ts`, as the product knows it. */
export const steps = (version: Version) => {
  const says = (key: string, next?: string) =>
    send(key, { content: aBody({ subject: { text: `${key} ${version}`, citations: [] } }), ...(next === undefined ? {} : { next }) }) // prettier-ignore
  return [
    says('hello'),
    { key: 'night', kind: 'wait' as const, until: { time: '02:30', zone: 'person' as const } },
    { key: 'which', kind: 'branch' as const, when: [{ if: { lifecycle: 'fan' }, to: 'insiders' }], otherwise: 'reply' },
    says('insiders', 'reply'),
    { key: 'reply', kind: 'wait' as const, forEvent: { event: 'replied', withinMinutes: 2 * 24 * 60 }, next: 'thanks', otherwise: 'again' }, // prettier-ignore
    ...(version === 1
      ? [says('thanks', 'end')]
      : [says('thanks'), says('extra'), { key: 'pause', kind: 'wait' as const, minutes: 24 * 60, next: 'end' }]),
    says('again'),
    { key: 'more', kind: 'wait' as const, forEvent: { event: 'enough', withinMinutes: 24 * 60 }, next: null, otherwise: 'again' }, // prettier-ignore
    { key: 'end', kind: 'exit' as const, reason: 'done' },
  ]
}
export const change = {
  enter: { onEvent: { event: 'came' } },
  reentry,
  goalReachedBy: { event: 'paid', withinDays: 4 },
  exitOn: [{ event: 'quit' }],
  limits: { dailyCap: null, perPersonPerWeek: null, window, expireAfterHours },
}

/** The house itself, with nobody on their way yet. */
export async function aHouse(db: Db, begin: Date) {
  await db.transaction(async (tx) => {
    // What may only be added to is emptied as well.
    await tx.query(sql`set local session_replication_role = replica`)
    await tx.query(sql`truncate kernel.pointers, campaigns.turns, campaigns.deliveries, campaigns.enrolments, campaigns.listeners,
      campaigns.holds, campaigns.switch_moves, campaigns.claims, campaigns.buckets, ingest.events, ingest.profiles,
      ingest.memberships, ingest.consents, governance.users cascade`)
  })
  const clock = stoppedClock(begin)
  const deps = { db, clock }
  const people = await addPeople(db, () => new Date(begin.getTime() - day), zones.map((zone, n) => ({ address: address(n), ...(zone === undefined ? {} : { zone }) }))) // prettier-ignore
  const fans = new Set<PersonId>()
  const members: Members = (rule, _at, among = []) =>
    Promise.resolve(among.filter((one) => !('lifecycle' in rule) || fans.has(one)))
  const memory = memoryChannel()
  const owner = await anOwner(db, clock)
  const worker = workerOver(db, memory.channel, clock, { members })
  const release = (version: Version) => releaseJourney(deps, owner, steps(version), change)
  await release(1)
  await followJourneys({ db, clock, members, zone: businessZone, log: silentLog })
  return { clock, deps, people, fans, members, memory, owner, worker, release }
}
export type House = Awaited<ReturnType<typeof aHouse>>
