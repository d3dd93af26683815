/** A journey with a wait for a time of day, a branch, two waits for an event, a loop, and coming again, told in memory. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Messages leave within these hours of their reader's day; those of 72 hours ago do not leave any more. */
export const window = { from: '08:00', to: '20:00' }
export const expireAfterHours = 72
/** Who came in may do so again after so many days, so often in all. */
export const reentry = { afterDays: 2, most: 3 }

export const happenings = ['came', 'replied', 'enough', 'paid', 'quit'] as const
export type Happening = (typeof happenings)[number]
export type Version = 1 | 2

type Message = {
  step: string
  occurrence: number
  plannedAt: number
  dueAt: number
  state: string
  leftAt: number | null
}
type Visit = { version: Version; step: string; enrolledAt: number; countsFrom: number; since: number | null; due: number | null; ended: string | null; messages: Message[] } // prettier-ignore
type Someone = { zone: string; visits: Visit[]; did: { kind: Happening; at: number }[]; unheard: { kind: Happening; at: number }[]; isFan: boolean; consents: boolean } // prettier-ignore

/** The steps that only the second version has: a message after the thanks, and a day. */
const onlyInSecond = new Set(['extra', 'pause'])
const hasStep = (version: Version, step: string): boolean => version === 2 || !onlyInSecond.has(step)
const loops = new Set(['again', 'more'])

export type Model = ReturnType<typeof aModel>

/** The house as it should be: `zones` of the people, and since when the campaign is live. */
export function aModel(zones: readonly string[], liveSince: number) {
  const people: Someone[] = zones.map((zone) => ({
    zone,
    visits: [],
    did: [],
    unheard: [],
    isFan: false,
    consents: true,
  }))
  const state = { now: liveSince, live: 1 as Version, held: false, off: false }
  /** Everything that left, in order: to whom, when, and what it showed. */
  const sent: { who: number; at: number; subject: string }[] = []

  /** One round of the house: it hears what happened, hands over who stands in what was withdrawn, lets people in, and a worker goes round twice. */
  const round = (): void => {
    for (const one of people) for (const visit of one.visits) hear(visit, one.unheard, state.now)
    handOver()
    for (const one of people) {
      // What let them in before lets them in no second time.
      const came = one.unheard.filter(({ kind, at }) => kind === 'came' && at >= liveSince && one.visits.every(({ enrolledAt }) => at > enrolledAt + hour)).map(({ at }) => at) // prettier-ignore
      one.unheard = []
      if (came.length > 0 && mayComeIn(one, state.now)) one.visits.push({ version: state.live, step: 'hello', enrolledAt: state.now, countsFrom: Math.max(...came), since: null, due: state.now, ended: null, messages: [] }) // prettier-ignore
    }
    for (let tick = 0; tick < 2; tick++) {
      advance()
      claim()
    }
  }

  const handOver = (): void => {
    if (state.live !== 1) return
    for (const visit of people.flatMap(({ visits }) => visits)) {
      if (visit.due === null || visit.version === 1) continue
      if (hasStep(1, visit.step)) takeUp(visit, 1, state.now)
      else leave(visit, `held: the restored release has no step ${visit.step}`)
    }
  }

  const advance = (): void => {
    for (const one of people) for (const visit of one.visits) if (visit.due !== null && visit.due <= state.now) move(one, visit, state.now) // prettier-ignore
  }

  const claim = (): void => {
    if (state.held || state.off) return
    for (const [who, one] of people.entries()) {
      for (const message of one.visits.flatMap(({ messages }) => messages)) {
        if (message.state !== 'planned' || message.dueAt > state.now) continue
        const opens = opening(one.zone, state.now)
        const expires = message.plannedAt + expireAfterHours * hour
        if (state.now > expires) settle(message, 'expired', state.now)
        else if (!hasStep(state.live, message.step)) message.dueAt = Math.min(state.now + 10 * minute, expires + 1)
        else if (!one.consents) settle(message, 'suppressed', state.now)
        else if (opens > state.now) message.dueAt = opens
        else {
          settle(message, 'sent', state.now)
          sent.push({ who, at: state.now, subject: `${message.step} ${state.live}` })
        }
      }
    }
  }

  /** Everybody still on their way in another version comes over to the live one, where it has their step. */
  const migrate = (): void => {
    for (const visit of people.flatMap(({ visits }) => visits))
      if (visit.due !== null && visit.version !== state.live && hasStep(state.live, visit.step)) takeUp(visit, state.live, state.now) // prettier-ignore
  }

  return { people, state, sent, round, migrate }
}

const settle = (message: Message, ends: string, now: number): void => void Object.assign(message, { state: ends, leftAt: now }) // prettier-ignore

/** Who comes over to another version and was looked at already is looked at anew: it may wait otherwise. */
function takeUp(visit: Visit, version: Version, now: number): void {
  visit.version = version
  if (visit.since !== null && visit.due !== null) visit.due = Math.min(visit.due, now)
}

function leave(visit: Visit, why: string): void {
  visit.due = null
  visit.ended = why
}

function drop(visit: Visit, now: number): void {
  for (const message of visit.messages) if (message.state === 'planned') settle(message, 'suppressed', now)
}

