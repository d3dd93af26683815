/** How many connections a pool should hold, found out by trying: see `openGrowth`. */
export type Growth = {
  /** Connections to hold now while there is work for them. */
  target: () => number
  /** A mail was answered; `deferred` when it was put off by a 4xx. */
  answered: (deferred: boolean) => void
  /** The server would not have one more connection than these, or broke one off with 421. */
  refused: (open: number) => void
  /** Mails wait for a connection. Called often; decides once a window. */
  waiting: (atMs: number) => void
}

const startWith = 8
const windowMs = 100
const factor = 1.5
/** Growing by half must bring so much more a second, else the server or this machine is the limit. */
const worthIt = 1.1
/** Fewer are as good where they cost no more than this. */
const asGood = 0.95
/** Where a change gained nothing, the next is tried after so long: it may have been a bad moment. */
const restMs = 2_000
/** A server that refused a connection, or puts mail off, is left alone for so long. */
const calmMs = 10_000
const mostDeferred = 0.2

/**
 * Tries half as many more and keeps them where they let more mail through; between, tries a third fewer and keeps to them
 * where they let as much through. Halves when the server defers much of the mail; does not exceed what the server allowed
 * when it refused, for a while.
 * @param limit what the provider allows
 */
export function openGrowth(limit: number): Growth {
  let [target, allowed] = [Math.min(startWith, limit), limit]
  /** What is tried: how many there were before, and how much went through. */
  let tried: { before: number; rate: number } | null = null
  let window: { from: number; answered: number; deferred: number } | null = null
  let [now, quietUntil, refusedUntil] = [0, 0, 0]
  let next: 'more' | 'fewer' = 'more'
  const change = (rate: number): void => {
    if (now >= refusedUntil) allowed = limit
    tried = { before: target, rate }
    target = next === 'more' ? Math.min(allowed, Math.ceil(target * factor)) : Math.max(Math.min(startWith, target), Math.floor(target / factor)) // prettier-ignore
  }
  const rest = (ms: number): void => {
    tried = null
    quietUntil = now + ms
  }
  const decide = ({ from, answered, deferred }: NonNullable<typeof window>): void => {
    const rate = answered / (now - from)
    if (deferred > answered * mostDeferred) {
      target = Math.max(1, Math.floor(target / 2))
      return rest(calmMs)
    }
    if (tried === null) return now >= quietUntil ? change(rate) : undefined
    const helped = rate >= tried.rate * (target > tried.before ? worthIt : asGood)
    if (helped && target !== tried.before) return change(rate)
    target = Math.min(allowed, tried.before)
    next = next === 'more' ? 'fewer' : 'more'
    return rest(restMs)
  }
  return {
    target: () => target,
    answered: (deferred) => {
      if (!window) return
      window.answered += 1
      if (deferred) window.deferred += 1
    },
    refused: (open) => {
      allowed = Math.max(1, Math.min(allowed, open))
      target = Math.min(target, allowed)
      refusedUntil = now + calmMs
    },
    waiting: (atMs) => {
      now = atMs
      // A window without enough answers says nothing yet; one that began before a lull says nothing any more.
      if (window && now - window.from > 10 * windowMs) window = null
      if (window && now - window.from < windowMs) return
      if (window) decide(window)
      window = { from: now, answered: 0, deferred: 0 }
    },
  }
}
