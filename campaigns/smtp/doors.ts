import { messageOf } from '#kernel/errors.ts'
import type { SmtpServer } from './server.ts'

/** A server that did not let us in is asked after the others for so long. */
const shutMs = 60_000

type Enter<Entered> = (server: SmtpServer) => Promise<Entered>

/**
 * Enters by the first of a provider's servers that lets us in: that of the address, then its fallbacks. Where connections
 * to a server stand, or one of those that knock with us gets in, a refusal tells of their number and not of the server: nobody
 * else is asked.
 * @param now milliseconds of any clock that only goes forward
 */
export function openDoors(server: SmtpServer, now: () => number) {
  const doors = [server, ...server.fallbacks.map((place): SmtpServer => ({ ...server, ...place }))]
  const shutUntil = new Map<SmtpServer, number>()
  const knocking = new Map(doors.map((door) => [door, new Set<Promise<unknown>>()]))
  const isShut = (door: SmtpServer): boolean => (shutUntil.get(door) ?? 0) > now()
  const knock = async <Entered>(enter: Enter<Entered>, door: SmtpServer): Promise<Entered> => {
    const entering = enter(door)
    knocking.get(door)!.add(entering)
    try {
      const entered = await entering
      shutUntil.delete(door)
      return entered
    } finally {
      knocking.get(door)!.delete(entering)
    }
  }
  const othersGetIn = (door: SmtpServer): Promise<boolean> =>
    Promise.any(knocking.get(door)!).then(
      () => true,
      () => false,
    )
  /** Rejects with what each server said. */
  return async <Entered>(enter: Enter<Entered>, stands: (door: SmtpServer) => boolean): Promise<Entered> => {
    const said: string[] = []
    for (const door of [...doors.filter((one) => !isShut(one)), ...doors.filter(isShut)]) {
      try {
        return await knock(enter, door)
      } catch (fault) {
        if (doors.length === 1 || stands(door) || (await othersGetIn(door))) throw fault
        shutUntil.set(door, now() + shutMs)
        said.push(`${door.host}:${door.port}: ${messageOf(fault)}`)
      }
    }
    throw new Error(said.join('; '))
  }
}
