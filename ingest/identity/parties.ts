import { disjointSets } from './components.ts'
import { isWhole, likenessOfFamily, likenessOfGiven, type Likeness, type Name } from './names.ts'

/**
 * One known person who claims a shared identifier: the identifiers that claim it, the names, the ids by source where the
 * source knows each person once, and when it was theirs.
 */
export type Party = {
  claimants: readonly string[]
  names: readonly Name[]
  ids: ReadonlyMap<string, ReadonlySet<string>>
  from: number
  until: number
}

/** Groups of parties that may be one person each, and the parties whose names say too little to place them. */
export type Partition = { groups: Party[][]; unclear: Party[] }

/**
 * Sorts parties by name. Whole given names decide; an initial follows the one group it fits, and never bridges two
 * (`J. Smit` fits Jan and Joke, so it is unclear).
 * @param agree when set, both given and family names must be known and agree; otherwise given names must not clash
 * @param byNameAlone when set, ids that say who is who are not looked at
 */
export function partition(parties: readonly Party[], agree: boolean, byNameAlone = false): Partition {
  const alike = agree ? areAgreeing : areNotClashing
  const fits: Fits = (one, other) => alike(one, other) && (byNameAlone || !areTwo(one, other))
  const whole = parties.filter((party) => party.names.some(isWhole))
  const initials = parties.filter((party) => !whole.includes(party) && party.names.some((name) => name.given !== ''))
  const groups = linked(whole, fits)
  const alone: Party[] = []
  const unclear = parties.filter((party) => !whole.includes(party) && !initials.includes(party))
  const homes = initials.map((party) => homesOf(party, groups, fits))
  for (const [index, party] of initials.entries()) {
    const home = homes[index]!
    if (home.length === 0) alone.push(party)
    else if (home.length === 1) home[0]!.push(party)
    else unclear.push(party)
  }
  return { groups: [...groups, ...linked(alone, fits)], unclear }
}

type Fits = (one: Party, other: Party) => boolean

const homesOf = (party: Party, groups: Party[][], fits: Fits): Party[][] =>
  groups.filter((group) => group.some((member) => member.names.some(isWhole) && fits(member, party)))

const key = (index: number): string => String(index).padStart(6, '0')

function linked(parties: readonly Party[], fits: Fits): Party[][] {
  const sets = disjointSets()
  for (let i = 0; i < parties.length; i += 1) {
    for (let j = i + 1; j < parties.length; j += 1) if (fits(parties[i]!, parties[j]!)) sets.join(key(i), key(j))
  }
  return [...Map.groupBy(parties.keys(), (index) => sets.of(key(index))).values()].map((indexes) =>
    indexes.map((index) => parties[index]!),
  )
}

const pairs = (one: Party, other: Party): [Name, Name][] =>
  one.names.flatMap((a) => other.names.map((b): [Name, Name] => [a, b]))

const areNotClashing: Fits = (one, other) => pairs(one, other).some(([a, b]) => likenessOfGiven(a, b) !== 'clash')

const telling = (likeness: Likeness): boolean => likeness !== 'clash' && likeness !== 'unknown'

const areAgreeing: Fits = (one, other) =>
  pairs(one, other).some(([a, b]) => telling(likenessOfGiven(a, b)) && telling(likenessOfFamily(a, b)))

/** True when a source that knows each person once has one id for the one and another for the other. */
const areTwo: Fits = (one, other) =>
  [...one.ids].some(([source, ids]) => {
    const others = other.ids.get(source)
    return others !== undefined && ids.isDisjointFrom(others)
  })

/** True when some two of the parties cannot be one person by the ids their sources gave them. */
export const contradict = (parties: readonly Party[]): boolean =>
  parties.some((one, index) => parties.slice(index + 1).some((other) => areTwo(one, other)))

/** True when each group had given the identifier up before the next had it. */
export function followEachOther(groups: readonly (readonly Party[])[]): boolean {
  const spans = groups
    .map((group) => ({
      from: Math.min(...group.map((party) => party.from)),
      until: Math.max(...group.map((party) => party.until)),
    }))
    .toSorted((a, b) => a.from - b.from)
  return spans.every((span, index) => index === 0 || spans[index - 1]!.until < span.from)
}
