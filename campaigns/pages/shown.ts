import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { before } from '#governance/releases.ts'
import { inWords, untrueInCopies } from '../content/citations.ts'
import { approvedCopiesOf, type ApprovedCopy } from '../content/copy.ts'
import { selectPageNames } from '../queries/pages.ts'
import { countSignUps } from '../queries/sign-ups.ts'
import { armsOf, theFirst, type Draw } from './arms.ts'
import { livePage, pageHistory, pageOf, type Published } from './versions.ts'

/**
 * What a visitor gets at an instant. `held` says why the live version is not shown; what is shown then is the version
 * before it, where that is still true. `arm`: which of several copies it is, where visitors of them are counted; `rests`:
 * why they are not.
 */
export type Shown =
  | {
      kind: 'page'
      hash: Hash
      version: Published
      copy: ApprovedCopy
      held: string | null
      arm: string | null
      rests: string | null
    }
  /** Nothing of the page is true as it was approved: a page that claims nothing stands in its place. */
  | { kind: 'withheld'; hash: Hash; version: Published; held: string }
  | { kind: 'taken-down' }
  | { kind: 'unknown' }

/**
 * Worked out for each visit, so that a fact that ends, or an approval taken back, counts from that moment on without
 * anybody's doing, and what is true again is shown again. A sentence is never cut out of a page: what is left was read and
 * approved by nobody. Versions before a page was taken down stay down.
 * @param draw chooses among copies that are tried beside each other
 */
export async function shownPage(db: Queryable, slug: string, at: Date, draw: Draw = theFirst): Promise<Shown> {
  const live = await livePage(db, slug)
  if (!live) return { kind: 'unknown' }
  const { hash, version } = live
  if (version.state === 'taken-down') return { kind: 'taken-down' }
  const stands = await standing(db, { hash, version }, at, draw)
  if (stands.kind === 'stands') return { ...stands, kind: 'page', hash, version, held: null }
  const former = await formerStanding(db, slug, { live: hash, draw }, at)
  return former ? { ...former, held: stands.why } : { kind: 'withheld', hash, version, held: stands.why }
}

type Standing =
  | { kind: 'stands'; copy: ApprovedCopy; arm: string | null; rests: string | null }
  | { kind: 'held'; why: string }

/**
 * One copy of a version, as it is drawn. While one of several may not be shown its visitors get the first that may, and
 * nobody is counted: the others would have more visitors than they were meant to have.
 */
async function standing(
  db: Queryable,
  { hash, version }: { hash: Hash; version: Published },
  at: Date,
  draw: Draw,
): Promise<Standing> {
  const arms = armsOf(version)
  const copies = await approvedCopiesOf(db, arms.map(({ copy }) => copy)) // prettier-ignore
  const untrue = await untrueInCopies(db, copies.map(({ content }) => content), at) // prettier-ignore
  const whys = arms.map((arm) => {
    const place = copies.findIndex(({ releaseHash }) => releaseHash === arm.copy)
    const against = untrue[place] ?? []
    if (place < 0) return 'its approval was taken back'
    return against.length === 0 ? null : inWords(against)
  })
  const copyOf = (name: string): ApprovedCopy | undefined => {
    const arm = arms.find((one, index) => one.name === name && whys[index] === null)
    return arm && copies.find(({ releaseHash }) => releaseHash === arm.copy)
  }
  const drawn = draw(hash, arms)
  const copy = copyOf(drawn.name) ?? arms.flatMap(({ name }) => copyOf(name) ?? [])[0]
  if (!copy) return { kind: 'held', why: whys[0] ?? '' }
  const against = arms.flatMap(({ name }, index) => (whys[index] ? [`${name}: ${whys[index]}`] : []))
  const rests = against.length === 0 ? null : against.join('; ')
  return { kind: 'stands', copy, arm: arms.length > 1 && rests === null ? drawn.name : null, rests }
}

/** The nearest version before one that may be shown. */
async function formerStanding(db: Queryable, slug: string, { live, draw }: { live: Hash; draw: Draw }, at: Date) {
  const moves = await pageHistory(db, slug)
  for (let hash = before(moves, live); hash !== undefined; hash = before(moves, hash)) {
    const version = await pageOf(db, hash)
    if (version?.state !== 'published') return null
    const stands = await standing(db, { hash, version }, at, draw)
    if (stands.kind === 'stands') return { ...stands, kind: 'page' as const, hash, version }
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
