import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { before } from '#governance/releases.ts'
import { inWords, untrueInCopy } from '../citations.ts'
import { approvedCopyOf, type ApprovedCopy } from '../copy.ts'
import { selectPageNames } from '../queries/pages.ts'
import { countSignUps } from '../queries/sign-ups.ts'
import { livePage, pageHistory, pageOf, type PageVersion } from './versions.ts'

type Published = Extract<PageVersion, { state: 'published' }>

/**
 * What a visitor gets at an instant. `held` says why the live version is not shown; what is shown then is the version
 * before it, where that is still true.
 */
export type Shown =
  | { kind: 'page'; hash: Hash; version: Published; copy: ApprovedCopy; held: string | null }
  /** Nothing of the page is true as it was approved: a page that claims nothing stands in its place. */
  | { kind: 'withheld'; hash: Hash; version: Published; held: string }
  | { kind: 'taken-down' }
  | { kind: 'unknown' }

/**
 * Worked out for each visit, so that a fact that ends, or an approval taken back, counts from that moment on without
 * anybody's doing, and what is true again is shown again. A sentence is never cut out of a page: what is left was read and
 * approved by nobody. Versions before a page was taken down stay down.
 */
export async function shownPage(db: Queryable, slug: string, at: Date): Promise<Shown> {
  const live = await livePage(db, slug)
  if (!live) return { kind: 'unknown' }
  const { hash, version } = live
  if (version.state === 'taken-down') return { kind: 'taken-down' }
  const stands = await standing(db, version, at)
  if (stands.kind === 'stands') return { kind: 'page', hash, version, copy: stands.copy, held: null }
  const former = await formerStanding(db, slug, hash, at)
  return former ? { ...former, held: stands.why } : { kind: 'withheld', hash, version, held: stands.why }
}

type Standing = { kind: 'stands'; copy: ApprovedCopy } | { kind: 'held'; why: string }

async function standing(db: Queryable, { copy: hash }: Published, at: Date): Promise<Standing> {
  const copy = await approvedCopyOf(db, hash)
  if (!copy) return { kind: 'held', why: 'its approval was taken back' }
  const untrue = await untrueInCopy(db, copy.content, at)
  return untrue.length === 0 ? { kind: 'stands', copy } : { kind: 'held', why: inWords(untrue) }
}

/** The nearest version before one that may be shown. */
async function formerStanding(db: Queryable, slug: string, live: Hash, at: Date) {
  const moves = await pageHistory(db, slug)
  for (let hash = before(moves, live); hash !== undefined; hash = before(moves, hash)) {
    const version = await pageOf(db, hash)
    if (version?.state !== 'published') return null
    const stands = await standing(db, version, at)
    if (stands.kind === 'stands') return { kind: 'page' as const, hash, version, copy: stands.copy }
  }
  return null
}

/** The addresses that are taken. */
export const pageNames = (db: Queryable): Promise<string[]> => selectPageNames(db)

/** A page as its marketer sees it. */
export type PageState = { slug: string; shown: Shown; signUps: number }

/** Every page that was ever published. */
export async function pageStates(db: Queryable, at: Date): Promise<PageState[]> {
  const [names, signUps] = [await pageNames(db), await countSignUps(db)]
  return Promise.all(
    names.map(async (slug) => ({ slug, shown: await shownPage(db, slug, at), signUps: signUps.get(slug) ?? 0 })),
  )
}
