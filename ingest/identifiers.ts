import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { newId, type IdentifierId } from '#kernel/ids.ts'
import {
  insertIdentifiers,
  insertNewIdentifiers,
  selectIdentifierIds,
  type IdentifierRow,
} from './queries/identifiers.ts'

/** How somebody is known: `email`, `phone`, `device`, or the name of the source whose id it is. The value is normalised. */
export type IdentifierRef = { kind: string; value: string }

/**
 * The ids of identifiers, in the order asked for; unknown ones are made. At most three statements for any number of refs.
 * Throws when a kind or a value is empty: such a row belongs in quarantine.
 */
export const identifierIds = async (tx: Tx, clock: Clock, refs: readonly IdentifierRef[]): Promise<IdentifierId[]> =>
  (await identified(tx, clock, refs, made)).ids

/** The ids of identifiers; of the `fresh` ones, which this transaction has made, nothing can be known yet. */
export type Identified = { ids: IdentifierId[]; fresh: ReadonlySet<IdentifierId> }

/**
 * The same for a transaction that is done anew when it collides with another: where both make one identifier, the first
 * attempt fails, which costs less than to expect it in each row. `isAnew`: it has collided, and expects it now.
 */
export const identifiersOfBatch = (
  tx: Tx,
  clock: Clock,
  refs: readonly IdentifierRef[],
  isAnew: boolean,
): Promise<Identified> => identified(tx, clock, refs, isAnew ? made : madeAlone)

async function identified(
  tx: Tx,
  clock: Clock,
  refs: readonly IdentifierRef[],
  make: typeof made,
): Promise<Identified> {
  const keys = refs.map(keyOf)
  const wanted = new Map(keys.map((key, index) => [key, refs[index]!]))
  if (wanted.size === 0) return { ids: [], fresh: new Set() }
  // One order for all writers, so that two transactions never wait for each other.
  const distinct = [...wanted.keys()].toSorted().map((key) => wanted.get(key)!)
  const known = new Map((await selectIdentifierIds(tx, distinct)).map((row) => [keyOf(row), row.id]))
  const missing = known.size === 0 ? distinct : distinct.filter((ref) => !known.has(keyOf(ref)))
  const rows = missing.map((ref) => ({ id: newId<'identifier'>(clock), ...ref }))
  const own = new Set(rows.map((row) => row.id))
  const standing = rows.length > 0 ? await make(tx, clock, rows) : []
  for (const row of standing) known.set(keyOf(row), row.id)
  const ids = keys.map((key, index) => {
    const id = known.get(key)
    if (!id) throw new Error(`No identifier of kind ${refs[index]!.kind} came back for a value just written`)
    return id
  })
  return { ids, fresh: new Set(standing.flatMap((row) => (own.has(row.id) ? [row.id] : []))) }
}

async function madeAlone(tx: Tx, clock: Clock, rows: readonly IdentifierRow[]): Promise<readonly IdentifierRow[]> {
  await insertNewIdentifiers(tx, clock(), rows)
  return rows
}

/** Of those that another transaction makes at the same moment the id is the other's. */
async function made(tx: Tx, clock: Clock, rows: readonly IdentifierRow[]): Promise<readonly IdentifierRow[]> {
  const count = await insertIdentifiers(tx, clock(), rows)
  return count === rows.length ? rows : selectIdentifierIds(tx, rows)
}

function keyOf({ kind, value }: IdentifierRef): string {
  if (kind === '' || value === '') throw new Error('An identifier needs a kind and a value: quarantine the row instead')
  return `${kind}\n${value}`
}
