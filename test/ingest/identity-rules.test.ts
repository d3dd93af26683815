import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IdentifierId, RecordId } from '#kernel/ids.ts'
import { components } from '#ingest/identity/components.ts'
import { weigh, type Known } from '#ingest/identity/evidence.ts'
import { firstModel } from '#ingest/identity/model.ts'
import { editDistance, likenessOfFamily, likenessOfGiven, readName } from '#ingest/identity/names.ts'

type Profile = readonly [given: string, family: string, ...claims: string[]]
const day = 86_400_000

/** What sources say, in short: vendor id → names and what it claims. `email:a@b`, `phone:+31…`, else a device or vendor id. */
function known(profiles: Record<string, Profile>, identify: [string, string][] = []): Known {
  const identifiers = new Map<string, { id: IdentifierId; kind: string; value: string }>()
  const seen = (ref: string): IdentifierId => {
    const [kind, value] = [ref.slice(0, ref.indexOf(':')), ref.slice(ref.indexOf(':') + 1)]
    identifiers.set(ref, { id: ref as IdentifierId, kind, value })
    return ref as IdentifierId
  }
  const all = Object.entries(profiles)
  const at = (index: number): Date => new Date(Date.UTC(2026, 0, 1) + index * day)
  const link = (from: string, to: string, index: number) => ({
    leftId: seen(from), rightId: seen(to), source: from.split(':')[0]!, recordId: 'r' as RecordId, at: at(index),
  }) // prettier-ignore
  return {
    links: [
      ...all.flatMap(([id, [, , ...claims]], index) => claims.map((claim) => link(id, claim, index))),
      ...identify.map(([from, to], index) => link(from, to, index)),
    ],
    profiles: all.map(([id, [givenName, familyName]], index) => ({
      identifierId: seen(id), givenName, familyName, createdAt: at(index), updatedAt: at(index),
    })), // prettier-ignore
    identifiers,
  }
}

function people(input: Known): { people: string[][]; refused: Record<string, number> } {
  const { findings, refused } = weigh(input, firstModel)
  const edges = findings.map(({ left, right }) => ({ left, right, rank: 1 }))
  return { people: components([...input.identifiers.keys()], edges, []).people, refused: Object.fromEntries(refused) }
}

