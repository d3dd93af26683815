import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { newId, type IdentifierId } from '#kernel/ids.ts'
import { insertIdentifiers, selectIdentifierIds, type IdentifierRow } from './queries/identifiers.ts'

/** How somebody is known: `email`, `phone`, `device`, or the name of the source whose id it is. The value is normalised. */
export type IdentifierRef = { kind: string; value: string }

/**
 * The ids of identifiers, in the order asked for; unknown ones are made. At most three statements for any number of refs.
 * Throws when a kind or a value is empty: such a row belongs in quarantine.
 */
export async function identifierIds(tx: Tx, clock: Clock, refs: readonly IdentifierRef[]): Promise<IdentifierId[]> {
  const wanted = new Map(refs.map((ref) => [keyOf(ref), ref]))
  if (wanted.size === 0) return []
  // One order for all writers, so that two transactions never wait for each other.
  const distinct = [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref)
  const known = new Map((await selectIdentifierIds(tx, distinct)).map((row) => [keyOf(row), row.id]))
  const missing = distinct.filter((ref) => !known.has(keyOf(ref)))
  for (const row of missing.length > 0 ? await made(tx, clock, missing) : []) known.set(keyOf(row), row.id)
  return refs.map((ref) => {
    const id = known.get(keyOf(ref))
    if (!id) throw new Error(`No identifier of kind ${ref.kind} came back for a value just written`)
    return id
  })
}

/** Of those that another transaction makes at the same moment the id is the other's. */
async function made(tx: Tx, clock: Clock, refs: readonly IdentifierRef[]): Promise<IdentifierRow[]> {
  const rows = refs.map((ref) => ({ id: newId<'identifier'>(clock), ...ref }))
  const count = await insertIdentifiers(tx, clock(), rows)
  return count === rows.length ? rows : selectIdentifierIds(tx, refs)
}

function keyOf({ kind, value }: IdentifierRef): string {
  if (kind === '' || value === '') throw new Error('An identifier needs a kind and a value: quarantine the row instead')
  return `${kind}\n${value}`
}
