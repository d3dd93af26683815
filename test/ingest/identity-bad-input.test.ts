import { describe, expect, it } from 'vitest'
import type { Hash, IdentifierId, RecordId } from '#kernel/ids.ts'
import type { IdentifierRow } from '#ingest/queries/identifiers.ts'
import { refusals, type Known, type RefusalRule } from '#ingest/identity/evidence.ts'
import { firstModel } from '#ingest/identity/model.ts'
import { joinAlike } from '#ingest/identity/joins.ts'
import { settleByRules } from '#ingest/identity/settle.ts'

const hash = 'f'.repeat(64) as Hash
const at = new Date(Date.UTC(2026, 0, 1))

/** Records that claim identifiers: `kind:value` names one. */
function world(claims: Iterable<readonly [id: string, given: string, family: string, ...claims: string[]]>): Known {
  const identifiers = new Map<string, IdentifierRow>()
  const seen = (ref: string): IdentifierId => {
    const [kind, value] = [ref.slice(0, ref.indexOf(':')), ref.slice(ref.indexOf(':') + 1)]
    if (!identifiers.has(ref)) identifiers.set(ref, { id: ref as IdentifierId, kind, value })
    return ref as IdentifierId
  }
  const links: Known['links'][number][] = []
  const profiles: Known['profiles'][number][] = []
  for (const [id, givenName, familyName, ...claimed] of claims) {
    profiles.push({ identifierId: seen(id), givenName, familyName, createdAt: at, updatedAt: at })
    for (const claim of claimed) links.push({ leftId: seen(id), rightId: seen(claim), source: id.split(':')[0]!, recordId: 'r' as RecordId, at }) // prettier-ignore
  }
  return { identifiers, links, profiles }
}

const settle = (known: Known) => settleByRules(known, [], { hash, model: firstModel })
const largest = (people: readonly (readonly string[])[]): number => Math.max(...people.map((members) => members.length))
const told = (refused: ReadonlyMap<RefusalRule, number>): RefusalRule[] => [...refused.keys()]

describe('bad input', () => {
  it('of ten thousand records with one phone number makes nobody of them all, and names the rule', () => {
    const names = ['Anna', 'Ben', 'Carl', 'Dora', 'Eva']
    const rows = Array.from({ length: 10_000 }, (_, n) => [`stripe:c${n}`, names[n % 5]!, 'Bos', 'phone:+31201234567'] as const) // prettier-ignore
    const { people, refused } = settle(world(rows))
    expect(people).toHaveLength(10_001)
    expect(told(refused)).toEqual(['too-many-claims'])
    expect(refusals['too-many-claims']).toContain('More records share')
  })

  it('of a hundred thousand identical records makes no mega-person', () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => [`stripe:c${n}`, 'Anna', 'Bos', 'email:anna@y.example', 'phone:+31612345678'] as const) // prettier-ignore
    const { people, refused } = settle(world(rows))
    expect(largest(people)).toBe(1)
    expect(told(refused)).toEqual(['too-many-claims'])
    expect(refused.get('too-many-claims')).toBe(2)
  })

  it('of contradictory user ids makes two people: what ties them is the weakest, and is dropped', () => {
    const rows = [
      ['hubspot:a', 'Anna', 'Bos', 'user:1', 'email:anna@y.example'],
      ['stripe:a', 'Anna', 'Bos', 'user:2', 'email:anna@y.example', 'email:bos@y.example'],
    ] as const
    const { people, refused } = settle(world(rows))
    const homes = people.filter((members) => members.some((id) => id.startsWith('user:')))
    expect(homes.map((members) => members.filter((id) => id.startsWith('user:')).join()).toSorted()).toEqual(['user:1', 'user:2']) // prettier-ignore
    expect(told(refused)).toContain('two-ids')
    expect(people).toContainEqual(['email:anna@y.example'])
  })

  it('lets a chain of honest ties end where one person would have two ids', () => {
    const rows = [
      ['hubspot:a', 'Anna', 'Bos', 'user:1', 'stripe:x'],
      ['hubspot:b', 'Anna', 'Bos', 'user:2', 'stripe:x'],
    ] as const
    const { people, refused } = settle(world(rows))
    expect(people.filter((members) => members.includes('user:1') && members.includes('user:2'))).toEqual([])
    expect(told(refused)).toContain('too-many-ids')
  })

  it('gives one person no more addresses than a person has', () => {
    const addresses = Array.from({ length: 40 }, (_, n) => `email:a${String(n).padStart(2, '0')}@y.example`)
    const { people, refused } = settle(world([['hubspot:a', 'Anna', 'Bos', ...addresses]]))
    expect(largest(people)).toBe(1 + firstModel.perPerson.email!)
    expect(refused.get('too-many-ids')).toBe(25)
  })

  it('of thousands who are all alike makes people of a bounded size, and leaves the rest in doubt', () => {
    const people = Array.from({ length: 1500 }, (_, n) => [`stripe:${String(n).padStart(5, '0')}`])
    const alike = people.slice(1).map(([right], n) => ({ left: people[n]![0]!, right: right!, weight: 20 }))
    const judging = { compare: () => 20, merge: 10, review: 0, largest: 40 }
    const { joins, doubts } = joinAlike(people, alike, judging, { different: [], boundsOf: () => [], isProfile: () => true }) // prettier-ignore
    expect(joins.length).toBeLessThan(1499)
    expect(doubts.length).toBeGreaterThan(0)
    expect(doubts.every((doubt) => doubt.reason === 'too-large')).toBe(true)
  })
})
