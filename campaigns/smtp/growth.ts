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
/** A server that refused a connection, or gained nothing by one, is asked again after so long. */
const calmMs = 10_000
const mostDeferred = 0.2

/**
 * Grows by half while this lets more mail through, and goes back a step where it does not; halves when the server defers much of
 * the mail; never exceeds what the server allowed the last time it refused.
 * @param limit what the provider allows
 */
export function openGrowth(limit: number): Growth {
  let [target, allowed] = [Math.min(startWith, limit), limit]
  /** How many there were before the last growth. */
  let fewer = target
  let window: { from: number; answered: number; deferred: number } | null = null
  let earlier = 0
  let calmUntil = 0
  const decide = (atMs: number, { from, answered, deferred }: NonNullable<typeof window>): void => {
    const rate = answered / (atMs - from)
    if (deferred > answered * mostDeferred) {
      target = Math.max(1, Math.floor(target / 2))
      calmUntil = atMs + calmMs
    } else if (atMs >= calmUntil) {
      if (rate >= earlier * worthIt) {
        fewer = target
        target = Math.min(allowed, Math.ceil(target * factor))
      } else {
        target = Math.min(target, fewer)
        calmUntil = atMs + calmMs
        allowed = limit
      }
    }
    earlier = rate
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
    },
    waiting: (atMs) => {
      // A window without enough answers says nothing yet; one that began before a lull says nothing any more.
      if (window && atMs - window.from > 10 * windowMs) window = null
      if (window && atMs - window.from < windowMs) return
      if (window) decide(atMs, window)
      window = { from: atMs, answered: 0, deferred: 0 }
    },
  }
}
