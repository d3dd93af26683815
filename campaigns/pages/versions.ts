import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, pointerHistory, register, versionOf, type PointerMove } from '#kernel/versions.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import { before } from '#governance/releases.ts'
import { forms } from '#rag/forms.ts'
import { inWords, untrueInCopy } from '../content/citations.ts'
import { approvedCopyOf } from '../content/copy.ts'
import { armsOf, mostOthers } from './arms.ts'

const copyHash = z.custom<Hash>((value) => typeof value === 'string', 'is no hash')

const other = z.object({ copy: copyHash, percent: z.int().min(1).max(99) })

/**
 * A version of a page: approved copy, with or without a form to sign up, and others that are tried beside it, each with its
 * share of the visitors in percent; or nothing, where it was taken down.
 */
export const pageVersion = z.discriminatedUnion('state', [
  z.object({ state: z.literal('published'), copy: copyHash, signUp: z.boolean(), others: z.array(other).optional() }),
  z.object({ state: z.literal('taken-down') }),
])
export type PageVersion = z.infer<typeof pageVersion>
export type Published = Extract<PageVersion, { state: 'published' }>

/** The last part of a page's address. */
export const slugShape = /^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/

type Deps = { db: Db; clock: Clock }
type Move = { slug: string; by: Actor; reason: string }
type Rule =
  | 'bad-slug' | 'no-copy' | 'not-a-page' | 'untrue' | 'unknown-page' | 'nothing-before' | 'not-permitted' | 'no-trial' // prettier-ignore

export type Moved = { kind: 'moved'; slug: string; hash: Hash } | Refused<Rule>

const refused = (rule: Rule, why: string): Refused<Rule> => ({ kind: 'refused', rule, why })

/**
 * Publishes approved copy as the next version of the page at a slug: visitors get it from the commit on. Refused where its
 * approval does not stand, where it is no page, and where a sentence of it is no longer true.
 */
export async function publishPage(deps: Deps, input: Move & { copy: Hash; signUp: boolean }): Promise<Moved> {
  const { slug, copy, signUp } = input
  if (!slugShape.test(slug))
    return refused('bad-slug', 'An address is of small letters, digits and dashes, such as spring-beans')
  return deps.db.transaction(async (tx) => {
    const no = (await refusal(tx, input.by, 'campaign.release')) ?? (await unfit(tx, copy, deps.clock()))
    return no ?? move(tx, deps.clock, { ...input, version: { state: 'published', copy, signUp } })
  })
}

async function unfit(tx: Tx, hash: Hash, at: Date): Promise<Refused<Rule> | null> {
  const copy = await approvedCopyOf(tx, hash)
  if (!copy) return refused('no-copy', 'No approval of this copy stands')
  if (forms[copy.form].leaves !== 'served') return refused('not-a-page', `A ${forms[copy.form].words} is no page`)
  const untrue = await untrueInCopy(tx, copy.content, at)
  return untrue.length === 0 ? null : refused('untrue', inWords(untrue))
}

/**
 * Tries another approved copy beside those that a page shows, as its next version: it gets so many percent of the visitors,
 * which the first gives up. Refused where nothing could be read of it, since nobody can sign up there.
 */
export const tryOnPage = (deps: Deps, input: Move & { copy: Hash; percent: number }): Promise<Moved> =>
  moving(deps, input, 'campaign.release', async (tx, _, live) => {
    const { copy, percent } = input
    if (live.state !== 'published') return refused('no-trial', 'The page is taken down: publish it first')
    const { others = [], ...page } = live
    const why = againstTrial(live, { copy, percent })
    if (why !== null) return refused('no-trial', why)
    return (await unfit(tx, copy, deps.clock())) ?? { ...page, others: [...others, { copy, percent }] }
  })

