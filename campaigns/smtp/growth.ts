/** How many connections a pool should hold, found out by trying: see `openGrowth`. */
export type Growth = {
  /** Connections to hold now while there is work for them. */
  target: () => number
  /** A mail was answered; `deferred` when it was put off by a 4xx. */
  answered: (deferred: boolean) => void
  /** The server would not have one more connection than these, or broke one off with 421. */
  refused: (open: number) => void
  /** Mails wait, and there are as many connections as should be: from here on time counts. Called often; decides once a window. */
  waiting: (atMs: number) => void
  /** No mail waits, or connections are being opened or left: until then nothing counts. */
  pausing: () => void
}

const startWith = 8
/** As long mails must have waited before anything is said of how they fared. */
const windowMs = 100
const factor = 1.5
/** Where this thread sleeps so much of the time although mails wait, they wait for the server, and more may help. */
const sleepy = 0.25
/** Where it hardly sleeps, this machine is the limit, and each connection costs it something. */
const busy = 0.1
/** Growing by half must bring so much more a second, else the server is the limit. */
const worthIt = 1.1
/** Fewer are as good where they cost no more than this. */
const asGood = 0.95
/** After a try the next one waits so long, as it may have been a bad moment; after each that gains nothing, twice as long, up to a minute. */
const restMs = 1_000
const mostRestMs = 60_000
/** A server that refused a connection, or puts mail off, is left alone for so long. */
const calmMs = 10_000
const mostDeferred = 0.2

const nothingYet = { ms: 0, slept: 0, answered: 0, deferred: 0 }

/**
 * Tries half as many more while it is the server that mails wait for, and keeps them where they let more mail through; tries a
 * third fewer while it is this machine, and keeps to them where they let as much through. How much gets through says too little
 * alone: on a busy machine it differs by a third from one moment to the next. Halves when the server defers much of the mail;
 * does not exceed what the server allowed when it refused, for a while.
 * @param limit what the provider allows
 * @param sleptMs how long the thread that sends has slept since it began, in milliseconds
 */
export function openGrowth(limit: number, sleptMs: () => number): Growth {
  let [target, allowed] = [Math.min(startWith, limit), limit]
  /** What is tried: how many there were before, and how much went through. */
  let tried: { before: number; rate: number } | null = null
  let window = { ...nothingYet }
  /** Since when mails wait, and how long the thread had slept by then. */
  let since: { ms: number; slept: number } | null = null
  let [now, quietUntil, refusedUntil] = [0, 0, 0]
  let patienceMs = restMs

  const rest = (ms: number): void => {
    tried = null
    quietUntil = now + ms
  }
  /** Tries another number, if there is one. */
  const attempt = (rate: number, wish: 'more' | 'fewer'): void => {
    const next = wish === 'more' ? Math.min(allowed, Math.ceil(target * factor)) : Math.max(Math.min(startWith, target), Math.floor(target / factor)) // prettier-ignore
    if (next === target) return tried ? rest(restMs) : undefined
    tried = { before: target, rate }
    target = next
  }
  const decide = ({ ms, slept, answered, deferred }: typeof nothingYet): void => {
    if (now >= refusedUntil) allowed = limit
    if (deferred > answered * mostDeferred) {
      target = Math.max(1, Math.floor(target / 2))
      return rest(calmMs)
    }
    const [rate, asleep] = [answered / ms, slept / ms]
    const wish = asleep > sleepy ? 'more' : asleep < busy ? 'fewer' : null
    if (tried === null) return wish && now >= quietUntil ? attempt(rate, wish) : undefined
    const last = target > tried.before ? 'more' : 'fewer'
    const kept = last === 'more' ? rate >= tried.rate * worthIt : rate >= tried.rate * asGood && asleep <= sleepy
    if (kept && wish === last) return attempt(rate, wish)
    if (kept) return rest((patienceMs = restMs))
    target = Math.min(allowed, tried.before)
    rest(patienceMs)
    patienceMs = Math.min(patienceMs * 2, mostRestMs)
  }
  return {
    target: () => target,
    answered: (deferred) => {
      if (since === null) return
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
      const slept = sleptMs()
      if (since) {
        window.ms += atMs - since.ms
        window.slept += slept - since.slept
      }
      since = { ms: atMs, slept }
      if (window.ms < windowMs) return
      decide(window)
      window = { ...nothingYet }
    },
    pausing: () => {
      since = null
    },
  }
}
