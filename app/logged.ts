import { messageOf } from '#kernel/errors.ts'
import type { House } from './wire.ts'

/** How long a process that leads a round may be away before another leads it, in milliseconds. */
export const leaseMs = 5 * 60_000

/** Work nobody waits for: a fault is told, and ends nothing else. */
export async function logged(house: House, what: string, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (fault) {
    house.log.error({ fault: messageOf(fault) }, what)
  }
}
