import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { pairsSql } from '../linkage/blocking.ts'
import { openDuck, type Duck } from '../linkage/duck.ts'
import type { Field } from '../linkage/fields.ts'
import { makePatterns } from '../linkage/pairs.ts'
import { makeRecords } from '../linkage/record-table.ts'
import { scorePairs } from '../linkage/scoring.ts'
import { loadTerms, makeBits } from '../linkage/terms.ts'
import {
  deleteAlikeOf, emptyLinkage, insertAlike, insertKeys, replaceKeys, selectAllAlike, selectLinkedProfilesAfter, type AlikeRow,
} from '../queries/alike.ts' // prettier-ignore
import { dropLinkageState, selectTouched, type IdentityState } from '../queries/identity-state.ts'
import { findAlike, mostUnderKey } from './find-alike.ts'
import type { Linkage } from './linkage.ts'
import { loadProfiles } from './profile-table.ts'

type Deps = { db: Db; clock: Clock }

const batchSize = 20_000
/** So many changed profiles are looked up one by one; beyond, comparing all at once is cheaper. */
const mostAlone = 5_000

/**
 * All pairs of profiles that look alike under a model, brought up to date in the database: profiles that changed since
 * the state are looked up; where the model is another, or much changed, everything is compared anew in DuckDB.
 */
export async function alikeEverywhere(
  deps: Deps,
  linkage: Linkage | null,
  state: IdentityState | null,
): Promise<AlikeRow[]> {
  const { db } = deps
  if (!linkage) {
    if (state?.linkageHash) await db.transaction((tx) => emptyLinkage(tx))
    return []
  }
  if (state && !state.isAhead && state.linkageHash === linkage.hash) {
    const touched = await selectTouched(db, state.watermark, mostAlone + 1)
    if (touched.length <= mostAlone) {
      await lookUp(db, linkage, touched.filter((row) => row.hasProfile).map((row) => row.id)) // prettier-ignore
      return selectAllAlike(db)
    }
  }
  return compareAll(db, linkage)
}

async function lookUp(db: Db, linkage: Linkage, ids: readonly IdentifierId[]): Promise<void> {
  if (ids.length === 0) return
  const found = await findAlike(db, linkage, ids)
  await db.transaction(async (tx) => {
    await replaceKeys(tx, found.ids, found.keys)
    await deleteAlikeOf(tx, found.ids)
    await insertAlike(tx, found.pairs)
  })
}

/** Written in batches: a crash between them is met by a state that knows no model, and all is done again. */
async function compareAll(db: Db, linkage: Linkage): Promise<AlikeRow[]> {
  await db.transaction(async (tx) => {
    await dropLinkageState(tx)
    await emptyLinkage(tx)
  })
  const duck = await openDuck()
  try {
    const alike = await pairsIn(duck, db, linkage)
    for (let start = 0; start < alike.length; start += batchSize) {
      await db.transaction((tx) => insertAlike(tx, alike.slice(start, start + batchSize)))
    }
    await keepKeys(db, linkage)
    return alike
  } finally {
    await duck.close()
  }
}

/** The same pairs, by the same keys, with the same weights as one profile after the other would find. */
async function pairsIn(duck: Duck, db: Db, linkage: Linkage): Promise<AlikeRow[]> {
  const { rules, terms, u } = linkage.model
  const fields = linkage.model.fields.map(({ format, ...rest }): Field => (format === undefined ? rest : { ...rest, format })) // prettier-ignore
  const ids = await loadProfiles(duck, db)
  if (ids.length === 0) return []
  await makeRecords(duck, fields)
  await duck.run(`create table pairs as select a, b from (${rules.map((rule) => pairsSql(rule, mostUnderKey)).join(' union all ')}) group by a, b`) // prettier-ignore
  await makePatterns(duck, fields, 'pairs', 'found')
  await loadTerms(duck, terms)
  await makeBits(duck, fields, u, terms)
  const { a, b, weight } = await scorePairs(duck, fields, linkage.model, 'found', linkage.review)
  // Profiles were loaded in the order of their ids: the smaller number is the smaller id.
  return Array.from(a, (left, index) => ({ left: ids[left]!, right: ids[b[index]!]!, weight: weight[index]! }))
}

async function keepKeys(db: Db, linkage: Linkage): Promise<void> {
  for (let after: IdentifierId | null = null; ;) {
    const page = await selectLinkedProfilesAfter(db, after, batchSize)
    const last = page.at(-1)
    if (!last) return
    const keys = page.flatMap((profile) => {
      const { id, keys: own } = linkage.prepare(profile)
      return own.map((key) => ({ identifierId: id, key }))
    })
    await db.transaction((tx) => insertKeys(tx, keys))
    after = last.identifierId
  }
}
