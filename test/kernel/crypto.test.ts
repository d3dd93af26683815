import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { canonicalJson, hashOf, newKey, open, sameSecret, seal } from '#kernel/crypto.ts'
import { newId, parseId } from '#kernel/ids.ts'
import { openPayload, sealPayload } from '#kernel/keys.ts'

const clock = stoppedClock(new Date('2026-01-02T03:04:05.678Z'))

describe('hashes', () => {
  it('are equal for equal values, whatever the order of their keys', () => {
    expect(hashOf({ a: 1, b: [1, { c: 2, d: undefined }] })).toBe(hashOf({ b: [1, { c: 2 }], a: 1 }))
  })

  it('are taken of JSON that reads back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('sealing', () => {
  it('opens what was sealed, and nothing that was altered', () => {
    const key = newKey()
    const sealed = seal(key, Buffer.from('hello'), 'about')
    expect(open(key, sealed, 'about').toString()).toBe('hello')
    expect(() => open(key, sealed, 'other')).toThrow(/authenticate/)
    sealed[30] = (sealed[30] ?? 0) ^ 1
    expect(() => open(key, sealed, 'about')).toThrow(/authenticate/)
  })

  it('gives each payload a key of its own, so that one can be forgotten', () => {
    const house = newKey()
    const first = sealPayload(house, clock, Buffer.from('one'))
    const second = sealPayload(house, clock, Buffer.from('two'))
    expect(first.keyId).not.toBe(second.keyId)
    expect(openPayload(house, first).toString()).toBe('one')
    expect(() => openPayload(house, { ...first, wrapped: second.wrapped })).toThrow(/authenticate/)
  })

  it('compares secrets without telling how much of them was right', () => {
    expect(sameSecret('abc', 'abc')).toBe(true)
    expect(sameSecret('abc', 'abcd')).toBe(false)
  })
})

describe('ids', () => {
  it('are UUIDs of version 7 that sort by their time of birth', () => {
    const earlier = newId<'person'>(clock)
    clock.advance(1)
    const later = newId<'person'>(clock)
    expect(earlier).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(earlier < later).toBe(true)
  })

  it('from outside are read or refused', () => {
    expect(parseId('not-an-id')).toBeNull()
    expect(parseId('01890a5d-ac96-774b-bcce-b302099a8057')).toBe('01890a5d-ac96-774b-bcce-b302099a8057')
  })
})
