import { openStopwatch, type Passed, type Times } from './stopwatch.ts'

/** How many connections a pool should hold, found out by trying: see `openGrowth`. */
export type Growth = {
  /** Connections to hold now while there is work for them. */
  target: () => number
  /** A mail was answered; `deferred` when it was put off by a 4xx. */
  answered: (deferred: boolean) => void
  /** The server would not have one more connection than these, or broke one off with 421. */
  refused: (open: number) => void
  /** Mails wait, and there are as many connections as should be: from here on time counts. Called often; decides once a window. */
  waiting: () => void
  /** No mail waits, or connections are being opened or left: until then nothing counts. */
  pausing: () => void
}

const startWith = 8
/** As long mails must have waited, and so many been answered on each connection, before anything is said of how they fared. */
const windowMs = 100
const answersOfEach = 3
const fewestAnswers = 20
const factor = 1.5
/** Where this thread sleeps so much of the time although mails wait, they wait for the server, and more may help. */
const sleepy = 0.25
/** Where it hardly sleeps, this machine is the limit, and each connection costs it something. */
const busy = 0.1
/** So much of what more connections could bring must come of them, else the server is the limit. */
const worthIt = 0.2
/** Fewer are as good where they cost no more than this. */
const asGood = 0.95
/** After a try the next one waits so long, as it may have been a bad moment; after each that gains nothing, twice as long, up to a minute. */
const restMs = 1_000
const mostRestMs = 60_000
/** A server that refused a connection, or puts mail off, is left alone for so long. */
const calmMs = 10_000
const mostDeferred = 0.2

/** How many there were before a try, and how much went through. */
type Try = { before: number; rate: number }
type Wish = 'more' | 'fewer' | null

/**
 * Tries half as many more while it is the server that mails wait for, and keeps them where they let more mail through; tries a
 * third fewer while it is this machine, and keeps to them where they let as much through. How much gets through says too little
 * alone: on a busy machine it differs by a third from one moment to the next. Halves when the server defers much of the mail;
 * does not exceed what the server allowed when it refused, for a while.
 * @param limit what the provider allows
 */
export function openGrowth(limit: number, times: Times): Growth {
  let [target, allowed] = [Math.min(startWith, limit), limit]
  let tried: Try | null = null
  const watch = openStopwatch(times)
  let [quietUntil, refusedUntil] = [0, 0]
  let patienceMs = restMs

  const rest = (ms: number): void => {
    tried = null
    quietUntil = times.now() + ms
  }
  /** Tries another number, if there is one. */
  const attempt = (rate: number, wish: NonNullable<Wish>): void => {
    const next = wish === 'more' ? Math.min(allowed, Math.ceil(target * factor)) : Math.max(Math.min(startWith, target), Math.floor(target / factor)) // prettier-ignore
    if (next === target) return tried ? rest(restMs) : undefined
    tried = { before: target, rate }
    target = next
  }
  const judge = ({ before, rate: then }: Try, rate: number, asleep: number, wish: Wish): void => {
    const last = target > before ? 'more' : 'fewer'
    const kept =
      last === 'more' ? rate >= then * (1 + worthIt * (target / before - 1)) : rate >= then * asGood && asleep <= sleepy
    if (kept) {
      patienceMs = restMs
      return wish === last ? attempt(rate, wish) : rest(restMs)
    }
    target = Math.min(allowed, before)
    rest(patienceMs)
    patienceMs = Math.min(patienceMs * 2, mostRestMs)
  }
  const decide = ({ ms, slept, answered, deferred }: Passed): void => {
    if (times.now() >= refusedUntil) allowed = limit
    if (deferred > answered * mostDeferred) {
      target = Math.max(1, Math.floor(target / 2))
      return rest(calmMs)
    }
    const [rate, asleep] = [answered / ms, slept / ms]
    const wish = asleep > sleepy ? 'more' : asleep < busy ? 'fewer' : null
    if (tried) return judge(tried, rate, asleep, wish)
    if (wish && times.now() >= quietUntil) attempt(rate, wish)
  }
  return {
    target: () => target,
    answered: watch.answered,
    refused: (open) => {
      allowed = Math.max(1, Math.min(allowed, open))
      target = Math.min(target, allowed)
      refusedUntil = times.now() + calmMs
    },
    waiting: () => {
      const passed = watch.run()
      if (passed.ms < windowMs || passed.answered < Math.max(fewestAnswers, target * answersOfEach)) return
      decide(passed)
      watch.reset()
    },
    pausing: watch.pause,
  }
}
