import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type Hash } from '#kernel/ids.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import { forms } from '#rag/forms.ts'
import { inWords, untrueInCopy } from '../content/citations.ts'
import { approvedCopyOf, type ApprovedCopy } from '../content/copy.ts'
import {
  deletePlacement, insertPlacement, selectPlacements, updateDue, updatePublished, type Placement, type PlacementId,
} from '../queries/calendar.ts' // prettier-ignore

export type { PlacementId } from '../queries/calendar.ts'

type Deps = { db: Db; clock: Clock }
type Rule = 'no-copy' | 'not-published-by-hand' | 'past' | 'unknown' | 'no-url' | 'not-permitted'
export type Planned = { kind: 'planned'; id: PlacementId } | Refused<Rule>

const refused = (rule: Rule, why: string): Refused<Rule> => ({ kind: 'refused', rule, why })

/** Copy on the calendar: `held` says why it may not go out as it stands; null copy where its approval was taken back. */
export type Entry = Placement & { copy: ApprovedCopy | null; held: string | null }

/** What goes out when, from `from` up to and without `to`, with what is no longer true of it at `at`. */
export async function calendarOf(
  db: Queryable,
  { from, to, at }: { from: Date; to: Date; at: Date },
): Promise<Entry[]> {
  const placements = await selectPlacements(db, { from, to })
  const hashes = [...new Set(placements.map(({ releaseHash }) => releaseHash))]
  const known = new Map(await Promise.all(hashes.map(async (hash) => [hash, await standing(db, hash, at)] as const)))
  return placements.map((one) => ({ ...one, ...(known.get(one.releaseHash) ?? gone) }))
}

const gone = { copy: null, held: 'its approval was taken back' }

async function standing(db: Queryable, hash: Hash, at: Date): Promise<Pick<Entry, 'copy' | 'held'>> {
  const copy = await approvedCopyOf(db, hash)
  if (!copy) return gone
  const untrue = await untrueInCopy(db, copy.content, at)
  return { copy, held: untrue.length === 0 ? null : inWords(untrue) }
}

/** Puts approved copy that a person publishes on the calendar; the same may go out more than once. */
export async function planCopy(deps: Deps, input: { copy: Hash; dueAt: Date; by: Actor }): Promise<Planned> {
  const { db, clock } = deps
  return db.transaction(async (tx) => {
    const no = (await refusal(tx, input.by, 'campaign.release')) ?? past(input.dueAt, clock())
    if (no) return no
    const copy = await approvedCopyOf(tx, input.copy)
    if (!copy) return refused('no-copy', 'No approval of this copy stands')
    if (forms[copy.form].leaves !== 'exported')
      return refused('not-published-by-hand', `A ${forms[copy.form].words} is not published by hand`)
    const id = newId<'placement'>(clock)
    await insertPlacement(tx, { id, releaseHash: input.copy, dueAt: input.dueAt, plannedBy: input.by })
    await note(tx, clock, { by: input.by, id, what: 'planned', detail: { releaseHash: input.copy } })
    return { kind: 'planned', id }
  })
}

const past = (dueAt: Date, now: Date): Refused<Rule> | null =>
  dueAt.getTime() < now.getTime() ? refused('past', 'That moment has passed: choose a later one') : null

type Named = { id: PlacementId; by: Actor }

/** Moves what was not published yet to another moment. */
export const moveCopy = (deps: Deps, input: Named & { dueAt: Date }): Promise<Planned> =>
  changing(deps, input, 'moved', async (tx) =>
    past(input.dueAt, deps.clock()) ?? ((await updateDue(tx, input.id, input.dueAt)) ? null : unknown),
  ) // prettier-ignore

/** Takes what was not published yet off the calendar. */
export const dropCopy = (deps: Deps, input: Named): Promise<Planned> =>
  changing(deps, input, 'dropped', async (tx) => ((await deletePlacement(tx, input.id)) ? null : unknown))

/** A person says that they published it, and where. */
export const markPublished = (deps: Deps, input: Named & { url: string }): Promise<Planned> =>
  changing(deps, input, 'published', async (tx) => {
    const url = URL.canParse(input.url) ? new URL(input.url) : null
    if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > 2000)
      return refused('no-url', 'Say where it can be read: an address that begins with https://')
    const published = { at: deps.clock(), by: input.by, url: url.href }
    return (await updatePublished(tx, input.id, published)) ? null : unknown
  })

const unknown = refused('unknown', 'This is not on the calendar any more, or was published already')

async function changing(
  { db, clock }: Deps,
  { id, by }: Named,
  what: string,
  change: (tx: Tx) => Promise<Refused<Rule> | null>,
): Promise<Planned> {
  return db.transaction(async (tx) => {
    const no = (await refusal(tx, by, 'campaign.release')) ?? (await change(tx))
    if (no) return no
    await note(tx, clock, { by, id, what, detail: {} })
    return { kind: 'planned', id }
  })
}

const note = (tx: Tx, clock: Clock, { by, id, what, detail }: Named & { what: string; detail: Record<string, unknown> }) =>
  appendAudit(tx, clock, { actor: by, action: `copy.${what}`, subject: id, detail }) // prettier-ignore
