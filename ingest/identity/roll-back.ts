import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { pointAt, pointerHistory, register, versionOf, type PointerMove } from '#kernel/versions.ts'
import { linkageModel } from '../linkage/model.ts'
import { linkageName } from './linkage.ts'

/** What decides who is who, and is released in versions. */
export const identityModels = ['rules', linkageName, 'survivorship'] as const
export type IdentityModelName = (typeof identityModels)[number]

export type RollBack = { kind: 'rolled-back'; from: Hash; to: Hash } | { kind: 'refused'; why: string }

/** More bits than any likeness has: nobody is joined by it, and nobody is asked. */
const outOfReach = { merge: 1e9, review: 1e9 }

/**
 * Points a model of identity at a version that was live before: without `to` at the one before the live one first was,
 * and from the first model of linkage at the same one put to rest, so that only rules join. The next resolution takes
 * back what the model joined.
 */
export async function rollBackIdentity(
  deps: { db: Db; clock: Clock },
  input: { name: IdentityModelName; to?: Hash; by: string; reason: string },
): Promise<RollBack> {
  const { name, by, reason } = input
  const author = { clock: deps.clock, by }
  return deps.db.transaction(async (tx) => {
    const moves = await pointerHistory(tx, 'identity', name)
    const from = moves[0]?.hash
    if (from === undefined) return refused(`No version of ${name} was ever released`)
    if (input.to === from) return refused('This version is live already')
    if (input.to !== undefined && !moves.some((move) => move.hash === input.to))
      return refused('A rollback goes to a version that was live before: give its whole hash')
    const to = input.to ?? (await versionBefore(tx, author, name, moves))
    if (to === null) return refused('There is no version before this one: --to names one that was live later')
    await pointAt(tx, author, 'identity', name, to, reason)
    await appendAudit(tx, deps.clock, {
      actor: by,
      action: 'identity-rolled-back',
      subject: to,
      detail: { name, from },
    })
    return { kind: 'rolled-back', from, to }
  })
}

const refused = (why: string): RollBack => ({ kind: 'refused', why })

/** Going back twice goes back two steps, and never forward again: a model at rest is the beginning. */
async function versionBefore(
  tx: Tx,
  author: { clock: Clock; by: string },
  name: IdentityModelName,
  moves: readonly PointerMove[],
): Promise<Hash | null> {
  const live = moves[0]!.hash
  const before = moves[moves.findLastIndex((move) => move.hash === live) + 1]?.hash
  if (name !== linkageName) return before ?? null
  const resting = await putToRest(tx, author, live)
  return resting === live ? null : (before ?? resting)
}

/** The same model, joining nobody; of one at rest it is that one. */
async function putToRest(tx: Tx, author: { clock: Clock; by: string }, hash: Hash): Promise<Hash> {
  const version = await versionOf<unknown>(tx, 'identity', hash)
  if (!version) throw new Error(`The model of linkage ${hash} was released, but is not there: restore a backup`)
  return register(tx, author, 'identity', linkageName, { ...linkageModel.parse(version.body), bands: outOfReach })
}
