import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { newId, type Hash, type Id } from '#kernel/ids.ts'
import { pointAt, pointerHistory, register, type PointerMove } from '#kernel/versions.ts'
import type { SegmentRule } from '../segment-rule.ts'
import * as queries from '../queries/segments.ts'
import { loopProblems } from './loops.ts'
import { readRule, type RuleProblem } from './read-rule.ts'

export type SegmentId = Id<'segment'>

export type Segment = {
  id: SegmentId
  name: string
  description: string
  /** The live version of its rule. */
  hash: Hash
  rule: SegmentRule
  createdAt: Date
  retiredAt: Date | null
  /** When the rule came to be what it is, and by whom. */
  changedAt: Date
  changedBy: string
  /** People in it as of `evaluatedAt`; null before the first time. */
  members: number
  evaluatedAt: Date | null
}

type Deps = { db: Db; clock: Clock }
type Unknown = { kind: 'unknown'; why: string }
type Refused = { kind: 'refused'; why: string }
type BadRule = { kind: 'bad-rule'; problems: RuleProblem[] }
/** `changed`: whether anything is other than before. */
type Saved = { kind: 'saved'; segment: Segment; changed: boolean }

/** One line that a person can say: letters, digits, spaces and the signs of a title. */
const names = /^[\p{L}\p{N}][\p{L}\p{N} .,:'’()&+/-]{0,79}$/u
const longestDescription = 500

/** Segments in use, by name. */
export const listSegments = (db: Queryable): Promise<Segment[]> => db.query<Segment>(queries.segments(null))

/** The segment of a name, retired or not; null where nothing bears it. */
export async function segmentByName(db: Queryable, name: string): Promise<Segment | null> {
  const rows = await db.query<Segment>(queries.segments(name))
  return rows[0] ?? null
}

/** The versions of a segment's rule, newest first, as they were pointed at. */
export const segmentHistory = (db: Queryable, name: string): Promise<PointerMove[]> =>
  pointerHistory(db, 'segment', name)

/**
 * Saves a segment under its name: a new one, or a new version of its rule; one that was retired is in use again.
 * The same again changes nothing. Its members follow with the next maintenance.
 */
export async function saveSegment(
  deps: Deps,
  input: { name: string; description: string; rule: unknown; by: string },
): Promise<Saved | BadRule | Refused> {
  const name = input.name.trim()
  const description = input.description.trim()
  if (!names.test(name))
    return { kind: 'refused', why: 'A segment needs a name of up to 80 letters, digits and spaces' }
  if (description.length > longestDescription)
    return { kind: 'refused', why: `A description has up to ${longestDescription} characters` }
  const read = readRule(input.rule)
  if (read.kind === 'bad-rule') return read
  const all = await listSegments(deps.db)
  const own = all.find((segment) => segment.name === name)?.id ?? ''
  const problems = loopProblems(own, read.rule, new Map(all.map(({ id, rule }) => [id, rule])))
  if (problems.length > 0) return { kind: 'bad-rule', problems }
  const changed = await write(deps, { ...input, name, description, rule: read.rule })
  const segment = await segmentByName(deps.db, name)
  if (!segment) throw new Error(`The segment "${name}" went while it was being saved: save it again`)
  return { kind: 'saved', segment, changed }
}

type Given = { name: string; description: string; rule: SegmentRule; by: string }

const write = ({ db, clock }: Deps, { name, description, rule, by }: Given): Promise<boolean> =>
  db.transaction(async (tx) => {
    const author = { clock, by }
    const before = await segmentByName(tx, name)
    const hash = await register(tx, author, 'segment', name, { rule })
    const isNewRule = before?.hash !== hash
    if (!isNewRule && before?.description === description && before.retiredAt === null) return false
    const id = before?.id ?? newId<'segment'>(clock)
    await appendAudit(tx, clock, { actor: by, action: 'segment.saved', subject: hash, detail: { segment: id } })
    if (isNewRule) await pointAt(tx, author, 'segment', name, hash, 'saved')
    await queries.putSegment(tx, { id, name, description, hash, createdAt: clock() })
    return true
  })

/**
 * Goes back to an earlier version of a segment's rule.
 * @param input.hash its content hash, or the first letters of it
 */
export async function rollbackSegment(
  deps: Deps,
  input: { name: string; hash: string; by: string },
): Promise<{ kind: 'rolled-back'; hash: Hash } | Unknown> {
  const segment = await segmentByName(deps.db, input.name)
  if (!segment) return nobody(input.name)
  const moves = await segmentHistory(deps.db, input.name)
  const [hash, ...more] = new Set(moves.map((move) => move.hash).filter((one) => one.startsWith(input.hash)))
  if (hash === undefined || more.length > 0)
    return { kind: 'unknown', why: `No one version of "${input.name}" begins with ${input.hash}: show it to see them` }
  await deps.db.transaction(async (tx) => {
    const entry = { actor: input.by, action: 'segment.rolled-back', subject: hash, detail: { segment: segment.id } }
    await appendAudit(tx, deps.clock, entry)
    await pointAt(tx, { clock: deps.clock, by: input.by }, 'segment', input.name, hash, 'rolled back')
    await tx.query(queries.followPointers())
  })
  return { kind: 'rolled-back', hash }
}

/** Takes a segment out of use: nobody is in it any more, its name and versions stay. Again changes nothing. */
export async function retireSegment(
  deps: Deps,
  input: { name: string; by: string },
): Promise<{ kind: 'retired' } | Unknown> {
  const segment = await segmentByName(deps.db, input.name)
  if (!segment) return nobody(input.name)
  if (segment.retiredAt !== null) return { kind: 'retired' }
  const { id, hash } = segment
  await deps.db.transaction(async (tx) => {
    await appendAudit(tx, deps.clock, { actor: input.by, action: 'segment.retired', subject: hash, detail: { segment: id } }) // prettier-ignore
    await queries.retire(tx, id, deps.clock())
  })
  return { kind: 'retired' }
}

const nobody = (name: string): Unknown => ({ kind: 'unknown', why: `There is no segment named "${name}": list them` })

/**
 * Saves the segments a house starts with, where nothing bears their name yet: what a person changed or retired stays
 * as it is. Safe at every start.
 * @returns the names saved now
 */
export async function saveStarters(
  deps: Deps,
  input: { segments: readonly { name: string; description: string; rule: SegmentRule }[]; by: string },
): Promise<string[]> {
  const rows = await deps.db.query<{ name: string }>(queries.namesTaken(input.segments.map(({ name }) => name)))
  const taken = new Set(rows.map(({ name }) => name))
  const saved: string[] = []
  for (const segment of input.segments.filter(({ name }) => !taken.has(name))) {
    const done = await saveSegment(deps, { ...segment, by: input.by })
    if (done.kind !== 'saved')
      throw new Error(`The segment "${segment.name}" cannot be saved: its name or rule is none`)
    saved.push(segment.name)
  }
  return saved
}
