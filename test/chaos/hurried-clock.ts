import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'
import promises from 'node:timers/promises'
import { paceSetting, timeOf } from './pace.ts'

// Loaded before a product process (`--import`), as libfaketime would be: its clock is the storm's, and its long waits
// are over when that clock says so. The product knows nothing of it.

const RealDate = Date
const real = { setTimeout, setInterval, pause: promises.setTimeout }
const time = timeOf(process.env[paceSetting] ?? '', () => RealDate.now())

/** Shorter waits are left alone: they pace a loop, and tell of no time of day. */
const longMs = 5_000
const lookMs = 50

real.setInterval(() => (isOver() ? process.exit(1) : time.look()), lookMs).unref()

/** Nothing outlives the process whose storm it is, however that one ended. */
function isOver(): boolean {
  try {
    return !process.kill(time.of, 0)
  } catch {
    return true
  }
}

const StormDate: DateConstructor = new Proxy(RealDate, {
  construct: (target, args: unknown[], made) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, made === StormDate ? target : made) as Date,
  get: (target, property, receiver) =>
    property === 'now' ? now : (Reflect.get(target, property, receiver) as unknown),
})

/** What is a little late is told that it is in time: a busy machine must not make a timetable miss its minute. */
const forgivenMs = 2 * 60_000
let pinned: number | null = null
const now = (): number => pinned ?? time.now()

function inTime(work: () => void, dueAt: number): void {
  if (time.now() - dueAt < forgivenMs) pinned = dueAt
  try {
    work()
  } finally {
    pinned = null
  }
}

type Work = (...args: unknown[]) => void

/** Does the work when the storm's clock has come so far; again and again if asked. */
function whenDue(work: Work, ms: number, args: unknown[], again: boolean): NodeJS.Timeout {
  let dueAt = now() + ms
  const looking = real.setInterval(() => {
    if (time.now() < dueAt) return
    const due = dueAt
    if (again) dueAt += ms
    else clearInterval(looking)
    inTime(() => work(...args), due)
  }, lookMs)
  return looking
}

const isLong = (ms: number | undefined): ms is number => ms !== undefined && ms >= longMs && ms < 2 ** 31

const hurried = {
  setTimeout: (work: Work, ms?: number, ...args: unknown[]) =>
    isLong(ms) ? whenDue(work, ms, args, false) : real.setTimeout(work, ms, ...args),
  setInterval: (work: Work, ms?: number, ...args: unknown[]) =>
    isLong(ms) ? whenDue(work, ms, args, true) : real.setInterval(work, ms, ...args),
}

const pause = <T>(ms?: number, value?: T, options?: { signal?: AbortSignal }): Promise<T> => {
  if (!isLong(ms)) return real.pause(ms, value, options)
  return new Promise((resolve, reject) => {
    const waiting = whenDue(() => resolve(value as T), ms, [], false)
    const given = options?.signal
    const giveUp = (): void => {
      clearInterval(waiting)
      reject(new DOMException('The pause was ended', 'AbortError'))
    }
    if (given?.aborted) giveUp()
    given?.addEventListener('abort', giveUp, { once: true })
  })
}

function timeout(ms: number): AbortSignal {
  const controller = new AbortController()
  hurried.setTimeout(() => controller.abort(new DOMException('The time is up', 'TimeoutError')), ms).unref()
  return controller.signal
}

Object.assign(globalThis, { Date: StormDate, ...hurried })
Object.assign(timers, hurried)
Object.assign(promises, { setTimeout: pause })
Object.assign(AbortSignal, { timeout })
syncBuiltinESMExports()
