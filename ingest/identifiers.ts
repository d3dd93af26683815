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
  refs.map((await identified(tx, clock, refs, made)).idOf)

/**
 * The id of each ref that was asked for, by that very object; of the `fresh` ones, which this transaction has made, nothing can
 * be known yet. What is given to the database from now on finds them; that they are `written` is still to be waited for.
 */
export type Identified = {
  idOf: (ref: IdentifierRef) => IdentifierId
  fresh: ReadonlySet<IdentifierId>
  written: Promise<void>
}

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
  const named = new Distinct()
  // By the object itself: to put kind and value together again for each look would cost more.
  const found = new Map(refs.map((ref) => [ref, named.add(ref)]))
  const idOf = (ref: IdentifierRef): IdentifierId => {
    const id = found.get(ref)?.id
    if (!id) throw new Error(`No identifier of kind ${ref.kind} came back for a value just written`)
    return id
  }
  if (found.size === 0) return { idOf, fresh: new Set(), written: Promise.resolve() }
  const distinct = named.inOrder()
  for (const row of await selectIdentifierIds(tx, distinct)) named.of(row).id = row.id
  const missing = distinct.filter(({ id }) => id === null)
  const rows = missing.map(({ kind, value }) => ({ id: newId<'identifier'>(clock), kind, value }))
  const { standing, written } = rows.length > 0 ? await make(tx, clock, rows) : { standing: rows, written: Promise.resolve() } // prettier-ignore
  const own = new Set(rows.map(({ id }) => id))
  for (const row of standing) named.of(row).id = row.id
  const fresh = standing === rows ? own : new Set(standing.flatMap(({ id }) => (own.has(id) ? [id] : [])))
  return { idOf, fresh, written }
}

type Found = IdentifierRef & { id: IdentifierId | null }

/** Each identifier once. Looked up by kind, then by value: to put the two together for each look costs more than the look. */
class Distinct {
  readonly #kinds = new Map<string, Map<string, Found>>()

  add({ kind, value }: IdentifierRef): Found {
    const values = this.#kinds.get(kind) ?? new Map<string, Found>()
    const known = values.get(value)
    if (known) return known
    if (kind === '' || value === '')
      throw new Error('An identifier needs a kind and a value: quarantine the row instead')
    this.#kinds.set(kind, values)
    const found = { kind, value, id: null }
    values.set(value, found)
    return found
  }

  of({ kind, value }: IdentifierRef): Found {
    return this.#kinds.get(kind)!.get(value)!
  }

  /** In one order for all writers, so that two transactions never wait for each other. */
  inOrder(): Found[] {
    return [...this.#kinds.keys()].toSorted().flatMap((kind) => {
      const values = this.#kinds.get(kind)!
      return [...values.keys()].toSorted().map((value) => values.get(value)!)
    })
  }
}

/** Those that stand now, and when they are written. */
type Made = { standing: readonly IdentifierRow[]; written: Promise<void> }

function madeAlone(tx: Tx, clock: Clock, rows: readonly IdentifierRow[]): Promise<Made> {
  const written = insertNewIdentifiers(tx, clock(), rows)
  // Whoever waits for it is told of a fault, however late.
  written.catch(() => {})
  return Promise.resolve({ standing: rows, written })
}

/** Of those that another transaction makes at the same moment the id is the other's. */
async function made(tx: Tx, clock: Clock, rows: readonly IdentifierRow[]): Promise<Made> {
  const count = await insertIdentifiers(tx, clock(), rows)
  const standing = count === rows.length ? rows : await selectIdentifierIds(tx, rows)
  return { standing, written: Promise.resolve() }
}
