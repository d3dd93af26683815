import { setTimeout as pause } from 'node:timers/promises'

/** Tries until it works: the database may just have been killed. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (fault) {
      if (tries === 100) throw fault
      await pause(100)
    }
  }
}
