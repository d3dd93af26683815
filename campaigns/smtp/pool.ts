import { messageOf } from '#kernel/errors.ts'
import { openConnection, type SmtpConnection } from './connection.ts'
import { openDoors } from './doors.ts'
import { openGrowth, type Growth } from './growth.ts'
import type { Fate, Mail } from './mail.ts'
import type { SmtpServer } from './server.ts'
import { openWaitingLine } from './waiting-line.ts'

/**
 * A mail in the pool: settled once. `moved`: how often it was on a connection that broke before it was begun. `innocent`: it
 * would not be what breaks the one it is on. `late`: its time is up, and what becomes of it unless it was begun. `onSettled`:
 * tells its group.
 */
type Queued = Mail & {
  mail: Mail
  moved: number
  settled: boolean
  innocent: boolean
  late: Fate | null
  on: SmtpConnection | null
  onSettled: () => void
}

const mostMoves = 3
/** Servers end connections that rest for some minutes; we do so before. */
const restMs = 20_000
const timeIsUp = 'the time for this group was up'

/**
 * Connections to a provider's servers, as many as help: see `openGrowth`. A mail whose connection broke goes to another one as
 * long as it is certain that its first byte did not leave and that it was not what broke it.
 */
export class SmtpPool {
  readonly #settings: { server: SmtpServer; silenceMs: number }
  readonly #enter: ReturnType<typeof openDoors>
  readonly #growth: Growth
  readonly #open = new Set<SmtpConnection>()
  /** Connections that could take a mail now. */
  readonly #free = new Set<SmtpConnection>()
  readonly #line = openWaitingLine<Queued>((queued) => !queued.settled)
  #answered = 0
  #opening = 0
  #closed = false
  #resting: NodeJS.Timeout | undefined

