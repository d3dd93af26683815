import type { Clock } from '#kernel/clock.ts'
import { hmac, newKey } from '#kernel/crypto.ts'

/** How much one may do in a window of time. Beyond `mostKeys` the longest known is forgotten: memory is bounded. */
type Cap = { limit: number; windowMs: number; mostKeys?: number }

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Far above what people do, far below what fills a database. Each process counts for itself. */
export const collectCaps = {
  eventsOfDevice: { limit: 120, windowMs: minuteMs },
  eventsOfAddress: { limit: 3000, windowMs: minuteMs },
  /** How many accounts, addresses and numbers a device may name a day: anybody can name anybody. */
  namesOfDevice: { limit: 10, windowMs: dayMs },
  devicesOfName: { limit: 20, windowMs: dayMs },
} satisfies Record<string, Cap>
export type CollectCaps = Readonly<Record<keyof typeof collectCaps, Cap>>

/** Who says something: a device, and whom it names. */
type Sender = { device: string; names: readonly string[] }

type Admission = {
  /** False when the device or the network address has said too much. */
  admits: (senders: readonly Sender[], from: string) => boolean
  /** False when the device names too many people, or too many devices that person. */
  mayName: (sender: Sender) => boolean
}

/** Decides who may say how much. Keys are hashed: none of them means anything outside this process. */
export function admissionBy(clock: Clock, caps: CollectCaps): Admission {
  const secret = newKey()
  const key = (text: string): string => hmac(secret, text).slice(0, 22)
  const [ofDevice, ofAddress] = [counting(clock, caps.eventsOfDevice), counting(clock, caps.eventsOfAddress)]
  const [names, devices] = [distinguishing(clock, caps.namesOfDevice), distinguishing(clock, caps.devicesOfName)]
  return {
    admits: (senders, from) => {
      const byDevice = Map.groupBy(senders, ({ device }) => key(device))
      return (
        ofAddress(key(from), senders.length) && [...byDevice].every(([device, own]) => ofDevice(device, own.length))
      )
    },
    mayName: (sender) => {
      const device = key(sender.device)
      return sender.names.map(key).every((name) => names(device, name) && devices(name, device))
    },
  }
}

type Recent<T> = { get: (key: string) => T | undefined; set: (key: string, value: T) => void }

/** What happened in the window under way, by key; everything is forgotten when the next one begins. */
function recent<T>(clock: Clock, { windowMs, mostKeys = 20_000 }: Cap): Recent<T> {
  const known = new Map<string, T>()
  let current = 0
  return {
    get: (key) => {
      const now = Math.floor(clock().getTime() / windowMs)
      if (now !== current) known.clear()
      current = now
      return known.get(key)
    },
    set: (key, value) => {
      const [oldest] = known.size >= mostKeys && !known.has(key) ? known.keys() : []
      if (oldest !== undefined) known.delete(oldest)
      known.set(key, value)
    },
  }
}

/** Counts what each key does; false, and nothing is counted, where it would be more than the limit. */
export function counting(clock: Clock, cap: Cap): (key: string, times: number) => boolean {
  const seen = recent<number>(clock, cap)
  return (key, times) => {
    const total = (seen.get(key) ?? 0) + times
    if (total <= cap.limit) seen.set(key, total)
    return total <= cap.limit
  }
}

/** Counts how many different values each key names; a value it has named before costs nothing. */
function distinguishing(clock: Clock, cap: Cap): (key: string, value: string) => boolean {
  const seen = recent<Set<string>>(clock, cap)
  return (key, value) => {
    const values = seen.get(key) ?? new Set()
    if (!values.has(value) && values.size >= cap.limit) return false
    seen.set(key, values.add(value))
    return true
  }
}
