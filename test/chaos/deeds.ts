import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { patiently } from './patiently.ts'
import { does, type Townsman } from './town.ts'

/** What people do, recorded as soon as the database lets it be. */
export function openDeeds(deps: { db: Db; clock: Clock }) {
  const done = new Map<string, number>()
  let pending = 0
  let line = Promise.resolve()
  return {
    pending: (): number => pending,
    does: (person: Townsman, kind: string): void => {
      const at = deps.clock()
      const nth = (done.get(`${person.address} ${kind}`) ?? 0) + 1
      done.set(`${person.address} ${kind}`, nth)
      pending += 1
      line = line.then(() => patiently(() => does(deps, { person, kind, nth, at }))).then(() => void (pending -= 1))
    },
    times: (person: Townsman, kind: string): number => done.get(`${person.address} ${kind}`) ?? 0,
  }
}