function againstTrial(live: Published, { copy, percent }: { copy: Hash; percent: number }): string | null {
  const arms = armsOf(live)
  if (!live.signUp) return 'Nobody can sign up on this page, so nothing could be counted: publish it with its form'
  if (arms.some((arm) => arm.copy === copy)) return 'The page shows this copy already'
  if (arms.length > mostOthers) return `A page tries ${mostOthers + 1} copies at most: keep one of them first`
  const left = arms[0]!.percent - 1
  if (!Number.isInteger(percent) || percent < 1 || percent > left) return `Give it 1 to ${left} percent of the visitors`
  return null
}

/** Ends what a page tries: one of its copies is all that it shows, as its next version. */
export const keepOnPage = (deps: Deps, input: Move & { copy: Hash }): Promise<Moved> =>
  moving(deps, input, 'campaign.release', async (tx, _, live) => {
    if (live.state !== 'published' || !live.others || !armsOf(live).some(({ copy }) => copy === input.copy))
      return refused('no-trial', 'The page does not try this copy')
    return (await unfit(tx, input.copy, deps.clock())) ?? { state: 'published', copy: input.copy, signUp: live.signUp }
  })

/** Takes a page down: its address answers that it is gone. */
export const takeDownPage = (deps: Deps, input: Move): Promise<Moved> =>
  moving(deps, input, 'campaign.rollback', () => Promise.resolve({ state: 'taken-down' }))

/**
 * Goes back to what was live before the live version first was; a page that was taken down comes back as it was.
 * Going back twice goes back two steps. Refused where that may not be shown any more.
 */
export const goBackPage = (deps: Deps, input: Move): Promise<Moved> =>
  moving(deps, input, 'campaign.rollback', async (tx, moves) => {
    const former = before(moves, moves[0]!.hash)
    const version = former === undefined ? null : await pageOf(tx, former)
    if (!version) return refused('nothing-before', 'This is the first version: take the page down instead')
    for (const { copy } of version.state === 'published' ? armsOf(version) : []) {
      const no = await unfit(tx, copy, deps.clock())
      if (no) return no
    }
    return version
  })

async function moving(
  deps: Deps,
  input: Move,
  action: 'campaign.release' | 'campaign.rollback',
  next: (tx: Tx, moves: readonly PointerMove[], live: PageVersion) => Promise<PageVersion | Refused<Rule>>,
): Promise<Moved> {
  return deps.db.transaction(async (tx) => {
    const no = await refusal(tx, input.by, action)
    if (no) return no
    const moves = await pageHistory(tx, input.slug)
    const live = await livePage(tx, input.slug)
    if (!live) return refused('unknown-page', 'There is no such page')
    const version = await next(tx, moves, live.version)
    return 'kind' in version ? version : move(tx, deps.clock, { ...input, version })
  })
}

/** The audit entry comes before the pointer: its lock puts moves in the order of their commits. */
async function move(
  tx: Tx,
  clock: Clock,
  { slug, by, reason, version }: Move & { version: PageVersion },
): Promise<Moved> {
  const author = { clock, by }
  const pageHash = await register(tx, author, 'page', slug, version)
  await appendAudit(tx, clock, { actor: by, action: `page.${version.state}`, subject: pageHash, detail: { slug } })
  await pointAt(tx, author, 'page', slug, pageHash, reason)
  return { kind: 'moved', slug, hash: pageHash }
}

/** Every move of a page, newest first. */
export const pageHistory = (db: Queryable, slug: string): Promise<PointerMove[]> => pointerHistory(db, 'page', slug)

/** A version of a page by its hash. */
export async function pageOf(db: Queryable, hash: Hash): Promise<PageVersion | null> {
  const stored = await versionOf(db, 'page', hash)
  return stored && pageVersion.parse(stored.body)
}

/** The live version of a page, or null where there never was one. */
export async function livePage(db: Queryable, slug: string): Promise<{ hash: Hash; version: PageVersion } | null> {
  const live = await liveVersion(db, 'page', slug)
  return live && { hash: live.hash, version: pageVersion.parse(live.body) }
}