describe('the rules of identity', () => {
  it('join two profiles of one e-mail address when one name is a way to write the other', () => {
    for (const [a, b] of [
      ['Pieter', 'Piet'],
      ['Zoë', 'ZOE'],
      ['Sophie', 'Sohpie'],
      ['Anna', 'A.'],
      ['', 'Anna'],
      ['Jan Willem', 'Jan-Willem'],
    ] as const) {
      // prettier-ignore
      const one = known({ 'hubspot:1': [a, 'Bos', 'email:x@y.example'], 'stripe:1': [b, 'Bos', 'email:x@y.example'] })
      expect(people(one), `${a} and ${b}`).toEqual({ people: [['email:x@y.example', 'hubspot:1', 'stripe:1']], refused: {} }) // prettier-ignore
    }
  })

  it('keep a couple with one address apart, give it to neither, and still join what bears one name', () => {
    const couple = people(known({
      'hubspot:1': ['Anna', 'Bos', 'email:familie@y.example'],
      'stripe:1': ['Ben', 'Bos', 'email:familie@y.example'],
      'shopify:1': ['Benjamin', 'Bos', 'email:familie@y.example'],
      'shopify:2': ['', '', 'email:familie@y.example'],
    })) // prettier-ignore
    expect(couple.people).toEqual([
      ['email:familie@y.example'],
      ['hubspot:1'],
      ['shopify:1', 'stripe:1'],
      ['shopify:2'],
    ])
    expect(couple.refused).toEqual({ 'shared-email': 1 })
  })

  it('do not let an initial bridge two people', () => {
    const two = people(known({
      'hubspot:1': ['Jan', 'Smit', 'email:smit@y.example'],
      'stripe:1': ['Joke', 'Smit', 'email:smit@y.example'],
      'shopify:1': ['J.', 'Smit', 'email:smit@y.example'],
    })) // prettier-ignore
    expect(two.people).toHaveLength(4)
  })

  it('join by an address of a function only what bears one whole name', () => {
    const office = (given: string, family: string) =>
      people(known({ 'hubspot:1': ['Jan', 'Smit', 'email:info@y.example'], 'stripe:1': [given, family, 'email:info@y.example'] })) // prettier-ignore
    expect(office('Jan', 'Smit').people).toHaveLength(1)
    expect(office('Jan', 'Bakker')).toMatchObject({ refused: { 'shared-role-address': 1 } })
    expect(office('', '')).toMatchObject({ people: [['email:info@y.example'], ['hubspot:1'], ['stripe:1']], refused: { 'no-name': 1 } }) // prettier-ignore
  })

  it('join by a phone number only where both names agree, and tell a recycled number from a shared one', () => {
    const phone = 'phone:+31612345678'
    const mover = { 'shopify:1': ['Eva', 'Bos', 'email:a@y.example', phone], 'shopify:2': ['Eva', 'Bos', 'email:b@y.example', phone] } as const // prettier-ignore
    expect(people(known(mover)).people).toHaveLength(1)
    const next = people(known({ ...mover, 'shopify:2': ['Tom', 'Vos', 'email:b@y.example', phone] }))
    expect(next).toMatchObject({ refused: { 'recycled-phone': 1 } })
    expect(next.people).toHaveLength(3)
    const sisters = known({ ...mover, 'shopify:2': ['Lotte', 'Bos', phone] })
    const together = sisters.profiles.map((profile) => ({ ...profile, createdAt: new Date(0) }))
    expect(people({ ...sisters, profiles: together })).toMatchObject({ refused: { 'shared-phone': 1 } })
  })

  it('give a device to the one person who used it, and to nobody when two did', () => {
    const claims: [string, string][] = [['device:d1', 'email:a@y.example'], ['device:d1', 'email:b@y.example']] // prettier-ignore
    const used = (given: string) =>
      people(known({ 'stripe:1': ['Eva', 'Bos', 'email:a@y.example'], 'stripe:2': [given, 'Bos', 'email:b@y.example'] }, claims)) // prettier-ignore
    expect(used('Eva').people).toHaveLength(1)
    expect(used('Tom')).toMatchObject({ refused: { 'shared-device': 1 } })
    expect(used('Tom').people).toContainEqual(['device:d1'])
    expect(used('').refused).toEqual({ 'no-name': 1 })
  })

  it('give nothing to an address that belongs to nobody', () => {
    const couple = { 'hubspot:1': ['Anna', 'Bos', 'email:us@y.example'], 'stripe:1': ['Ben', 'Bos', 'email:us@y.example'] } as const // prettier-ignore
    const visits = people(known(couple, [['device:d1', 'email:us@y.example']]))
    expect(visits.people).toContainEqual(['device:d1'])
    expect(visits.refused).toEqual({ 'shared-email': 1, 'nobodys-address': 1 })
    const checkout = people(known(couple, [['device:d1', 'email:us@y.example'], ['device:d1', 'stripe:1']])) // prettier-ignore
    expect(checkout.people).toContainEqual(['device:d1', 'stripe:1'])
  })

  it('take a placeholder for nobody, and too many claims for nothing', () => {
    const placeholders = ['email:noreply@shop.example', 'phone:+31000000000', 'device:anonymous', 'device:00000000']
    for (const value of placeholders) {
      const two = people(known({ 'hubspot:1': ['Eva', 'Bos', value], 'stripe:1': ['Eva', 'Bos', value] }))
      expect(two.people, value).toHaveLength(3)
      expect(two.refused).toEqual({ 'blocked-value': 1 })
    }
    const many = Array.from({ length: 41 }, (_, n) => [`stripe:${n + 1}`, ['', '', 'email:kiosk@y.example']] as const)
    expect(people(known(Object.fromEntries(many)))).toMatchObject({ refused: { 'too-many-claims': 1 } })
  })

  it('believe a vendor that names another id of the same person', () => {
    expect(people(known({ 'hubspot:1': ['Eva', 'Bos', 'hubspot:2'], 'hubspot:2': ['E', 'B'] })).people).toHaveLength(1)
  })

  it('find the same people whatever the order of the input', () => {
    const names = ['Anna', 'Ben', 'B.', 'Benjamin', 'A.', '', 'Bne', 'Hanna', 'Annie']
    const world = fc.array(
      fc.record({
        given: fc.constantFrom(...names), family: fc.constantFrom('Bos', 'de Bos', 'Vos', ''), source: fc.constantFrom('a', 'b'),
        claims: fc.uniqueArray(fc.constantFrom('email:1@x.example', 'email:info@x.example', 'email:2@x.example', 'phone:+31612', 'phone:+3161234567', 'device:1', 'device:2', 'a:0', 'a:1')), // prettier-ignore
      }),
      { maxLength: 9 },
    ) // prettier-ignore
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.nat()), (rows, keys) => {
        const input = known(Object.fromEntries(rows.map(({ given, family, source, claims }, n) => [`${source}:${n}`, [given, family, ...claims.filter((claim) => claim !== `${source}:${n}`)] as const]))) // prettier-ignore
        const shuffled = <T>(items: readonly T[]): T[] => items.map((item) => [keys.next().value, item] as const).toSorted(([a], [b]) => a! - b!).map(([, item]) => item) // prettier-ignore
        const other = { identifiers: new Map(shuffled([...input.identifiers])), links: shuffled(input.links), profiles: shuffled(input.profiles) } // prettier-ignore
        expect(people(other)).toEqual(people(input))
      }),
      { numRuns: 400 },
    )
  })
})

