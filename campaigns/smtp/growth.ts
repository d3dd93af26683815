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
/** Where more connections gained nothing, they are tried again after so long: it may have been a bad moment. */
const restMs = 2_000
/** A server that refused a connection, or puts mail off, is left alone for so long. */
const calmMs = 10_000
const mostDeferred = 0.2

/**
 * Tries half as many more and keeps them where they let more mail through; halves when the server defers much of the
 * mail; does not exceed what the server allowed when it refused, for a while.
 * @param limit what the provider allows
 */
export function openGrowth(limit: number): Growth {
  let [target, allowed] = [Math.min(startWith, limit), limit]
  /** What is tried: how many there were before, and how much went through. */
  let tried: { fewer: number; rate: number } | null = null
  let window: { from: number; answered: number; deferred: number } | null = null
  let [now, quietUntil, refusedUntil] = [0, 0, 0]
  const grow = (rate: number): void => {
    if (now >= refusedUntil) allowed = limit
    tried = { fewer: target, rate }
    target = Math.min(allowed, Math.ceil(target * factor))
  }
  const decide = ({ from, answered, deferred }: NonNullable<typeof window>): void => {
    const rate = answered / (now - from)
    if (deferred > answered * mostDeferred) {
      target = Math.max(1, Math.floor(target / 2))
      tried = null
      quietUntil = now + calmMs
    } else if (tried !== null && rate < tried.rate * worthIt) {
      target = Math.min(target, tried.fewer)
      tried = null
      quietUntil = now + restMs
    } else if (tried !== null || now >= quietUntil) grow(rate)
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
