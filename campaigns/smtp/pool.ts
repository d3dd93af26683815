import { messageOf } from '#kernel/errors.ts'
import { openConnection, type SmtpConnection } from './connection.ts'
import { openGrowth } from './growth.ts'
import type { Fate, Mail } from './mail.ts'
import type { SmtpServer } from './server.ts'

export type SmtpPool = {
  /** Hands mails over, each to one connection; all are settled when the deadline passes, whatever the server does. */
  send: (mails: readonly Mail[], deadline: AbortSignal) => void
  close: () => void
}

/** A mail in the pool: settled once. `moved`: how often it was on a connection that broke before it was begun. */
type Queued = { mail: Mail; moved: number; settled: boolean; on: SmtpConnection | null }

const mostMoves = 3
/** Servers end connections that rest for some minutes; we do so before. */
const restMs = 20_000

/**
 * Connections to one server, as many as help: see `openGrowth`. A mail whose connection broke goes to another one as
 * long as it is certain that its first byte did not leave and that it was not what broke it.
 */
export function openPool(settings: { server: SmtpServer; silenceMs: number }): SmtpPool {
  const { server, silenceMs } = settings
  const growth = openGrowth(server.connections)
  const open = new Set<SmtpConnection>()
  const waiting = new Set<SmtpConnection>()
  let queue: Queued[] = []
  let head = 0
  let opening = 0
  let closed = false
  let resting: NodeJS.Timeout | undefined

  const settle = (queued: Queued, fate: Fate): void => {
    if (queued.settled) return
    queued.settled = true
    queued.on = null
    growth.answered(fate.kind === 'replied' && fate.reply.code < 500)
    queued.mail.settle(fate)
  }

  const next = (): Queued | undefined => {
    while (head < queue.length) {
      const queued = queue[head++]!
      if (head > 1_024 && head * 2 > queue.length) {
        queue = queue.slice(head)
        head = 0
      }
      if (!queued.settled) return queued
    }
    return undefined
  }

  const put = (connection: SmtpConnection, queued: Queued): void => {
    const [alone, before] = [connection.idle(), connection.settled()]
    queued.on = connection
    const decide = (fate: Fate): void => {
      // It was behind another mail, or on a connection that had rested too long: neither is its own fault.
      const innocent = fate.kind === 'lost' && !fate.begun && (!alone || before > 0) && queued.moved < mostMoves && !closed // prettier-ignore
      if (!innocent || queued.settled) return settle(queued, fate)
      queued.moved += 1
      queued.on = null
      queue.push(queued)
      return undefined
    }
    connection.give({ ...queued.mail, settle: decide })
  }

  /** Gives a connection the next mail; one that finds none waits. */
  const feed = (connection: SmtpConnection): void => {
    while (connection.free()) {
      const queued = next()
      if (!queued) return void waiting.add(connection)
      waiting.delete(connection)
      put(connection, queued)
    }
  }

  const dispatch = (): void => {
    for (const idle of [true, false]) {
      for (const connection of waiting) if (head < queue.length && connection.idle() === idle) feed(connection)
    }
    if (head >= queue.length) return rest()
    growth.waiting(performance.now())
    while (!closed && open.size + opening < growth.target() && opening < queue.length - head) void openOne()
    return undefined
  }

  /** Connections nobody needs say goodbye after a while. */
  const rest = (): void => {
    clearTimeout(resting)
    resting = setTimeout(() => {
      for (const connection of waiting) if (connection.idle()) part(connection)
    }, restMs)
    resting.unref()
  }

  const part = (connection: SmtpConnection): void => {
    open.delete(connection)
    waiting.delete(connection)
    connection.quit()
  }

  const onEnd = (connection: SmtpConnection, why: string): void => {
    open.delete(connection)
    waiting.delete(connection)
    if (/^421/.test(why)) growth.refused(open.size)
    queueMicrotask(dispatch)
  }

  const openOne = async (): Promise<void> => {
    opening += 1
    try {
      const connection = await openConnection({ server, silenceMs, onFree: feed, onEnd })
      opening -= 1
      if (closed) return connection.quit()
      open.add(connection)
      feed(connection)
      dispatch()
    } catch (fault) {
      opening -= 1
      growth.refused(open.size + opening)
      if (open.size + opening === 0) failAll(messageOf(fault))
    }
    return undefined
  }

  /** There is no way to the server: nothing that waits was begun. */
  const failAll = (why: string): void => {
    const fate: Fate = { kind: 'lost', begun: false, why }
    for (let queued = next(); queued; queued = next()) settle(queued, fate)
  }

  /** Time is up. What waits was not begun; a connection that holds a mail is broken off, since its answer would come too late. */
  const expire = (mails: readonly Queued[]): void => {
    for (const queued of mails) {
      if (queued.settled) continue
      const { on } = queued
      queued.moved = mostMoves
      if (on) {
        on.destroy('the time for this group was up')
        settle(queued, { kind: 'lost', begun: true, why: 'the time for this group was up' })
      } else settle(queued, { kind: 'lost', begun: false, why: 'the time for this group was up' })
    }
  }

  return {
    send: (mails, deadline) => {
      const mine = mails.map((mail): Queued => ({ mail, moved: 0, settled: false, on: null }))
      const onDeadline = (): void => expire(mine)
      let left = mine.length
      for (const queued of mine) {
        const { mail } = queued
        queued.mail = { ...mail, settle: (fate) => { mail.settle(fate); if (--left === 0) deadline.removeEventListener('abort', onDeadline) } } // prettier-ignore
        queue.push(queued)
      }
      clearTimeout(resting)
      if (deadline.aborted) return onDeadline()
      deadline.addEventListener('abort', onDeadline, { once: true })
      return dispatch()
    },
    close: () => {
      closed = true
      clearTimeout(resting)
      for (const connection of open) {
        if (connection.idle()) connection.quit()
        else connection.destroy('the channel was closed')
      }
      open.clear()
      waiting.clear()
      failAll('the channel was closed')
    },
  }
}
