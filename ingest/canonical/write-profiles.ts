import type { Happening, Profile } from '../canon.ts'
import type { IdentifierRef } from '../identifiers.ts'
import { insertLinks, insertNewLinks, type LinkRow } from '../queries/links.ts'
import { insertProfiles, upsertProfiles } from '../queries/profiles.ts'
import { newestOf, type Said, type Writing } from './writing.ts'

/** Of several versions of one profile in a batch, the one its source changed last. */
export async function writeProfiles(
  { tx, source, idOf, fresh }: Writing,
  said: readonly Said<Profile>[],
): Promise<void> {
  const rows = said.map(({ canon, recordId }) => ({ profile: canon, identifierId: idOf(canon.of), recordId }))
  const newest = newestOf(
    rows,
    (row) => row.identifierId,
    (row) => row.profile.updatedAt.getTime(),
  )
  const [first, later] = partition(newest, (row) => fresh.has(row.identifierId))
  await Promise.all([
    first.length > 0 && insertProfiles(tx, source, first),
    later.length > 0 && upsertProfiles(tx, source, later),
  ])
}

/** Ties the identifiers that a record names together; whether they are one person is for identity to say. */
export async function writeLinks(writing: Writing, said: readonly Said<Profile | Happening>[]): Promise<void> {
  const rows = said.flatMap((one) => linksOf(writing, one))
  const distinct = newestOf(
    rows,
    (row) => `${row.leftId} ${row.rightId} ${row.kind}`,
    () => 0,
  )
  const [first, later] = partition(distinct, (row) => writing.fresh.has(row.leftId))
  await Promise.all([
    first.length > 0 && insertNewLinks(writing.tx, writing.source, first),
    later.length > 0 && insertLinks(writing.tx, writing.source, later),
  ])
}

/** Those of which it is so, and the others. */
function partition<T>(all: readonly T[], isSo: (one: T) => boolean): [T[], T[]] {
  const others: T[] = []
  const those = all.filter((one) => isSo(one) || (others.push(one), false))
  return [those, others]
}

function linksOf({ idOf }: Writing, { canon, recordId }: Said<Profile | Happening>): LinkRow[] {
  const of = canon.is === 'profile' ? canon.of : canon.by
  const kind = canon.is === 'profile' ? 'profile' : 'identify'
  const at = canon.is === 'profile' ? canon.updatedAt : canon.occurredAt
  const named = canon.links ?? []
  const link = (left: IdentifierRef, right: IdentifierRef): LinkRow => ({ leftId: idOf(left), rightId: idOf(right), kind, recordId, at }) // prettier-ignore
  // Whom an event names in several ways is one person, whatever becomes of the device: the first name ties the others.
  const [first, ...others] = canon.is === 'event' ? named : []
  return [...named.map((one) => link(of, one)), ...others.map((other) => link(first!, other))]
}
