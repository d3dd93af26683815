import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** How the time of a storm goes by: at the instant `real` it was `virtual`, and it runs `speed` times as fast. `of`: whose storm it is. */
type Pace = { real: number; virtual: number; speed: number; of: number }

/** The name of the setting that tells a process where its time is written down. */
export const paceSetting = 'CHAOS_PACE'

/** The time that a file tells, in milliseconds. `look` reads it anew. */
export function timeOf(path: string, realNow: () => number): { now: () => number; look: () => void; of: number } {
  const read = (): Pace => JSON.parse(readFileSync(path, 'utf8')) as Pace
  let pace = read()
  return {
    now: () => Math.floor(pace.virtual + (realNow() - pace.real) * pace.speed),
    look: () => void (pace = read()),
    of: pace.of,
  }
}

/** The time of a storm, told to all its processes by a file. */
export type StormTime = { path: string; now: () => Date; jump: (ms: number) => void }

export function startTime(path: string, begin: Date, speed: number): StormTime {
  const write = (pace: Pace): void => {
    writeFileSync(`${path}.next`, JSON.stringify(pace))
    renameSync(`${path}.next`, path)
  }
  write({ real: Date.now(), virtual: begin.getTime(), speed, of: process.pid })
  const time = timeOf(path, () => Date.now())
  return {
    path,
    now: () => new Date(time.now()),
    jump: (ms) => {
      write({ real: Date.now(), virtual: time.now() + ms, speed, of: process.pid })
      time.look()
    },
  }
}
