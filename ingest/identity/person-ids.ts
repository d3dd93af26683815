import type { Clock } from '#kernel/clock.ts'
import { newId, type PersonId } from '#kernel/ids.ts'

/**
 * Gives every person an id, as stable as can be: the id with which most of its identifiers are known now (the older id
 * of equals), else one that they had before and that nobody bears, else a new one. No id is given twice. Of two halves of
 * one person, the one that had another id before gets that back, and leaves this one to the other.
 * @returns the person of each identifier
 */
export function personIds(
  people: readonly (readonly string[])[],
  current: ReadonlyMap<string, PersonId>,
  former: ReadonlyMap<string, readonly PersonId[]>,
  clock: Clock,
): Map<string, PersonId> {
  const given = new Map<number, PersonId>()
  const taken = new Set<PersonId>()
  const hasOther = people.map((members) => members.some((id) => (former.get(id)?.length ?? 0) > 0))
  const byOverlap = (a: Overlap, b: Overlap): number =>
    b.shared - a.shared ||
    (a.person < b.person ? -1 : a.person > b.person ? 1 : 0) ||
    Number(hasOther[a.index]) - Number(hasOther[b.index]) ||
    a.index - b.index
  const give = (overlaps: Overlap[]): void => {
    for (const { index, person } of overlaps.toSorted(byOverlap)) {
      if (given.has(index) || taken.has(person)) continue
      given.set(index, person)
      taken.add(person)
    }
  }
  give(people.flatMap((members, index) => overlapsOf(index, members, (id) => listed(current.get(id)))))
  const nameless = people.flatMap((members, index) =>
    given.has(index) ? [] : overlapsOf(index, members, (id) => former.get(id) ?? []),
  )
  give(nameless)
  return new Map(
    people.flatMap((members, index) => {
      const person = given.get(index) ?? newId<'person'>(clock)
      return members.map((id): [string, PersonId] => [id, person])
    }),
  )
}

type Overlap = { index: number; person: PersonId; shared: number }

const listed = (person: PersonId | undefined): PersonId[] => (person === undefined ? [] : [person])

function overlapsOf(
  index: number,
  members: readonly string[],
  peopleOf: (id: string) => readonly PersonId[],
): Overlap[] {
  const counts = new Map<PersonId, number>()
  for (const person of members.flatMap(peopleOf)) counts.set(person, (counts.get(person) ?? 0) + 1)
  return [...counts].map(([person, shared]) => ({ index, person, shared }))
}
