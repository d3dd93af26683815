/** The only source of "now". Passed to whatever needs time, so that tests and dry runs choose it. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()

/** A clock that stands still until it is moved: for tests and dry runs. */
export function stoppedClock(start: Date): Clock & { advance: (ms: number) => void } {
  let now = start.getTime()
  return Object.assign(() => new Date(now), { advance: (ms: number) => void (now += ms) })
}