  constructor(settings: { server: SmtpServer; silenceMs: number }) {
    this.#settings = settings
    this.#enter = openDoors(settings.server, () => performance.now())
    this.#growth = openGrowth(settings.server.connections, {
      now: () => performance.now(),
      slept: () => performance.eventLoopUtilization().idle,
    })
  }

  /**
   * Hands mails over, each to one connection. At the deadline those that wait for one are given back; what is on a connection may
   * be answered for `answerMs` longer. Then all are settled, whatever the server does.
   */
  send(mails: readonly Mail[], { deadline, answerMs }: { deadline: AbortSignal; answerMs: number }): void {
    let left = mails.length
    const before = this.#answered
    const onDeadline = (): void => {
      this.#giveBack(mine, this.#answered > before)
      if (answerMs === 0) this.#breakOff(mine)
      else setTimeout(() => this.#breakOff(mine), answerMs).unref()
    }
    const onSettled = (): void => {
      if (--left === 0) deadline.removeEventListener('abort', onDeadline)
    }
    const mine = mails.map((mail): Queued => {
      const { id, from, to, source } = mail
      const settle = (fate: Fate): void => this.#heard(queued, fate)
      const queued = {
        id,
        from,
        to,
        source,
        settle,
        mail,
        moved: 0,
        settled: false,
        innocent: false,
        late: null,
        on: null,
        onSettled,
      }
      return queued
    })
    for (const queued of mine) this.#line.push(queued)
    clearTimeout(this.#resting)
    if (deadline.aborted) return onDeadline()
    deadline.addEventListener('abort', onDeadline, { once: true })
    return this.#dispatch()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#resting)
    for (const connection of this.#open) {
      if (connection.idle()) connection.quit()
      else connection.destroy('the channel was closed')
    }
    this.#open.clear()
    this.#free.clear()
    this.#failAll('the channel was closed')
  }

  #settle(queued: Queued, fate: Fate): void {
    if (queued.settled) return
    queued.settled = true
    queued.on = null
    if (fate.kind === 'taken' || fate.kind === 'replied') this.#answered += 1
    this.#growth.answered(fate.kind === 'replied' && fate.reply.code < 500)
    queued.mail.settle(fate)
    queued.onSettled()
  }

  #put(connection: SmtpConnection, queued: Queued): void {
    // Behind another mail, or on a connection that had rested too long, it is not what broke it.
    queued.innocent = !connection.idle() || connection.settled() > 0
    queued.on = connection
    connection.give(queued)
  }

  /** What a connection says of a mail: its fate, or that it may go on another. */
  #heard(queued: Queued, fate: Fate): void {
    const movable = fate.kind === 'lost' && !fate.begun && queued.innocent && queued.moved < mostMoves
    if (!movable || queued.settled || this.#closed) return this.#settle(queued, fate)
    if (queued.late) return this.#settle(queued, queued.late)
    queued.moved += 1
    queued.on = null
    return this.#line.push(queued)
  }

  #tooMany(): boolean {
    return this.#open.size > this.#growth.target()
  }

  /** Gives a connection what waits; one that is too many gets nothing, and says goodbye when it is through. */
  #feed(connection: SmtpConnection): void {
    if (this.#tooMany()) return connection.idle() ? this.#part(connection) : undefined
    while (connection.free()) {
      const queued = this.#line.next()
      if (!queued) {
        this.#growth.pausing()
        return void this.#free.add(connection)
      }
      this.#put(connection, queued)
    }
    this.#free.delete(connection)
    return this.#grow()
  }

  /** Idle connections first: a mail behind another one waits for its answer. */
  #dispatch(): void {
    for (const idle of [true, false]) {
      for (const connection of this.#free)
        if (connection.idle() === idle && this.#line.length() > 0) this.#feed(connection)
    }
    if (this.#line.length() === 0) return this.#rest()
    return this.#grow()
  }

  #grow(): void {
    const waiting = this.#line.length()
    if (waiting === 0 || this.#closed) return
    if (this.#opening > 0 || this.#tooMany()) this.#growth.pausing()
    else this.#growth.waiting()
    const wanted = Math.min(this.#growth.target() - this.#open.size, waiting)
    while (this.#opening < wanted) void this.#openOne()
  }

  /** Connections nobody needs say goodbye after a while. */
  #rest(): void {
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => {
      for (const connection of this.#free) if (connection.idle()) this.#part(connection)
    }, restMs)
    this.#resting.unref()
  }

  #part(connection: SmtpConnection): void {
    this.#open.delete(connection)
    this.#free.delete(connection)
    connection.quit()
  }

  async #openOne(): Promise<void> {
    this.#opening += 1
    try {
      const connection = await this.#enter(
        (server) =>
          openConnection({
            server,
            silenceMs: this.#settings.silenceMs,
            onFree: (free) => this.#feed(free),
            onEnd: (ended, why) => this.#forget(ended, why),
          }),
        (server) => [...this.#open].some((open) => open.server === server),
      )
      this.#opening -= 1
      if (this.#closed) return connection.quit()
      this.#open.add(connection)
      return this.#feed(connection)
    } catch (fault) {
      this.#opening -= 1
      const others = this.#open.size + this.#opening
      this.#growth.refused(others)
      return others === 0 ? this.#failAll(messageOf(fault)) : undefined
    }
  }

  #forget(connection: SmtpConnection, why: string): void {
    this.#open.delete(connection)
    this.#free.delete(connection)
    if (why.startsWith('421')) this.#growth.refused(this.#open.size)
    // Its mails go to others once all that this turn brings is known.
    queueMicrotask(() => this.#dispatch())
  }

  /** There is no way to any server: nothing that waits was begun. */
  #failAll(why: string): void {
    for (let queued = this.#line.next(); queued; queued = this.#line.next())
      this.#settle(queued, { kind: 'lost', begun: false, why })
  }

  /** Time is up for what was not begun: it waits for no connection any more. */
  #giveBack(mails: readonly Queued[], serverAnswers: boolean): void {
    const late: Fate = serverAnswers
      ? { kind: 'unasked', why: timeIsUp }
      : { kind: 'lost', begun: false, why: timeIsUp }
    for (const queued of mails) {
      queued.late = late
      if (queued.on === null) this.#settle(queued, late)
    }
  }

  /** Time is up for the answers: a connection that still holds one of these mails is broken off, and tells how far each came. */
  #breakOff(mails: readonly Queued[]): void {
    for (const queued of mails) {
      if (queued.settled) continue
      queued.on?.destroy(timeIsUp)
      // Whoever should have been told by then cannot be told from one that left.
      this.#settle(queued, { kind: 'lost', begun: true, why: timeIsUp })
    }
  }
}
