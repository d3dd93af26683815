import type { Happening, Profile } from '../canon.ts'
import type { IdentifierRef } from '../identifiers.ts'
import { insertLinks, type LinkRow } from '../queries/links.ts'
import { upsertProfiles } from '../queries/profiles.ts'
import { newestOf, type Said, type Writing } from './writing.ts'

/** Of several versions of one profile in a batch, the one its source changed last. */
export async function writeProfiles({ tx, source, idOf }: Writing, said: readonly Said<Profile>[]): Promise<void> {
  const rows = said.map(({ canon, recordId }) => ({
    ...canon,
    identifierId: idOf(canon.of),
    source,
    recordId,
  }))
  const newest = newestOf(
    rows,
    (row) => row.identifierId,
    (row) => row.updatedAt.getTime(),
  )
  if (newest.length > 0) await upsertProfiles(tx, newest)
}

/** Ties the identifiers that a record names together; whether they are one person is for identity to say. */
export async function writeLinks(writing: Writing, said: readonly Said<Profile | Happening>[]): Promise<void> {
  const rows = said.flatMap(({ canon, recordId }) => linksOf(writing, canon).map((link) => ({ ...link, recordId })))
  const distinct = newestOf(
    rows,
    (row) => `${row.leftId} ${row.rightId} ${row.kind}`,
    () => 0,
  )
  if (distinct.length > 0) await insertLinks(writing.tx, distinct)
}

function linksOf({ source, idOf }: Writing, canon: Profile | Happening): Omit<LinkRow, 'recordId'>[] {
  const of = canon.is === 'profile' ? canon.of : canon.by
  const kind = canon.is === 'profile' ? 'profile' : 'identify'
  const at = canon.is === 'profile' ? canon.updatedAt : canon.occurredAt
  const named = canon.links ?? []
  const link = (left: IdentifierRef, right: IdentifierRef): Omit<LinkRow, 'recordId'> => ({ leftId: idOf(left), rightId: idOf(right), source, kind, at }) // prettier-ignore
  // Whom an event names in several ways is one person, whatever becomes of the device: the first name ties the others.
  const [first, ...others] = canon.is === 'event' ? named : []
  return [...named.map((one) => link(of, one)), ...others.map((other) => link(first!, other))]
}