/** Who did what ends a journey leaves it at once; who waits for what happened need not wait. */
function hear(visit: Visit, news: Someone['unheard'], now: number): void {
  const isHeld = visit.ended?.startsWith('held: ') && visit.messages.some(({ state }) => state === 'planned')
  if (visit.due === null && !isHeld) return
  const theirs = news.filter(({ at }) => at > visit.countsFrom)
  const why = wayOut(theirs, visit)
  const awaits = { reply: 'replied', more: 'enough' }[visit.step]
  if (why !== null) {
    leave(visit, why)
    drop(visit, now)
  } else if (visit.due !== null && theirs.some(({ kind }) => kind === awaits) && visit.due > now) visit.due = now
}

/** What they did after what let them in; the days of the goal begin when they are let in. */
const wayOut = (did: Someone['did'], { countsFrom, enrolledAt }: Visit): string | null => {
  const later = did.filter(({ at }) => at > countsFrom)
  if (later.some(({ kind, at }) => kind === 'paid' && at <= enrolledAt + 4 * day)) return 'goal reached'
  return later.some(({ kind }) => kind === 'quit') ? 'left: did “quit”' : null
}

function mayComeIn({ visits }: Someone, now: number): boolean {
  const last = visits.at(-1)
  if (!last) return true
  return last.due === null && last.enrolledAt <= now - reentry.afterDays * day && visits.length < reentry.most
}

/** Takes one person on to where they must stop: at a message, a wait, or the end. */
function move(one: Someone, visit: Visit, now: number): void {
  const since = Math.max(visit.since ?? visit.due!, ...visit.messages.flatMap(({ leftAt }) => leftAt ?? []))
  visit.since = since
  const why = wayOut(one.did, visit)
  if (why !== null) {
    leave(visit, why)
    return drop(visit, now)
  }
  if (visit.messages.some((message) => message.state === 'planned')) return void (visit.due = now + minute)
  for (let place = { step: visit.step, since }; ;) {
    const way = wayFrom(place, one, visit.version, now)
    if ('to' in way) {
      place = { step: way.to, since: way.since }
      continue
    }
    if ('until' in way) return void Object.assign(visit, { ...place, due: way.until })
    if ('ends' in way) {
      visit.step = place.step
      return leave(visit, way.ends)
    }
    const again = one.visits.flatMap(({ messages }) => messages).filter(({ step }) => step === place.step)
    const visits = one.visits.indexOf(visit) + 1
    const occurrence = loops.has(place.step)
      ? Math.max(visits, ...again.map((message) => message.occurrence + 1))
      : visits
    visit.messages.push({ step: place.step, occurrence, plannedAt: now, dueAt: now, state: 'planned', leftAt: null })
    return void Object.assign(visit, { step: way.sendsAndGoesTo, since: now, due: now })
  }
}

type Place = { step: string; since: number }
type Way = { to: string; since: number } | { until: number } | { ends: string } | { sendsAndGoesTo: string }

/** Where somebody at a step goes, and since when they are there: on the journey's own clock, whenever somebody looks. */
function wayFrom({ step, since }: Place, one: Someone, version: Version, now: number): Way {
  const waited = (until: number, next: string): Way => (until <= now ? { to: next, since: until } : { until })
  const awaited = (kind: Happening, until: number, then: string | null, otherwise: string): Way => {
    const at = one.did.filter((did) => did.kind === kind && did.at > since && did.at <= until).map((did) => did.at)
    if (at.length === 0) return waited(until, otherwise)
    return then === null ? { ends: 'completed' } : { to: then, since: Math.min(...at) }
  }
  const steps: Record<string, () => Way> = {
    hello: () => ({ sendsAndGoesTo: 'night' }),
    night: () => waited(nightAfter(since, one.zone), 'which'),
    which: () => ({ to: one.isFan ? 'insiders' : 'reply', since }),
    insiders: () => ({ sendsAndGoesTo: 'reply' }),
    reply: () => awaited('replied', since + 2 * day, 'thanks', 'again'),
    thanks: () => ({ sendsAndGoesTo: version === 1 ? 'end' : 'extra' }),
    extra: () => ({ sendsAndGoesTo: 'pause' }),
    pause: () => waited(since + day, 'end'),
    again: () => ({ sendsAndGoesTo: 'more' }),
    more: () => awaited('enough', since + day, null, 'again'),
    end: () => ({ ends: 'left: done' }),
  }
  return steps[step]!()
}

/** What clocks of a zone show at an instant, in minutes since midnight. */
export function shownIn(zone: string): (at: number) => number {
  const clocks = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }) // prettier-ignore
  return (at) => {
    const [hours = 0, minutes = 0] = clocks.format(at).split(':').map(Number)
    return hours * 60 + minutes
  }
}

export const isOpen = (shown: number): boolean => shown >= 8 * 60 && shown < 20 * 60

/** The instant itself while the window is open, else the first minute at which it is. */
function opening(zone: string, from: number): number {
  const shown = shownIn(zone)
  if (isOpen(shown(from))) return from
  let at = Math.ceil(from / minute) * minute
  while (!isOpen(shown(at))) at += minute
  return at
}

/** The first minute, from one on, at which clocks show half past two; the jump where they skip it; never a second time. */
function nightAfter(from: number, zone: string): number {
  const shown = shownIn(zone)
  const wanted = 2 * 60 + 30
  for (let at = Math.ceil(from / minute) * minute; ; at += minute) {
    const now = shown(at)
    const before = shown(at - minute)
    const jumped = before < wanted && now > wanted && now - before > 1
    const again = shown(at - 30 * minute) === wanted || shown(at - hour) === wanted
    if ((now === wanted && !again) || jumped) return at
  }
}