describe('names', () => {
  it('that nobody would take for one another clash', () => {
    for (const [a, b] of [
      ['Tom', 'Tim'],
      ['Anna', 'Hanna'],
      ['Jan', 'Janneke'],
      ['Eva', 'Iris'],
      ['Bas', 'Bob'],
      ['A.', 'Ben'],
    ]) {
      // prettier-ignore
      expect(likenessOfGiven(readName(a!, 'x')!, readName(b!, 'y')!), `${a} ${b}`).toBe('clash')
    }
  })

  it('say nothing when they are missing, or those of a couple', () => {
    const anna = readName('Anna', 'Bos')!
    for (const given of ['Anna & Ben', 'Anna en Ben', ''])
      expect(likenessOfGiven(anna, readName(given, 'Bos')!)).toBe('unknown')
    expect(readName(' ', null)).toBeNull()
  })

  it('are compared without particles, accents, and also when the fields are swapped', () => {
    const berg = readName('Anna', 'van den Berg')!
    expect(likenessOfFamily(berg, readName('Anna', 'BERG')!)).toBe('equal')
    expect(likenessOfFamily(berg, readName('Anna van den Bergh', '')!)).toBe('typo')
    expect(likenessOfGiven(readName('Yılmaz', 'Ayşe')!, readName('Ayse', 'Yilmaz')!)).toBe('equal')
    expect(likenessOfFamily(berg, readName('Anna', 'Bakker')!)).toBe('clash')
  })

  it('have an edit distance that is symmetric, and one for a transposition', () => {
    expect([editDistance('sophie', 'sohpie'), editDistance('koen', 'coen'), editDistance('', 'abc')]).toEqual([1, 1, 3])
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => editDistance(a, b) === editDistance(b, a)))
  })
})

describe('components', () => {
  const letters = 'abcdefghij'.split('')
  const name = fc.constantFrom(...letters)
  const pair = fc.tuple(name, name).filter(([a, b]) => a < b)
  const edges = fc.array(fc.record({ pair, rank: fc.nat(3) }), { maxLength: 30 })
  const walls = fc.array(fc.record({ pair, first: fc.boolean() }), { maxLength: 6 })

  it('never hold two who are said to be different, in whatever order edges come; each cut edge runs between two people', () => {
    fc.assert(
      fc.property(edges, walls, fc.infiniteStream(fc.nat()), (ties, kept, keys) => {
        const same = ties.map(({ pair: [left, right], rank }) => ({ left, right, rank }))
        const different = kept.map(({ pair: [left, right], first }) => ({ left, right, leaves: first ? left : right }))
        const found = components(letters, same, different)
        const home = new Map(found.people.flatMap((members, index) => members.map((member) => [member, index])))
        for (const { left, right } of [...different, ...found.cut]) expect(home.get(left)).not.toBe(home.get(right))
        for (const tie of same) if (!found.cut.includes(tie)) expect(home.get(tie.left)).toBe(home.get(tie.right))
        const shuffled = <T>(items: T[]): T[] => items.map((item) => [keys.next().value, item] as const).toSorted(([a], [b]) => a! - b!).map(([, item]) => item) // prettier-ignore
        expect(components(letters.toReversed(), shuffled(same), shuffled(different)).people).toEqual(found.people)
      }),
    )
  })

  it('let the one who leaves go, and keep the rest together', () => {
    const same = ['a', 'b', 'c'].map((left) => ({ left, right: 'z', rank: 1 }))
    const { people: apart } = components(['a', 'b', 'c', 'z'], same, [{ left: 'a', right: 'b', leaves: 'a' }])
    expect(apart).toEqual([['a'], ['b', 'c', 'z']])
  })
})
