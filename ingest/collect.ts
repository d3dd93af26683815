import { z } from 'zod'
import { sha256 } from '#kernel/crypto.ts'
import { readInstant } from './cleanse/instant.ts'
import { admissionBy, collectCaps, type CollectCaps } from './collect-caps.ts'
import { takePushed } from './push.ts'
import { waitingAmong } from './queries/set-aside.ts'
import { rejected } from './reading/csv-table.ts'
import type { IngestDeps } from './run.ts'
import type { Item, Source } from './source.ts'

/** What came of a request: committed, with how many of its events were set aside, or not even looked at. */
export type Collected =
  | { kind: 'taken'; received: number; quarantined: number }
  | { kind: 'not-understood'; why: string }
  | { kind: 'too-many'; afterSeconds: number }

/** Takes in a request of a web page. `from` is the network address it came from: it caps, and is never kept. */
export type Collect = (request: { body: Uint8Array; from: string | null }) => Promise<Collected>

const mostEvents = 100
/** Events that wait for their turn, and those that commit together. */
const most = { waiting: 5000, together: 500 }

const requestShape = z.union([
  z.object({ sentAt: z.string().optional(), events: z.array(z.unknown()).min(1).max(mostEvents) }),
  z.array(z.unknown()).min(1).max(mostEvents).transform((events) => ({ sentAt: undefined, events })),
]) // prettier-ignore

const notUnderstood = { kind: 'not-understood', why: `Send {"sentAt", "events": […]} of 1 to ${mostEvents} events, as JSON` } as const // prettier-ignore

/**
 * Opens the house's own collector: what web pages send goes the way of files of the same events (`web`, JSON lines), and
 * is committed before the answer. What arrives during a commit goes into the next one together, so that however many
 * visitors a site has, they hold one connection to the database.
 */
export function openCollect(deps: IngestDeps, web: Source, caps: CollectCaps = collectCaps): Collect {
  const admission = admissionBy(deps.clock, caps)
  const commit = inTurns(deps, web)
  return async ({ body, from }) => {
    const read = requestShape.safeParse(parsed(body))
    if (!read.success) return notUnderstood
    const { sentAt, events } = read.data
    const senders = events.map((event) => ({ device: textAt(event, 'anonymousId') ?? '', names: namesIn(event) }))
    if (commit.waiting() + events.length > most.waiting) return { kind: 'too-many', afterSeconds: 5 }
    if (!admission.admits(senders, from ?? '')) return { kind: 'too-many', afterSeconds: 60 }
    const offsetMs = clockOffsetMs(sentAt, deps.clock())
    const lines = events.map((event, index): Line => {
      const json = JSON.stringify(inServerTime(event, offsetMs))
      return { json, mayName: admission.mayName(senders[index]!) }
    })
    return { kind: 'taken', received: lines.length, quarantined: await commit.take(lines) }
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** A clock within two minutes of ours is believed. */
const minuteMs = 60_000
const believedMs = 2 * minuteMs

/**
 * How far the sender's clock is behind ours, in whole minutes: an event that is sent once more a few seconds later says
 * the same, and stays one.
 */
export function clockOffsetMs(sentAt: string | undefined, receivedAt: Date): number {
  const sent = sentAt === undefined ? null : readInstant(sentAt, ['iso'], 'utc')
  const offset = sent === null ? 0 : receivedAt.getTime() - sent.getTime()
  return Math.abs(offset) <= believedMs ? 0 : Math.round(offset / minuteMs) * minuteMs
}

const object = z.record(z.string(), z.unknown())
const textAt = (event: unknown, name: string): string | undefined => {
  const value = object.safeParse(event).data?.[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

const namesIn = (event: unknown): string[] =>
  ['userId', 'email', 'phone'].flatMap((kind) => {
    const name = textAt(event, kind)
    return name === undefined ? [] : [`${kind} ${name.toLowerCase()}`]
  })

/** The event with its time by our clock, beside the time it gave. */
function inServerTime(event: unknown, offsetMs: number): unknown {
  const timestamp = textAt(event, 'timestamp')
  const at = timestamp === undefined || offsetMs === 0 ? null : readInstant(timestamp, ['iso'], 'utc')
  if (at === null) return event
  return { ...object.parse(event), timestamp: new Date(at.getTime() + offsetMs).toISOString(), sendersTime: timestamp }
}

type Line = { json: string; mayName: boolean }
type Request = { lines: readonly Line[]; settle: PromiseWithResolvers<number> }
type Turns = { take: (lines: readonly Line[]) => Promise<number>; waiting: () => number }

/** One commit after the other. Each request learns how many of its own lines were set aside. */
function inTurns(deps: IngestDeps, web: Source): Turns {
  let requests: Request[] = []
  let waiting = 0
  let busy = false
  const work = async (): Promise<void> => {
    busy = true
    for (let group = next(); group.length > 0; group = next()) {
      try {
        const counts = await commitTogether(deps, web, group)
        for (const [index, { settle }] of group.entries()) settle.resolve(counts[index]!)
      } catch (fault) {
        for (const { settle } of group) settle.reject(fault)
      }
      waiting -= sizeOf(group)
    }
    busy = false
  }
  const next = (): Request[] => {
    let size = 0
    const group = requests.filter(({ lines }) => (size += lines.length) <= most.together)
    requests = requests.slice(group.length)
    return group
  }
  return {
    waiting: () => waiting,
    take: (lines) => {
      const settle = Promise.withResolvers<number>()
      requests.push({ lines, settle })
      waiting += lines.length
      if (!busy) void work()
      return settle.promise
    },
  }
}

const sizeOf = (group: readonly Request[]): number => group.reduce((sum, { lines }) => sum + lines.length, 0)

const name = 'collect'

async function commitTogether(deps: IngestDeps, web: Source, group: readonly Request[]): Promise<number[]> {
  const lines = group.flatMap((request) => request.lines)
  const body = Buffer.from(lines.map(({ json }) => json).join('\n'))
  const counts = await takePushed(deps, withoutOverNamed(web, lines), { name, body })
  if (counts.quarantined === 0) return group.map(() => 0)
  const rows = lines.map(({ json }, index) => ({ sha256: sha256(json), spot: `push:${name}:${index + 1}` }))
  const aside = await waitingAmong(deps.db, web.name, rows)
  let before = 0
  return group.map((request) => {
    const own = request.lines.filter((_, index) => aside.has(before + index)).length
    before += request.lines.length
    return own
  })
}

const namesTooMany = {
  reason: 'The device names more people than one has, or the name is given by more devices than one has',
  fix: 'If it is a shared device or a shop’s till, replay it; if not, somebody tries out names: dismiss it',
}

/** The source, setting aside lines that it could read but that name more than they may. */
function withoutOverNamed(web: Source, lines: readonly Line[]): Source {
  if (lines.every(({ mayName }) => mayName)) return web
  const checked = (item: Item): Item =>
    item.is === 'row' && lines[(item.place.line ?? 0) - 1]?.mayName === false
      ? rejected(item.kind, item.raw, item.place, namesTooMany)
      : item
  return {
    ...web,
    read: async function* (input, setting) {
      for await (const item of web.read(input, setting)) yield checked(item)
    },
  }
}
