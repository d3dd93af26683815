import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { selectByKeys, selectLinkedProfiles, type AlikeRow, type KeyRow } from '../queries/alike.ts'
import type { Linkage, Prepared } from './linkage.ts'

/** A key that more profiles share than this finds nobody: it is a common name, or everybody's address. */
export const mostUnderKey = 50

/** What some profiles are found by from now on, and whom each of them looks like; `prepared` are all that were compared. */
export type Found = {
  ids: readonly IdentifierId[]
  keys: KeyRow[]
  pairs: AlikeRow[]
  prepared: ReadonlyMap<string, Prepared>
}

/**
 * Finds whom these profiles look like, among all there are, by the keys they share: a few hundred index rows, however
 * many people there are. Nothing is written.
 */
export async function findAlike(db: Queryable, linkage: Linkage, ids: readonly IdentifierId[]): Promise<Found> {
  const profiles = (await selectLinkedProfiles(db, ids)).map((profile) => linkage.prepare(profile))
  const keys = profiles.flatMap(({ id, keys: own }) => own.map((key): KeyRow => ({ identifierId: id, key })))
  const fresh = Map.groupBy(keys, (row) => row.key)
  const old = Map.groupBy(await selectByKeys(db, [...fresh.keys()], mostUnderKey, ids), (row) => row.key)
  const wanted = new Map<string, [IdentifierId, IdentifierId]>()
  for (const [key, rows] of fresh) {
    const mine = rows.map((row) => row.identifierId)
    const others = (old.get(key) ?? []).map((row) => row.identifierId)
    if (mine.length + others.length > mostUnderKey) continue
    for (const [index, one] of mine.entries()) {
      for (const other of [...others, ...mine.slice(index + 1)]) {
        const pair: [IdentifierId, IdentifierId] = one < other ? [one, other] : [other, one]
        wanted.set(pair.join(' '), pair)
      }
    }
  }
  const known = new Set<string>(ids)
  const strangers = new Set([...wanted.values()].flat().filter((id) => !known.has(id)))
  const rest = strangers.size === 0 ? [] : await selectLinkedProfiles(db, [...strangers])
  const byId = new Map<string, Prepared>([...profiles, ...rest.map((profile) => linkage.prepare(profile))].map((one) => [one.id, one])) // prettier-ignore
  return { ids, keys, pairs: alikeOf(linkage, byId, wanted.values()), prepared: byId }
}

/** The pairs that are at least worth a look. */
function alikeOf(
  linkage: Linkage,
  byId: ReadonlyMap<string, Prepared>,
  pairs: Iterable<readonly [IdentifierId, IdentifierId]>,
): AlikeRow[] {
  const alike: AlikeRow[] = []
  for (const [left, right] of pairs) {
    const [one, other] = [byId.get(left), byId.get(right)]
    if (!one || !other) continue
    const { weight } = linkage.explain(one, other)
    if (weight >= linkage.review) alike.push({ left, right, weight })
  }
  return alike
}
